"""One page of each kind and locale under axe, Lighthouse, the W3C checker and a ruler.

    -m bench.audit.audit [--content DIR] [--kinds referee,share] [--runs N]

Builds the content folder, serves it, takes of each kind the heaviest page, and prints one line of
JSON for each; ``broken`` names every budget that the page does not keep. The report is looked at
twice: as it lies on the site, and as the demo's server fills it with a year. Ends with status 1 if
a budget is broken. Needs Chromium, Node.js and Java, and the packages of the lock file beside this
one.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from bench.audit.edge import served

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
TOOLS = HERE / "node_modules"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
FLAGS = (
    "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run"
    " --disable-background-networking --disable-component-update --disable-sync"
)
KINDS = {"a": "advocate", "p": "referee", "r": "share", "stories": "story", "report": "report"}
LIVED = "report of a year"
ONE_ROUND_TRIP = ("advocate", "referee", "share")
ONE_ROUND_TRIP_BYTES = 14 * 1024
SCORES = {"performance": 98, "accessibility": 100, "best-practices": 100, "seo": 100}
OF_A_YEAR = ("accessibility", "best-practices")


@dataclass
class Result:
    """What was measured on one page, and which budgets it breaks."""

    kind: str
    locale: str
    path: str
    indexable: bool
    gzip_bytes: int
    vnu_errors: list[str] = field(default_factory=list)
    axe: dict[str, list[str]] = field(default_factory=dict)
    third_party: list[str] = field(default_factory=list)
    blocking: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    overflow: dict[str, int] = field(default_factory=dict)
    csp: str = ""
    lighthouse: dict[str, float] = field(default_factory=dict)
    ready: str = ""
    """What is there once the page is whole, where its script fetches the rest."""

    def file(self, site: Path) -> Path:
        file = site / self.path.lstrip("/")
        return file / "index.html" if self.path.endswith("/") else file

    def broken(self) -> Iterator[str]:
        if self.kind in ONE_ROUND_TRIP and self.gzip_bytes > ONE_ROUND_TRIP_BYTES:
            yield f"{self.gzip_bytes} bytes compressed, {ONE_ROUND_TRIP_BYTES} allowed"
        if self.kind in ONE_ROUND_TRIP and self.blocking:
            yield "style or script in requests of their own"
        if self.vnu_errors:
            yield "vnu"
        yield from (f"axe, {scheme}" for scheme, rules in self.axe.items() if rules)
        if self.third_party:
            yield "third-party requests"
        if self.console:
            yield "console"
        yield from (f"wider than the screen: {case}" for case, px in self.overflow.items() if px)
        if not self.csp or "unsafe-" in self.csp:
            yield "CSP"
        for name, score in self.lighthouse.items():
            is_meant = name in OF_A_YEAR or (
                self.kind != LIVED and (name != "seo" or self.indexable)
            )
            if score < SCORES[name] and is_meant:
                yield f"Lighthouse {name}"


def kind_of(path: Path) -> str:
    """The kind of page that lies at ``path``, relative to the site's root."""
    parts = [part for part in path.parts[:-1] if not re.fullmatch(r"[a-z]{2}(-[A-Za-z]+)?", part)]
    if path.name == "404.html":
        return "missing"
    if not parts:
        return "program"
    if parts == ["stories"]:
        return "stories"
    return KINDS.get(parts[0], "text")


def measured_pages(site: Path) -> list[Result]:
    """The heaviest page of each kind and locale."""
    heaviest: dict[tuple[str, str], Result] = {}
    for file in sorted(site.rglob("*.html")):
        html = file.read_bytes()
        path = file.relative_to(site)
        locale = re.search(rb'<html[^>]* lang="?([\w-]+)', html)
        page = Result(
            kind=kind_of(path),
            locale=locale[1].decode() if locale else "",
            path="/" + str(path).removesuffix("index.html"),
            indexable=b"noindex" not in html,
            gzip_bytes=len(gzip.compress(html, 6)),
        )
        other = heaviest.get((page.kind, page.locale))
        if other is None or other.gzip_bytes < page.gzip_bytes:
            heaviest[page.kind, page.locale] = page
    return [heaviest[key] for key in sorted(heaviest)]


# --- The W3C checker -------------------------------------------------------------------------


# Standards that vnu's lists lack: CSS Basic User Interface 4, Conditional Rules 5, and SVG 2.
NEWER_THAN_VNU = (
    "CSS: “field-sizing”: Property",
    "CSS: “container-type”: Property",
    "CSS: Unrecognized at-rule “@container”",
    "CSS: “paint-order”: Property",
)
VNU = [
    *("java", "-jar", str(TOOLS / "vnu-jar/build/dist/vnu.jar")),
    *("--format", "json", "--exit-zero-always"),
]


def check_markup(files: dict[str, Result]) -> None:
    if not files:
        return
    done = subprocess.run(VNU + list(files), check=True, capture_output=True, text=True)
    for message in json.loads(done.stderr)["messages"]:
        newer = message["message"].startswith(NEWER_THAN_VNU)
        if message["type"] != "info" and not newer:
            found = f"{message.get('lastLine', 0)}: {message['message']}"
            files[urlsplit(message["url"]).path].vnu_errors.append(found)


# --- In Chromium -----------------------------------------------------------------------------

AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .map(rule => `${rule.id}: ${rule.nodes.map(node => node.target.join(" ")).join(", ")}`)"""
TOO_WIDE = "() => Math.max(0, document.documentElement.scrollWidth - innerWidth)"
META_CSP = """() => document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.content"""


@contextmanager
def opened(browser: Browser, url: str, ready: str, **options: Any) -> Iterator[Page]:
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(url, wait_until="load")
    if ready:
        page.wait_for_selector(ready)
    yield page
    context.close()


def look(browser: Browser, base: str, result: Result) -> None:
    """Axe in both colour schemes, widths, requests and policy of one page."""
    url = base + result.path
    axe = (TOOLS / "axe-core/axe.min.js").read_text("utf-8")
    for scheme in ("light", "dark"):
        with opened(browser, url, result.ready, color_scheme=scheme) as page:
            page.evaluate(axe)
            result.axe[scheme] = page.evaluate(AXE)
    # At 200 % a window of 1280 × 800 has room for 640 × 400.
    screens = {"320px": (320, 640, 1), "zoom200": (640, 400, 2), "phone": (390, 844, 3)}
    for name, (width, height, scale) in screens.items():
        size = {"width": width, "height": height}
        with opened(browser, url, result.ready, viewport=size, device_scale_factor=scale) as page:
            result.overflow[name] = page.evaluate(TOO_WIDE)
    watch_requests(browser, base, result)


def watch_requests(browser: Browser, base: str, result: Result) -> None:
    page = browser.new_page()
    page.on("console", lambda m: result.console.append(m.text) if m.type == "error" else None)

    def note(request: Any) -> None:
        if not request.url.startswith((base, "data:")):
            result.third_party.append(request.url)
        elif request.resource_type in ("stylesheet", "script"):
            result.blocking.append(request.url)

    page.on("request", note)
    # the report never stops asking
    answer = page.goto(base + result.path, wait_until="load" if result.ready else "networkidle")
    if result.ready:
        page.wait_for_selector(result.ready)
    header = answer.headers.get("content-security-policy", "") if answer else ""
    result.csp = "; ".join(filter(None, [page.evaluate(META_CSP), header]))
    page.close()
    if result.kind == "missing":  # its own answer is the 404 that Chromium writes to the console
        result.console = [text for text in result.console if "404" not in text]


# --- Lighthouse ------------------------------------------------------------------------------


LIGHTHOUSE = (
    "node",
    str(TOOLS / "lighthouse/cli/index.js"),
    "--quiet",
    "--output=json",
    "--ignore-status-code",  # the page for unknown addresses answers 404
    f"--only-categories={','.join(SCORES)}",
    f"--chrome-flags={FLAGS}",
)


def lighthouse(base: str, result: Result, runs: int) -> None:
    scores: dict[str, list[float]] = {name: [] for name in SCORES}
    for _ in range(runs):
        for name, category in lighthouse_run(base + result.path)["categories"].items():
            scores[name].append(100 * (category["score"] or 0))
    result.lighthouse = {name: round(statistics.median(s)) for name, s in scores.items() if s}


def lighthouse_run(url: str) -> dict[str, Any]:
    """Lighthouse's report; it loses track of Chromium on a busy machine and then is asked again."""
    environment = {**os.environ, "CHROME_PATH": CHROMIUM}
    for _ in range(3):
        done = subprocess.run([*LIGHTHOUSE, url], check=False, capture_output=True, env=environment)
        if done.returncode == 0:
            report: dict[str, Any] = json.loads(done.stdout)
            return report
    raise SystemExit(f"Lighthouse cannot read {url}:\n{done.stderr.decode()}")


# --- The report, with something to report ----------------------------------------------------


@contextmanager
def demo(site: Path) -> Iterator[str]:
    """The address of the demo's report, with a key that opens it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = (sys.executable, "-u", "build.py", "demo", f"--port={port}", f"--out={site}")
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            said = server.stdout or ()
            found = filter(None, (re.search(r"The report +(\S+)$", line.rstrip()) for line in said))
            address = next(found, None)
            if address is None:
                raise SystemExit("the demo does not start")
            yield address[1]
        finally:
            server.terminate()


def of_a_year(site: Path, url: str) -> Result:
    """The report at an address, as a browser without scripts is answered for the W3C checker."""
    token = url.partition("#")[2]
    address = urljoin(url, "/api/report")
    form = urllib.request.Request(address, urlencode({"token": token}).encode())  # noqa: S310
    with urllib.request.urlopen(form) as answer:  # noqa: S310 - our own server
        page = answer.read()
    (site / "report-of-a-year.html").write_bytes(page)
    path = "/report/" + url.partition("/report/")[2]
    size = len(gzip.compress(page, 6))
    return Result(LIVED, "en", path, indexable=False, gzip_bytes=size, ready="[data-version]")


# --- All of it -------------------------------------------------------------------------------


def build(content: Path, site: Path) -> None:
    command = (sys.executable, "build.py", "build", f"--content={content}", f"--out={site}")
    if subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:
        raise SystemExit("the content does not build")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--content", type=Path, default=ROOT / "content")
    parser.add_argument("--kinds", default="", help="only these, with commas between")
    parser.add_argument("--runs", type=int, default=3, help="of Lighthouse; the median counts")
    options = parser.parse_args()
    broken = 0
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(folder) / "site"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS.split())
        wanted = set(filter(None, options.kinds.split(",")))
        build(options.content, site)
        with served(site) as base:
            pages = [p for p in measured_pages(site) if not wanted or p.kind in wanted]
            check_markup({str(page.file(site)): page for page in pages})
            for page in pages:
                broken += told(browser, base, page, options.runs)
        if not wanted or LIVED in wanted:
            with demo(Path(folder) / "demo") as url:
                page = of_a_year(Path(folder), url)
                check_markup({str(Path(folder) / "report-of-a-year.html"): page})
                broken += told(browser, url.partition("/report/")[0], page, options.runs)
        browser.close()
    return 1 if broken else 0


def told(browser: Browser, base: str, page: Result, runs: int) -> int:
    """Measures a page and prints it; how many budgets it breaks."""
    look(browser, base, page)
    lighthouse(base, page, runs)
    complaints = list(page.broken())
    print(json.dumps({**vars(page), "broken": complaints}, ensure_ascii=False), flush=True)
    return len(complaints)


if __name__ == "__main__":
    sys.exit(main())
