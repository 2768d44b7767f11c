"""Tokens that are not ours, not for this, or no longer: none is accepted, and all are answered
alike, so that nobody can tell an old link from one that never was.

100,000 of them ask whoever acts for every endpoint, and some thousands go through the functions
themselves; ``make soak`` sends all of them through the functions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import cycle, islice
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest
from itsdangerous import URLSafeSerializer, URLSafeTimedSerializer

from infra.local.backstage import Backstage
from infra.local.gateway import Answer
from passalong.access import Kind, Refused, Signer
from passalong.actions.acting import acting
from passalong.endpoints import ENDPOINTS, endpoint
from passalong.events import REVOKED, Event
from passalong.holders import Holders
from passalong.ledger.port import Ledger
from passalong.pages.build import build
from passalong.tokens import PathKeys, Secret
from tests.calls import FORM, JSON, RIGHT, request, rows, token_in, token_of
from tests.programs import KEYS, ROOT, SECRET, Made, advocate, files, path_of, referee, write

MANY = 100_000
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
KINDS: tuple[Kind, ...] = ("advocate", "share", "referee", "unsubscribe")
PAGES = [
    (kind, f"{kind[0] if kind == 'referee' else 'a'}-{n}") for kind in KINDS[:3] for n in (1, 2)
]
NAMES = [one.name for one in ENDPOINTS]
EVERY = [*NAMES, "unsubscribe"]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
Draw = Callable[[Random], str]


PRESS = {"List-Unsubscribe": "One-Click"}
"""What a mail program sends by itself (RFC 8058)."""


@dataclass
class Town:
    """A program with its functions; ``real`` holds tokens of pages that are there, by their kind,
    ``gone`` those of pages that were taken away or replaced.
    """

    made: Made
    behind: Backstage
    real: dict[Kind, list[str]]
    gone: dict[Kind, list[str]]

    @property
    def ledger(self) -> Ledger:
        return self.behind.wiring.ledger

    def ask(self, name: str, token: str, kind: str = JSON) -> Answer:
        """What an endpoint answers to a request that is right but for the token."""
        if name == "unsubscribe":
            press = request(f"{name}/{quote(token, safe='')}", PRESS, kind)
            return self.behind.answer(press)
        fields = RIGHT[name] | {"token": token}
        if name == "bookings":
            fields["start"] = self.free
        return self.behind.answer(request(name, fields, kind))

    @cached_property
    def free(self) -> str:
        """A time that can be booked."""
        answer = self.ask("slots", self.real["share"][0])
        return str(json.loads(answer.body)["slots"][-1]["start"])


CONTENT = files(
    advocates=[
        advocate("a-1"),
        advocate("a-2", "Jörg Ernst", locale="de"),  # who reads another language than the program
        advocate("a-gone", "Vera Kahn", locale="de"),
        advocate("a-new", "Ada Holm", share_code="ada-h"),
    ],
    referees=[
        referee("r-1"),
        referee("r-2", "Ida Lund", advocate="a-2", locale="de"),
        referee("r-gone", "Per Dahl", locale="de"),
        referee("r-new", "Eva Ness"),
    ],
    locales=("de",),
)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Before the next build: pages are gone, and what functions know does not say so yet."""
    yield from a_town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def town_built_anew(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The same after the next build."""
    for town in a_town(tmp_path_factory.mktemp("town")):
        yield replace(town, behind=built(town.made))


def a_town(folder: Path) -> Iterator[Town]:
    made = Made(write(folder / "content", CONTENT), folder / "site", folder / "var")
    behind = built(made)
    holders = behind.wiring.known().holders
    real: dict[Kind, list[str]] = {
        kind: [token_of(made, kind, person) for page, person in PAGES if page == kind]
        for kind in KINDS
    }
    real["unsubscribe"] = [letters(holders, behind, one) for one in ("a-1", "a-2")]
    town = Town(made, behind, real, {kind: [] for kind in KINDS})
    real["referee"].append(introduced(town, "Ida Lund"))
    town.gone["referee"] += [introduced(town, "Olaf Gone"), introduced(town, "Nora Gone")]
    take_away(town)
    yield town
    town.ledger.close()


def built(made: Made) -> Backstage:
    """Builds the program; the functions of it."""
    order = made.order(bundle=made.var / "bundle.json")
    build(order)
    return Backstage(order, ROOT / "template.yaml", "http://friends.example", made.settings())


def letters(holders: Holders, behind: Backstage, person: str) -> str:
    """The token in the letters to an advocate."""
    found = behind.wiring.known().advocate(person)
    assert found
    return holders.unsubscribe_token(found)


def introduced(town: Town, name: str) -> str:
    """The token of the page of somebody who was introduced since the last build."""
    fields = {"token": town.real["advocate"][0], "name": name}
    answer = town.behind.answer(request("introductions", fields))
    assert answer.status == 201, answer.body
    return token_in(newest_page(town.made))


def newest_page(made: Made) -> Path:
    return max((made.out / "p").glob("*/index.html"), key=lambda page: page.stat().st_mtime_ns)


def take_away(town: Town) -> None:
    """Some pages are revoked, others replaced by the next revision of them."""
    holders, gone, ledger = town.behind.wiring.known().holders, town.gone, town.ledger
    for person in ("a-gone", "a-new"):
        for kind in ("advocate", "share"):
            page = "ada-h" if (kind, person) == ("share", "a-new") else ""
            path = f"r/{page}/index.html" if page else path_of(kind, person)
            gone[kind].append(token_in(town.made.out / path))
        gone["unsubscribe"].append(letters(holders, town.behind, person))
    gone["referee"] += [token_of(town.made, "referee", one) for one in ("r-gone", "r-new")]
    out, anew = (
        holders.signer.verify(token, ["referee"], NOW).reference.partition("~")[0]
        for token in gone["referee"][:2]
    )
    for number, subject in enumerate(("advocate:a-gone", "referee:r-gone", f"referee:{out}")):
        ledger.revoke(revoked(f"e-{number}"), subject)
    for number, subject in enumerate(("advocate:a-new", "referee:r-new", f"referee:{anew}")):
        ledger.renew(revoked(f"n-{number}"), subject)


def revoked(event_id: str) -> Event:
    return Event(event_id, "leeway", REVOKED, NOW, evidence="command")


# --- False tokens -------------------------------------------------------------------------------


def makers(town: Town, kinds: tuple[Kind, ...]) -> dict[str, Draw]:
    """Ways to a token that is false for pages of these kinds, each as one that draws it."""
    ours = [token for kind in kinds for token in town.real[kind]]
    others = [token for kind in KINDS if kind not in kinds for token in town.real[kind]]
    forged = list(forgeries(town, kinds))
    return {
        "altered": lambda rng: altered(rng.choice(ours), rng),
        "truncated": lambda rng: truncated(rng.choice(ours), rng),
        "of another page": lambda rng: rng.choice(others),
        "forged": lambda rng: rng.choice(forged),
        "expired": lambda rng: expired(town, rng.choice(kinds), rng),
        "made up": lambda rng: f"{drawn(rng, rng.randrange(1, 60))}.{drawn(rng, 43)}",
    }


def altered(token: str, rng: Random) -> str:
    """One to three characters are others. The last one is left: four spellings of it are one."""
    letters = list(token)
    for at in rng.sample(range(len(token) - 1), rng.randrange(1, 4)):
        letters[at] = rng.choice([one for one in (*ALPHABET, ".") if one != letters[at]])
    return "".join(letters)


def truncated(token: str, rng: Random) -> str:
    """Something is missing at the end, at the beginning or in between."""
    start, end = sorted((rng.randrange(len(token)), rng.randrange(1, len(token) + 1)))
    cut = rng.choice([token[:end], token[start:], token[:start] + token[end:]])
    return cut if cut and cut != token else token[:-1]


def expired(town: Town, kind: Kind, rng: Random) -> str:
    """A token of a page that is there, whose time was up a second or some years ago."""
    signer = town.behind.wiring.known().holders.signer
    now = town.behind.wiring.world().clock()
    of = signer.verify(rng.choice(town.real[kind]), [kind], NOW)
    ago = timedelta(seconds=rng.choice([1, 60, 86_400, 10**8, int(now.timestamp()) - 1]))
    return signer.sign(kind, of.reference, of.revision, now - ago)


def drawn(rng: Random, length: int) -> str:
    return "".join(rng.choices(ALPHABET, k=length))


def forgeries(town: Town, kinds: tuple[Kind, ...]) -> Iterator[str]:
    """What somebody could sign who knows how, but not with what, or signs for something else."""
    signer, other = town.behind.wiring.known().holders.signer, Signer([bytes(32)])
    key = bytes(KEYS[-1].secret)
    for kind in kinds:
        for token in town.real[kind]:
            reference, revision = signer.verify(token, [kind], NOW)[1:]
            payload = [reference, revision, 0]
            yield other.sign(kind, reference, revision)
            yield signer.sign("report", reference, revision)
            yield from (signer.sign(one, reference, revision) for one in KINDS if one not in kinds)
            yield URLSafeSerializer(key, salt=f"passalong.{kind}").dumps(payload)  # SHA-1
            yield URLSafeTimedSerializer(key, salt=f"passalong.{kind}").dumps(payload)
            yield from (plainly_signed(key, salt, payload) for salt in ("itsdangerous", kind, ""))
            for wrong in other_payloads(reference):
                yield plainly_signed(key, f"passalong.{kind}", wrong)
            for nobody in ("", "~", "~~", "in-~", "in-", "a-1", "../a", "\0"):
                yield signer.sign(kind, nobody, revision)
            yield from (f"{token}{more}" for more in (".", "==", "A", ".A", f".{token}"))
        yield strangers(kind)


def plainly_signed(key: bytes, salt: str, payload: Any) -> str:
    """Signed as ours are, but under this salt."""
    how = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
    return str(URLSafeSerializer(key, salt=salt, signer_kwargs=how).dumps(payload))


def other_payloads(reference: str) -> Iterator[Any]:
    """What no token of ours holds, though whoever signs can write it."""
    yield from ([], {}, None, reference, [reference], [reference, 0], [0, reference, 0])
    yield from ([None, 0, 0], [reference, "0", 0], [reference, 0, None], [[reference], 0, 0])


def strangers(kind: Kind) -> str:
    """The token of another program's page, which is signed with the same keys."""
    keys, signer = PathKeys(Secret(SECRET), "other"), Signer([KEYS[-1].secret])
    return signer.sign(kind, keys.code("a-1") if kind == "share" else keys.key(kind, "a-1"))


def false_tokens(town: Town, kinds: tuple[Kind, ...], count: int) -> Iterator[str]:
    """So many of them, of every sort as many."""
    rng = Random(20261122)
    valid = {token for kind in kinds for token in town.real[kind]}
    drawn = (make(rng) for make in cycle(makers(town, kinds).values()))
    return islice((token for token in drawn if token not in valid), count)


def pages_of(name: str) -> tuple[Kind, ...]:
    return ("unsubscribe",) if name == "unsubscribe" else endpoint(name).pages


# --- None is accepted ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_what_the_tests_here_ask_for_is_done_with_a_token_that_is_right(
    name: str, tmp_path: Path
) -> None:
    for town in a_town(tmp_path):
        token = town.real[endpoint(name).pages[-1]][0]
        assert town.ask(name, token).status in (endpoint(name).done, 204, 409)
        assert town.ask("unsubscribe", town.real["unsubscribe"][0]).status == 200


def test_nobody_acts_with_any_of_a_hundred_thousand_false_tokens(town: Town) -> None:
    known, clock = town.behind.wiring.known(), town.behind.wiring.world().clock
    pages: list[tuple[Kind, ...]] = sorted({one.pages for one in ENDPOINTS} | {("unsubscribe",)})
    accepted = []
    for kinds in pages:
        for token in false_tokens(town, kinds, MANY // len(pages) + 1):
            try:
                acting(known, token, kinds, clock())
            except Refused:
                continue
            accepted.append((kinds, token))
    assert accepted == []


@pytest.mark.parametrize("count", [1000, pytest.param(MANY // 18 + 1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("name", EVERY)
def test_false_tokens_change_nothing_and_are_answered_alike(
    name: str, count: int, town: Town
) -> None:
    kinds = pages_of(name)
    before = rows(town.made.var / "ledger.db")
    for kind in (JSON, FORM):
        first, *others = (town.ask(name, one, kind) for one in false_tokens(town, kinds, count))
        assert first.status == 404
        assert [answer for answer in others if answer != first] == []
    assert rows(town.made.var / "ledger.db") == before


@pytest.mark.parametrize("kind", [JSON, FORM])
@pytest.mark.parametrize("name", [name for name in EVERY if name != "slots"])
def test_a_page_that_was_taken_away_or_replaced_is_answered_as_one_that_never_was(
    name: str, kind: str, town: Town
) -> None:
    """Free times are nobody's secret, and to tell them one query must do: see below."""
    assert_answered_alike(name, kind, town)


@pytest.mark.parametrize("kind", [JSON, FORM])
@pytest.mark.parametrize("name", EVERY)
def test_so_it_is_everywhere_after_the_next_build(
    name: str, kind: str, town_built_anew: Town
) -> None:
    assert_answered_alike(name, kind, town_built_anew)


def assert_answered_alike(name: str, kind: str, town: Town) -> None:
    before = rows(town.made.var / "ledger.db")
    never = town.ask(name, "bmV2ZXI." + "A" * 43, kind)
    assert never.status == 404
    for page in pages_of(name):
        for token in town.gone[page]:
            assert town.ask(name, token, kind) == never, (page, token)
    assert rows(town.made.var / "ledger.db") == before
