"""How often a request goes to the storage: once, for what people wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from passalong.ledger.dynamodb import DynamoLedger
from passalong.ledger.dynamodb_calls import Table
from passalong.ledger.port import Ledger
from passalong.ledger.sqlite import open_file
from passalong.ledger.tallies import Cell, Tally
from passalong.readers import subject_of, token_for
from passalong.relay.counting import count_new
from passalong.report.freshness import version_of
from passalong.report.model import Picks
from passalong.report.period import picks_of
from tests.contract.conftest import TABLE
from tests.contract.watched import Watched
from tests.contract.wire import Wire
from tests.programs import advocate, referee
from tests.worlds import Clock, Place, a_world, ask

PROGRAM = "trips"
CONTENT: dict[str, Any] = {
    "program": {"id": PROGRAM},
    "advocates": [advocate(), advocate("a-2", "Jürgen Weiß"), advocate("a-3", "Eve Lie")],
    "referees": [referee(), referee("s-1", "Ana Ruiz", status="suggested", company="Havskjær")],
    "accounts": [
        {"domain": "rival.example", "company": "Rival Systems", "status": "competitor"},
        {"domain": "never.example", "company": "Never AG", "status": "do-not-contact"},
    ],
}
Trips = Callable[[Callable[[], object]], int]
_numbers = count(1)


@pytest.fixture
def counted(
    storage: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[Place, Trips]]:
    """A world in each of the storages, and what counts the requests that a call makes to it."""
    ledger: Ledger
    if storage == "sqlite":
        ledger = open_file(tmp_path / "trips.db", PROGRAM)
        watched = Watched(ledger)
        yield a_world(tmp_path, watched.as_ledger(), **CONTENT), watched.trips
    else:
        client = request.getfixturevalue("client")
        ledger = DynamoLedger(Table(client, TABLE), PROGRAM, Clock())
        yield a_world(tmp_path, ledger, **CONTENT), Wire(client).trips
        return
    ledger.close()


def asking(world: Place, endpoint: str, token: str, /, **said: Any) -> Callable[[], None]:
    """A request that goes well, with an id of its own."""

    def call() -> None:
        answer = ask(world, endpoint, token, **{"id": f"trip-{next(_numbers)}", **said})
        assert answer.status < 300, answer.body

    return call


def test_a_share_is_one_trip(counted: tuple[Place, Trips]) -> None:
    world, trips = counted
    assert trips(asking(world, "share", world.advocate(), medium="email")) == 1


@pytest.mark.parametrize(
    "who",
    [
        {"name": "Ana Berg", "company": "Kestrel"},
        {"name": "Ana Ruiz", "company": "Havskjær"},
        {"name": "Ana Rival", "company": "Rival Systems"},
        {"name": "Ana Never", "company": "Never AG"},
    ],
    ids=["named", "suggested", "to be looked at", "declined"],
)
def test_an_introduction_is_one_trip_whatever_comes_of_it(
    counted: tuple[Place, Trips], who: dict[str, str]
) -> None:
    world, trips = counted
    assert trips(asking(world, "introductions", world.advocate(), **who)) == 1


def test_naming_somebody_again_costs_two_trips_more_at_most(counted: tuple[Place, Trips]) -> None:
    world, trips = counted
    who = {"name": "Ida Holm", "company": "Quay"}
    asking(world, "introductions", world.advocate(), **who)()
    assert trips(asking(world, "introductions", world.advocate(), **who)) <= 3


@pytest.mark.parametrize("more", [{}, {"visible": False}, {"look": True}], ids=repr)
def test_a_visit_and_a_hit_are_one_trip(
    counted: tuple[Place, Trips], more: dict[str, bool]
) -> None:
    world, trips = counted
    for token in (world.share(), world.referee(), world.advocate("a-2")):
        beacon = asking(world, "visits", token, **{"visible": True, **more})
        assert trips(beacon) == 1


def test_a_wish_is_one_trip(counted: tuple[Place, Trips]) -> None:
    world, trips = counted
    assert trips(asking(world, "preferences", world.advocate(), action="not-now")) == 1
    assert trips(asking(world, "preferences", world.referee(), action="silent")) == 1


def test_taking_something_into_the_figures_is_one_trip_to_read_and_one_to_write(
    counted: tuple[Place, Trips],
) -> None:
    ledger, trips = counted[0].ledger, counted[1]
    keys = [f"event:{number}" for number in range(100)]
    assert trips(lambda: ledger.tallies(keys)) == 1
    changed = [Tally(key, 1, "x" * 1000) for key in keys[:30]]
    cells = {Cell("g1.e.all", f"2026-11-{day:02}", "é"): {"won": day} for day in range(1, 31)}
    cells |= {cell._replace(table="g1.c.all"): metrics for cell, metrics in cells.items()}
    assert trips(lambda: ledger.tally(changed, cells)) == 1
    assert trips(lambda: ledger.tallies(keys)) == 1


def test_figures_take_as_many_trips_as_the_rows_that_are_read_need(
    counted: tuple[Place, Trips],
) -> None:
    """However many events they come from, and whatever other days and tables hold."""
    ledger, trips = counted[0].ledger, counted[1]
    wide = "x" * 900

    def fill(table: str, day: str, rows: int) -> None:
        for start in range(0, rows, 80):
            names = [f"{number:04}{wide}" for number in range(start, min(start + 80, rows))]
            key = f"event:{table} {day} {start}"
            version = ledger.tallies([key])[key].version + 1
            ledger.tally([Tally(key, version)], {Cell(table, day, n): {"won": 1} for n in names})

    for _ in range(20):
        fill("g1.e.medium", "2026-11-23", 10)
    fill("g1.e.medium", "2026-11-22", 1200)
    fill("g1.e.medium2", "2026-11-23", 1200)
    read: list[object] = []
    one_day = ("g1.e.medium", "2026-11-23", "2026-11-23")
    assert trips(lambda: read.extend(ledger.figures(*one_day))) == 1
    assert len(read) == 10
    both = ("g1.e.medium", "2026-11-22", "2026-11-23")
    assert trips(lambda: ledger.figures(*both)) <= 2, "a page has a megabyte"


def report(world: Place, **said: Any) -> Callable[[], None]:
    """A marketer with a link asks for the report."""
    holders = world.known().holders
    expires = world.clock() + timedelta(days=1)
    token = token_for(holders.signer, subject_of(holders.keys, "Anna"), 0, expires)

    def call() -> None:
        answer = ask(world, "report", token, **said)
        assert answer.status == (204 if "seen" in said else 200), answer.body

    return call


PICKED: list[dict[str, Any]] = [
    {},
    {"period": "365"},
    {"by": "medium"},
    {"by": "medium", "only": "email"},
    {"rows": "shared"},
]


@pytest.mark.parametrize("picked", PICKED, ids=str)
def test_a_report_takes_as_many_trips_however_much_happened(
    counted: tuple[Place, Trips], picked: dict[str, Any]
) -> None:
    world, trips = counted
    asking(world, "share", world.advocate(), medium="email")()
    follow(world)
    before = trips(report(world, **picked))
    for _ in range(12):
        asking(world, "share", world.advocate(), medium="email")()
        asking(world, "visits", world.share(), visible=True)()
        world.time.wait(hours=2)
    follow(world)
    assert trips(report(world, **picked)) == before <= 34


def test_whoever_has_seen_the_report_costs_four_trips(counted: tuple[Place, Trips]) -> None:
    world, trips = counted
    asking(world, "share", world.advocate(), medium="email")()
    follow(world)
    seen = report(world, seen=version_of(world.ledger, world.known(), picks_now(world), ""))
    assert trips(seen) == 4


def follow(world: Place) -> None:
    """What happened is in the figures."""
    world.time.wait(seconds=30)
    count_new(world)


def picks_now(world: Place) -> Picks:
    return picks_of(world.known().program, world.clock())


def test_a_refusal_costs_one_trip_more_at_most(counted: tuple[Place, Trips]) -> None:
    world, trips = counted
    asking(world, "preferences", world.advocate("a-3"), action="remove")()

    def refused() -> None:
        assert ask(world, "share", world.advocate("a-3"), medium="email").status == 404

    assert trips(refused) <= 2
    assert trips(lambda: ask(world, "share", "nobody's", medium="email")) == 0
