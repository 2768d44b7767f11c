"""Whoever only looks changes nothing: every GET and HEAD of the site, again and again, by people,
preview bots and scanners, with whatever campaigns put behind an address.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import pytest

from passalong.endpoints import ENDPOINTS
from passalong.figures.state import consumer, state_of
from tests.calls import BROWSER, RIGHT, rows, token_of, until
from tests.programs import tree
from tests.sample import Site, sample, serving

BOT = "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)"
LOOKS = (
    ("", BROWSER),
    ("?v=linkedin", BROWSER),
    ("?v=email&utm_source=newsletter&utm_medium=email&utm_campaign=spring", BROWSER),
    ("?utm_source=a&utm_source=b&gclid=Cj0KCQ&li_fat_id=0b5d6b", "Mozilla/5.0 (iPhone) Instagram"),
    ("?v=linkedin", BOT),
    ("?v=whatsapp", "WhatsApp/2.23.20.0"),
    ("", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"),
    ("?v=teams", "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5"),
    ("?token=x&action=remove&start=2026-12-01T10:00:00Z", ""),
    ("?" + "x" * 2000, "curl/8"),
)
"""Ten ways to look: what stands behind the address, and who looks."""


STILL = 60
"""So many looks at the ledger must find it alike before it is taken to be done."""


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


class Visitor:
    """Somebody with one connection to the site."""

    def __init__(self, site: Site) -> None:
        self.connection = HTTPConnection(urlsplit(site.address).netloc, timeout=60)

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, body or None, named)
        answer = self.connection.getresponse()
        told = [(name, value) for name, value in answer.getheaders() if name != "Date"]
        return Answer(answer.status, told, answer.read())

    def post(self, name: str, token: str, **fields: Any) -> Any:
        body = json.dumps(RIGHT[name] | {"token": token} | fields)
        headers = {"Content_Type": "application/json", "User_Agent": BROWSER}
        answer = self.ask("POST", f"/api/{name}", body, **headers)
        assert answer.status in (200, 201, 204), answer
        return json.loads(answer.body) if answer.body else None


@pytest.fixture(scope="module")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample with people who shared, introduced, visited and booked, and their mail sent."""
    with serving(sample(tmp_path_factory.mktemp("lively"))) as site:
        visitor = Visitor(site)
        advocate, share, referee = (
            token_of(site.made, kind, person)
            for kind, person in (
                ("advocate", "adv-1001"),
                ("share", "adv-1001"),
                ("referee", "ref-2001"),
            )
        )
        visitor.post("share", advocate)
        named = visitor.post("introductions", advocate)["id"]
        visitor.post("visits", share)
        visitor.post("preferences", advocate, action="hide-name")
        free = visitor.post("slots", referee)["slots"]
        visitor.post("bookings", referee, start=free[1]["start"])
        visitor.connection.close()
        last: list[object] = []

        def is_still() -> bool:
            """Quiet, and as it was at each of the last looks, some seconds of them."""
            last[:-STILL] = []
            last.append(rows(site.made.var / "ledger.db"))
            return is_quiet(site, named) and last.count(last[-1]) > STILL

        until(is_still, "everything followed from what they did")
        yield site


def is_quiet(site: Site, named: str) -> bool:
    """Whether the relay has done what is due, all is counted, and the build knows who was named."""
    assert site.backstage
    wiring, now = site.backstage.wiring, datetime.now(UTC)
    newest = wiring.ledger.after("", 1000)[1]
    counted = consumer(state_of(wiring.ledger).shown)
    if any(wiring.ledger.cursor(name) != newest for name in ("relay", counted)):
        return False
    if wiring.ledger.due(now, 1):
        return False
    return wiring.known().referee(named) is not None


def addresses(site: Site) -> Iterator[str]:
    """Everything that can be asked for: files, functions, and what is not there."""
    for path in tree(site.made.out):
        yield "/" + quote(path.removesuffix("index.html"))
    for endpoint in ENDPOINTS:
        yield from (endpoint.path, endpoint.path + "/")
    assert site.backstage
    known = site.backstage.wiring.known()
    advocate = known.advocate("adv-1001")
    assert advocate
    yield f"/api/unsubscribe/{known.holders.unsubscribe_token(advocate)}"
    yield from ("/api/unsubscribe/x.y", "/api/", "/api/nothing")
    yield from ("/stories/index.html", "/404.html", "/nowhere/", "/a/0/")


def previews(site: Site) -> Iterator[str]:
    """What only the server on one's own machine shows, and takes its time for."""
    yield from ("/_people/", "/_mail/", "/_mail/newest", "/_reload.js", "/_version?0")
    for mail in (site.made.var / "mail").glob("*.eml"):
        yield from (f"/_mail/{mail.name}", *(f"/_mail/{mail.stem}/{part}" for part in PARTS))


PARTS = ("", "letter.html", "invitation.ics")


def kept(site: Site) -> dict[str, object]:
    """All that could change: the ledger's rows, the site's files, the mail, the bundle."""
    var = site.made.var
    return {
        "ledger": rows(var / "ledger.db"),
        "site": tree(site.made.out),
        "mail": sorted(path.name for path in (var / "mail").iterdir()),
        "bundle": (var / "bundle.json").read_bytes(),
    }


def test_ten_times_every_get_and_head_changes_nothing(lively: Site) -> None:
    before, every = kept(lively), list(addresses(lively))
    assert len(every) > 200
    assert any(len(table) > 5 for table in rows(lively.made.var / "ledger.db").values())
    visitor = Visitor(lively)
    for query, agent in LOOKS:
        for path in every:
            for method in ("HEAD", "GET"):
                assert visitor.ask(method, path + query, User_Agent=agent).status < 500, path
    for path in previews(lively):
        assert visitor.ask("GET", path).status in (200, 404)
    visitor.connection.close()
    assert kept(lively) == before


def test_head_is_answered_as_get_is_without_the_body(lively: Site) -> None:
    visitor = Visitor(lively)
    for path in (*addresses(lively), *previews(lively)):
        for accept in ("*/*", "text/html"):
            head, got = (visitor.ask(m, path, Accept=accept) for m in ("HEAD", "GET"))
            assert head.body == b""
            assert got.body
            assert (head.status, plain(head, path)) == (got.status, plain(got, path)), path
    visitor.connection.close()


def plain(answer: Answer, path: str) -> list[tuple[str, str]]:
    """The headers; functions make no body for HEAD, so that nobody there knows its length."""
    return [
        h for h in answer.headers if not (path.startswith("/api/") and h[0] == "Content-Length")
    ]
