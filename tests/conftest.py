"""What every test runs under: no network beyond this machine, Chromium and others if installed."""

from __future__ import annotations

import ipaddress
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import hypothesis
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Route,
    sync_playwright,
)

from tests import sample
from tests.for_aws import aws_tools, built, dynamodb, node
from tests.sample import Site
from tests.storages import at_once, new_url, own_url, storage

__all__ = ["at_once", "aws_tools", "built", "dynamodb", "new_url", "node", "own_url", "storage"]
"""Fixtures from elsewhere."""

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LEFT_OUT = {
    "no Chromium": (
        "NOT TESTED IN A BROWSER",
        f"browser tests did not run: none of {', '.join(CHROMIUM)} is on PATH."
        " On Debian: apt-get install chromium",
    ),
    "no DynamoDB": (
        "NOT TESTED ON DYNAMODB",
        "tests of the ledger on DynamoDB did not run: there is no stand-in."
        " On Linux (x86-64): make dynamodb; or put dynoxide on PATH or its path into DYNOXIDE",
    ),
    "no tools for AWS": (
        "NOT TESTED FOR AWS",
        "tests of the template and of built functions did not run: their tools are not there."
        " make tools",
    ),
    "no Python 3.13": (
        "NOT TESTED ON AWS' PYTHON",
        "tests of what sam build makes did not run, and built functions ran on another Python:"
        " there was no 3.13 for make tools.",
    ),
    "no Node.js": (
        "NOT TESTED AT THE EDGE",
        "tests of the edge's JavaScript and of the whole way on AWS did not run: node is not"
        " on PATH.",
    ),
}
left_out: dict[str, set[str]] = {reason: set() for reason in LEFT_OUT}


# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile(
    "house", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")


# --- The network ends at this machine --------------------------------------------------------


class LeftThisMachineError(AssertionError):
    """A test tried to leave this machine."""


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def refuse_the_network(event: str, details: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = details[0]
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = details[1]
        host = address[0] if isinstance(address, tuple) else None  # a Unix socket has a path
    else:
        return
    if isinstance(host, bytes):
        host = host.decode()
    if host and not is_loopback(host):
        raise LeftThisMachineError(f"a test reached for {host}: tests stay on this machine")


sys.addaudithook(refuse_the_network)


# --- Chromium ---------------------------------------------------------------------------------


@dataclass
class Seen:
    """What went wrong on the pages of one test. A test that provokes something clears it.

    ``foreign`` holds the URLs of other hosts that were asked for (and stopped), ``errors`` what
    Chromium wrote to the console, CSP violations among it.
    """

    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.route("**/*", self.keep_at_home)
        context.on("console", self.note_console)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))

    def keep_at_home(self, route: Route, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and not is_loopback(parts.hostname or ""):
            self.foreign.append(request.url)
            route.abort()
        else:
            route.continue_()

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The installed Chromium; without one the test is left out, and the summary says so."""
    path = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if path is None:
        if os.environ.get("PASSALONG_REQUIRE_BROWSER"):
            pytest.fail("PASSALONG_REQUIRE_BROWSER is set and there is no Chromium")
        pytest.skip("no Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=list(CHROMIUM_ARGUMENTS),
            ignore_default_args=["--headless", "--headless=old"],
        )
        yield browser
        browser.close()


@pytest.fixture
def seen() -> Seen:
    """The record of requests to other hosts, console errors and CSP violations of this test."""
    return Seen()


@pytest.fixture
def open_page(chromium: Browser, seen: Seen) -> Iterator[Callable[..., Page]]:
    """Open a page in a context of its own: ``open_page(java_script_enabled=False)``.

    The options are those of Playwright's ``new_context``. The test fails at its end when any page
    asked another host for something, broke its CSP or wrote an error to the console.
    """
    contexts: list[BrowserContext] = []

    def new_page(**options: Any) -> Page:
        context = chromium.new_context(**options)
        contexts.append(context)
        context.set_default_timeout(10_000)
        seen.watch(context)
        return context.new_page()

    yield new_page
    for context in contexts:
        context.close()
    assert seen.foreign == [], "the page asked another host for something"
    assert seen.errors == [], "the page broke its CSP or wrote an error to the console"


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A watched page in a fresh context with Playwright's defaults (1280 × 720, light)."""
    return open_page()


# --- The log names nobody ---------------------------------------------------------------------


class Overheard(logging.Handler):
    """Hears all that our functions log in this process, and keeps what names somebody."""

    _OF_SOMEBODY = re.compile(r"[^\s@]@[^\s@]|[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{43}")
    _PLAIN = vars(logging.makeLogRecord({})).keys()

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []

    def filter(self, _record: logging.LogRecord) -> bool:
        """Everything: Powertools sees to it that no handler above its own is told anything."""
        return True

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("passalong"):
            more = {name: value for name, value in vars(record).items() if name not in self._PLAIN}
            line = f"{record.getMessage()} {more} {record.exc_info or ''}"
            if self._OF_SOMEBODY.search(line):
                self.kept.append(line)


overheard = Overheard()
os.environ["POWERTOOLS_LOG_LEVEL"] = "INFO"  # as on AWS: the local server alone would be quieter


def pytest_sessionstart() -> None:
    logging.getLogger().addHandler(overheard)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """No test is at fault, for the line may have come from a thread: the whole run is."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["overheard"] = overheard.kept
    elif overheard.kept:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """One of the processes that test side by side has ended: what it heard is part of the run."""
    overheard.kept += getattr(node, "workeroutput", {}).get("overheard", [])


# --- What is left out is said ---------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs a browser, and keeps together what shares something that takes long."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "chromium" in fixtures:
            item.add_marker(pytest.mark.browser)
        together = "built" if "built" in fixtures else item.nodeid.partition("::")[0]
        item.add_marker(pytest.mark.xdist_group(together))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for reason, tests in left_out.items():
        if report.skipped and reason in str(report.longrepr):
            tests.add(report.nodeid)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    for reason, (title, what) in LEFT_OUT.items():
        if left_out[reason]:
            terminalreporter.section(title, sep="!", red=True, bold=True)
            terminalreporter.write_line(f"{len(left_out[reason])} {what}")
    if overheard.kept:
        terminalreporter.section("THE LOG NAMES SOMEBODY", sep="!", red=True, bold=True)
        for line in overheard.kept[:20]:
            terminalreporter.write_line(line)


# --- The sample program ---------------------------------------------------------------------


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample program, built once and served by the server of ``build.py serve``."""
    with sample.serving(sample.sample(tmp_path_factory.mktemp("sample"))) as served:
        yield served
