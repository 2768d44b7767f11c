"""What one network may ask for at a time: counted in memory, refused in words, never for long."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.backstage import Backstage
from infra.local.gateway import Answer, Request
from infra.local.limits import Limits, sender
from tests.programs import ROOT, Made, files, write
from tests.reading import read

FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(limits: Limits, address: str, asked: int) -> int:
    """How many of so many requests at once are let through."""
    return sum(limits.wait(address) == 0 for _ in range(asked))


# --- Counting -----------------------------------------------------------------------------------


def test_a_network_gets_so_much_at_once_and_again_as_time_goes_by() -> None:
    clock = Clock()
    limits = Limits(300, 300, clock)
    assert taken(limits, "203.0.113.7", 400) == 300
    clock.now += 60
    assert taken(limits, "203.0.113.7", 400) == 60
    clock.now += 1_000_000
    assert taken(limits, "203.0.113.7", 400) == 300


def test_another_network_is_not_concerned() -> None:
    limits = Limits(5, 60, Clock())
    assert taken(limits, "203.0.113.7", 9) == 5
    assert taken(limits, "203.0.113.8", 9) == 5


def test_one_line_of_ipv6_is_one_network_however_many_addresses_it_has() -> None:
    limits = Limits(5, 60, Clock())
    assert taken(limits, "2001:db8:1:2::1", 3) == 3
    assert taken(limits, "2001:db8:1:2:ffff::9", 9) == 2
    assert taken(limits, "2001:db8:1:3::1", 9) == 5
    assert taken(limits, "::ffff:203.0.113.7", 3) == 3
    assert taken(limits, "203.0.113.7", 9) == 2


@given(st.integers(1, 50), st.floats(0.1, 1000), st.lists(st.floats(0, 200), max_size=40))
def test_whoever_waits_as_told_is_let_through_and_nobody_who_does_not(
    most: int, seconds: float, pauses: list[float]
) -> None:
    clock = Clock()
    limits = Limits(most, seconds, clock)
    for pause in pauses:
        clock.now += pause
        while not (wait := limits.wait("203.0.113.7")):
            pass
        assert wait >= 1
        assert limits.wait("203.0.113.7") == wait  # what is refused takes nothing
        clock.now += wait
        assert limits.wait("203.0.113.7") == 0


def test_what_is_remembered_is_bounded_and_the_longest_ago_is_forgotten_first() -> None:
    limits = Limits(1, 1000, Clock())
    assert limits.wait("10.0.0.1") == 0
    assert limits.wait("10.0.0.1") > 0
    for number in range(10_000):
        limits.wait(f"10.1.{number // 256}.{number % 256}")
    assert limits.wait("10.0.0.1") == 0
    assert limits.wait("10.1.39.15") > 0


# --- Who asks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("client", "passed_on", "found"),
    [
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("::1", ["203.0.113.7, 2001:db8::1"], "2001:db8::1"),
        ("127.0.0.1", ["203.0.113.7", "203.0.113.8"], "203.0.113.8"),  # the first may be made up
        ("127.0.0.1", [" "], "127.0.0.1"),
        ("198.51.100.3", ["203.0.113.7"], "198.51.100.3"),  # who is not in front of us says nothing
        ("", ["203.0.113.7"], ""),
    ],
)
def test_only_what_runs_in_front_of_us_is_believed_for_whom_it_asks(
    client: str, passed_on: list[str], found: str
) -> None:
    headers = [("X-Forwarded-For", value) for value in passed_on]
    assert sender(Request("POST", "/api/share", headers, b"", client)) == found


# --- What is answered ---------------------------------------------------------------------------

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("limits")
    made = Made(folder / "content", folder / "out", folder / "var")
    write(made.content, files())
    made.build(bundle=made.var / "bundle.json")
    return made


@pytest.fixture
def ask(made: Made) -> Ask:
    """Asks functions of which a network may ask once in 90 seconds."""
    order = made.order(bundle=made.var / "bundle.json")
    limits = Limits(1, 90, Clock())
    behind = Backstage(order, ROOT / "template.yaml", "http://x", made.settings(), limits)
    return lambda *request: behind.answer(Request(*request))


def test_who_asks_too_much_hears_when_to_come_back(ask: Ask) -> None:
    request = ("POST", "/api/share", (("Content-Type", "application/json"),), b"{}")
    assert ask(*request).status == 422
    answer = ask(*request)
    told = {name.lower(): value for name, value in answer.headers}
    assert (answer.status, told["retry-after"]) == (429, "90")
    assert told["content-type"] == "application/problem+json"
    assert told["cache-control"] == "no-store"
    assert json.loads(answer.body) == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "Too many requests at once. Try again a little later.",
        "code": "limit",
    }


def test_who_sent_a_form_reads_it_on_a_page(ask: Ask) -> None:
    ask("POST", "/api/share")
    answer = ask("POST", "/api/share", FORM, b"token=x")
    told = {name.lower(): value for name, value in answer.headers}
    assert (answer.status, told["retry-after"]) == (429, "90")
    assert told["content-type"] == "text/html; charset=utf-8"
    assert read(answer.body.decode()).one("h1").text == "That is a lot at once."


def test_before_the_first_build_even_a_form_is_refused_in_plain_english(
    made: Made, tmp_path: Path
) -> None:
    order = made.order(bundle=tmp_path / "bundle.json")
    limits = Limits(1, 90, Clock())
    behind = Backstage(order, ROOT / "template.yaml", "http://x", made.settings(), limits)
    limits.wait("127.0.0.1")
    answer = behind.answer(Request("POST", "/api/share", FORM))
    assert answer.status == 429
    assert json.loads(answer.body)["code"] == "limit"
