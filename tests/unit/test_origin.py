"""The functions answer whoever comes through CloudFront, and nobody else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from functions._origin import HEADER, VARIABLE, Kept, behind_the_edge
from infra.local.gateway import Request, event_of
from passalong.errors import Stop
from tests.worlds import NOON

SECRET, OLD = "s" * 64, "o" * 64
EDGE, VIEWER = "130.176.0.9", "203.0.113.7"


def event(*headers: tuple[str, str], method: str = "POST", client: str = EDGE) -> dict[str, Any]:
    request = Request(method, "/api/share", headers, b"{}", client)
    return event_of(request, "ANY /api/share", "request-1", NOON)


def through(*before: str, secret: str = SECRET) -> dict[str, Any]:
    """A request that CloudFront passed on; ``before`` is what the viewer said of others."""
    passed_on = ", ".join([*before, VIEWER])
    return event((HEADER, secret), ("X-Forwarded-For", passed_on))


class Handler:
    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    def __call__(self, given: dict[str, Any], _: Any) -> dict[str, Any]:
        self.seen.append(given)
        return {"statusCode": 204}


def ask(given: dict[str, Any], *secrets: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    handler = Handler()
    return behind_the_edge(handler, lambda: secrets)(given, None), handler.seen


def test_whoever_tells_the_secret_is_answered() -> None:
    answer, seen = ask(through(), SECRET)
    assert answer == {"statusCode": 204}
    assert HEADER not in seen[0]["headers"]


@pytest.mark.parametrize(
    "told", ["", "x", SECRET[:-1], SECRET + "s", SECRET.upper(), "\udcff", "ü"]
)
def test_to_whoever_does_not_nothing_is_there(told: str) -> None:
    answer, seen = ask(through(secret=told), SECRET)
    assert answer["statusCode"] == 404
    assert json.loads(answer["body"])["code"] == "missing"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert seen == []


def test_a_call_without_the_header_is_none_of_ours() -> None:
    assert ask(event(), SECRET)[0]["statusCode"] == 404
    assert ask(event(method="HEAD"), SECRET)[0]["body"] == ""
    assert ask({"version": "2.0"}, SECRET)[0]["statusCode"] == 404


def test_while_the_secret_is_changed_both_are_right() -> None:
    assert ask(through(secret=OLD), OLD, SECRET)[0]["statusCode"] == 204
    assert ask(through(), OLD, SECRET)[0]["statusCode"] == 204


def test_without_a_secret_everybody_is_answered_and_nobody_believed() -> None:
    given = through()
    answer, seen = ask(given)
    assert answer["statusCode"] == 204
    assert seen == [given]


@pytest.mark.parametrize("made_up", [(), ("198.51.100.1",), ("198.51.100.1", "198.51.100.2")])
def test_the_viewer_s_address_is_the_one_that_cloudfront_saw(made_up: tuple[str, ...]) -> None:
    given = through(*made_up)
    assert given["headers"]["x-forwarded-for"].endswith(f"{VIEWER}, {EDGE}")
    _, seen = ask(given, SECRET)
    assert seen[0]["requestContext"]["http"]["sourceIp"] == VIEWER


def test_where_nobody_is_named_it_is_whoever_called() -> None:
    given = event((HEADER, SECRET))
    _, seen = ask(given, SECRET)
    assert seen[0]["requestContext"]["http"]["sourceIp"] == EDGE


def test_a_secret_that_cannot_be_looked_up_is_a_matter_of_trying_again() -> None:
    def gone() -> tuple[str, ...]:
        raise Stop("the parameter is not to be had")

    answer = behind_the_edge(Handler(), gone)(through(), None)
    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"]


def test_the_environment_is_looked_at_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.0, 299.0, 301.0, 301.0])
    kept = Kept(lambda: next(times))
    monkeypatch.setenv(VARIABLE, f"{OLD}, {SECRET}")
    assert kept() == (OLD, SECRET)
    monkeypatch.setenv(VARIABLE, SECRET)
    assert kept() == (OLD, SECRET)
    assert kept() == (SECRET,)


def test_an_unset_variable_is_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert Kept()() == ()


def test_a_variable_without_a_secret_in_it_lets_nobody_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, " , ")
    assert behind_the_edge(Handler(), Kept())(through(), None)["statusCode"] == 503
