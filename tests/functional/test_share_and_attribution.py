"""What the functions of share and attribution do together, over the routes of template.yaml."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from functions import attribution, share
from infra.local.gateway import Answer, Gateway, Request
from infra.local.routes import routes, template
from passalong.events import HIT, INTRODUCED, PREFERRED, REMOVED, SHARED, VISITED
from passalong.folder import Folder
from passalong.world import World
from tests.programs import ROOT, advocate, referee
from tests.reading import read
from tests.worlds import CHROME, CLIENT, FORM, Place, a_world, token_of

ROUTES = routes(template(ROOT / "template.yaml"))
MAKE = {"functions.share.handler": share.make, "functions.attribution.handler": attribution.make}
CONTENT: dict[str, Any] = {
    "advocates": [advocate(), advocate("a-2", "Jürgen Weiß", locale="de")],
    "referees": [referee(), referee("s-1", "Ana Ruiz", status="suggested", company="Havskjær")],
    "accounts": [{"domain": "rival.example", "company": "Rival Systems", "status": "competitor"}],
    "locales": ["de"],
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    world = a_world(tmp_path, **CONTENT)
    yield world
    world.ledger.close()


class Browser:
    """Posts as a page of ours does, and remembers what it sent."""

    def __init__(self, world: World, agent: str = CHROME) -> None:
        self.world, self.agent = world, agent
        self.sent: list[Request] = []

    def send(self, request: Request) -> Answer:
        gateway = Gateway(
            ROUTES, lambda name: MAKE[name](lambda: self.world), clock=self.world.clock
        )
        return gateway.answer(request)

    def post(self, path: str, *, form: bool = False, **said: Any) -> Answer:
        body = urlencode(said) if form else json.dumps(said)
        headers = (
            ("Content-Type", FORM if form else "application/json"),
            ("User-Agent", self.agent),
            ("Sec-Fetch-Site", "same-origin"),
        )
        request = Request("POST", path, headers, body.encode(), CLIENT)
        self.sent.append(request)
        return self.send(request)


def told(world: Place) -> list[tuple[str, str, str]]:
    return [(event.type, event.advocate, event.referee) for event in world.events()]


def press(browser: Browser, answer: Answer) -> Answer:
    """Presses the one form that an answer has."""
    (form,) = read(answer.body.decode()).all("form")
    said: dict[str, Any] = {f["name"]: f["value"] for f in form.all("input")}
    return browser.post(form["action"], form=True, **said)


# --- A way through ------------------------------------------------------------------------------


def go_through(browser: Browser, world: Place) -> list[Answer]:
    """An advocate shares, names somebody and decides; the referee looks, and asks for silence."""
    maria, answers = world.advocate(), []
    answers.append(browser.post("/api/share", token=maria, medium="linkedin", id="s1"))
    answers.append(browser.post("/api/share", form=True, token=maria, medium="email",
                                message="Have a look.", id="s2"))  # fmt: skip
    named = browser.post("/api/introductions", token=maria, name="Ana Ruiz", company="Havskjær",
                         reason="She asked.", id="i1")  # fmt: skip
    ana = token_of(world.page(json.loads(named.body)["url"]))
    answers += [named, browser.post("/api/visits", token=ana, visible=True, look=True, id="v1")]
    answers.append(browser.post("/api/visits", token=ana, visible=True, id="v2"))
    answers.append(browser.post("/api/preferences", token=ana, action="silent", id="p1"))
    answers.append(browser.post("/api/preferences", form=True, token=maria, action="stop", id="p2"))
    answers.append(browser.post("/api/status", token=maria))
    return answers


def test_the_ledger_reads_as_people_did(here: Place) -> None:
    answers = go_through(Browser(here), here)
    assert [answer.status for answer in answers] == [204, 200, 201, 204, 204, 200, 200, 200]
    assert told(here) == [
        (SHARED, "a-1", ""),
        (SHARED, "a-1", ""),
        (INTRODUCED, "a-1", "s-1"),
        (HIT, "a-1", "s-1"),
        (VISITED, "a-1", "s-1"),
        (PREFERRED, "a-1", "s-1"),
        (PREFERRED, "a-1", ""),
    ]
    assert json.loads(answers[-1].body) == {
        "introductions": [
            {"label": "Tomas B.", "stage": "asked"},
            {"label": "Ana R.", "stage": "asked"},
        ]
    }


def test_whatever_is_sent_twice_is_done_once_and_answered_as_before(here: Place) -> None:
    browser = Browser(here)
    first = go_through(browser, here)
    before, pages = told(here), here.rebuilt()
    here.time.wait(minutes=50)
    again = [browser.send(request) for request in list(browser.sent)]
    assert told(here) == before
    assert here.rebuilt() == pages
    for one, other in zip(first[:-1], again[:-1], strict=True):
        assert (one.status, one.body) == (other.status, other.body)


def test_a_decision_is_undone_by_the_form_in_its_answer(here: Place) -> None:
    browser = Browser(here)
    said = browser.post("/api/preferences", form=True, token=here.advocate(), action="stop")
    undone = press(browser, said)
    assert undone.status == 200
    assert here.ledger.standing(["advocate:a-1"])["advocate:a-1"].preferences == {}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_asking_in_any_other_way_changes_nothing(here: Place, method: str) -> None:
    browser = Browser(here)
    go_through(browser, here)
    before = told(here)
    for request in browser.sent:
        answer = browser.send(replace(request, method=method))
        assert answer.status == 405
        assert (answer.body == b"") == (method == "HEAD")
    assert told(here) == before


def test_a_page_goes_within_the_request_that_asks_for_it(here: Place) -> None:
    browser = Browser(here)
    path = f"p/{here.known().holders.key('referee', 'r-1')}/index.html"
    assert (here.site / path).exists()
    gone = browser.post("/api/preferences", form=True, token=here.referee(), action="not-for-me")
    assert gone.status == 200
    assert not (here.site / path).exists()
    assert {kind for kind, _, _ in told(here)} == {REMOVED}


# --- What is logged -----------------------------------------------------------------------------


@contextmanager
def logged() -> Iterator[io.StringIO]:
    """Every line that the functions write to their log, as AWS would keep it."""
    lines = io.StringIO()
    handlers: list[tuple[logging.Logger, logging.Handler]] = []
    for name in ("passalong.share", "passalong.attribution"):
        logger = logging.getLogger(name)
        handler: logging.Handler = logging.StreamHandler(lines)
        handler.setFormatter(logger.handlers[0].formatter)
        logger.addHandler(handler)
        handlers.append((logger, handler))
    try:
        yield lines
    finally:
        for logger, handler in handlers:
            logger.removeHandler(handler)


def test_no_line_of_the_log_tells_who_it_was(here: Place) -> None:
    browser = Browser(here)
    with logged() as lines:
        go_through(browser, here)
        broken = Browser(replace(here, pages=Folder(Path("/dev/null"))))
        hurt: dict[str, Any] = {
            "token": here.advocate(),
            "name": "Ferdinand Lund",
            "company": "Rival Systems",
        }
        broken.post("/api/introductions", **hurt | {"company": "Quay"})
        browser.post("/api/introductions", form=True, **hurt)
        browser.post("/api/introductions", **hurt | {"reason": "ferdinand@quay.example"})
        browser.post("/api/introductions", **hurt | {"locale": "Ferdinand Lund"})
        browser.post("/api/share", token=here.advocate(), medium="Ferdinand", message="Lund")
        browser.post("/api/share", token=here.advocate() + "Ferdinand", medium="email")
        browser.post("/api/preferences", form=True, token=here.referee(), action="not-for-me")
        browser.post("/api/visits", token=here.share(), visible=True, query="utm_source=Lund")
        browser.send(Request("POST", "/api/share", (("Content-Type", "application/json"),),
                             b'{"token": "Ferdinand'))  # fmt: skip
    said = lines.getvalue()
    records = [json.loads(line) for line in said.splitlines()]
    assert len(records) == 17
    assert {"answered"} == {record["message"] for record in records}
    assert {503, 422, 404, 202, 400} < {record["status"] for record in records}
    people = ["Ferdinand", "Lund", "Ana", "Ruiz", "Maria", "Tomas", "Berg", "Rival", "Havskj",
              "quay", "Have a look", "She asked", "example"]  # fmt: skip
    assert_untold(said, [*people, CLIENT, "Mozilla", "Chrome", *secrets(here)])


def secrets(world: Place) -> list[str]:
    """Every token, key and code by which somebody could act or be found, and every id."""
    known = world.known()
    tokens = [world.advocate(), world.share(), world.referee()]
    signed = [part for token in tokens for part in token.split(".")]
    return [*signed, *known.bundle.keys, "a-1", "r-1", "s-1"]


def assert_untold(said: str, words: Sequence[str]) -> None:
    assert [word for word in words if word.casefold() in said.casefold()] == []
