"""What other systems tell, in both ledgers: filed once, whoever tells and reads at one time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from passalong.conversions.inbox import HELD, held, reconsider
from passalong.conversions.whom import drop, look, note, rows_of
from passalong.events import REMOVED, Event
from passalong.ledger.dynamodb import DynamoLedger
from passalong.ledger.dynamodb_calls import Table
from passalong.ledger.sqlite import open_file
from tests.contract.conftest import TABLE
from tests.hooked import Relay, booked, conversion, hooked, tell
from tests.worlds import Clock, Place

_numbers = count(1)


@pytest.fixture
def world(storage: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A world of its own in each of the storages."""
    program = f"told-{next(_numbers)}"
    content: dict[str, Any] = {"program": {"id": program}, "referees": []}
    if storage == "sqlite":
        ledger = open_file(tmp_path / "told.db", program)
        yield hooked(tmp_path, ledger, **content)
        ledger.close()
    else:
        table = Table(request.getfixturevalue("client"), TABLE)
        at_once = DynamoLedger(table, program, Clock(), settle_seconds=-1)
        yield hooked(tmp_path, at_once, **content)


def program_of(world: Place) -> str:
    return world.known().program.id


def test_told_before_and_after_and_again_it_is_filed_once(world: Place) -> None:
    relay = Relay(world)
    early = conversion(email="tomas@kestrel.example", external_id="D-1")
    for _ in range(2):
        assert tell(world, early, "early").status == 202
        relay()
    assert [one.error for one in held(world.ledger)] == ["unmatched"]
    booked(world)
    relay()
    for _ in range(2):
        tell(world, early, "early")
        tell(world, conversion("referral.renewed", external_id="D-1"), "late")
        relay()
    filed = [event.type for event in world.events() if "source" in event.data]
    assert sorted(filed) == ["renewed", "won"]
    assert held(world.ledger) == []


def test_what_waits_is_tried_again_once_the_program_says_more(world: Place, tmp_path: Path) -> None:
    relay = Relay(world)
    booked(world)
    relay()
    tell(world, conversion("deal.parked", referral="in-1"))
    relay()
    reconsider(world)
    relay()
    assert reconsider(world) == 0  # nothing changed, and it is the same day
    assert [one.state for one in world.ledger.deliveries(HELD)] == ["held"]
    says_more = {"id": program_of(world), "conversions": {"stages": {"deal.parked": "lost"}}}
    (tmp_path / "b").mkdir()
    other = hooked(tmp_path / "b", world.ledger, program=says_more, referees=[])
    assert reconsider(other) == 1
    Relay(other)()
    assert [event.type for event in world.events() if "source" in event.data] == ["lost"]


def test_what_waits_is_tried_once_a_day(world: Place) -> None:
    relay = Relay(world)
    tell(world, conversion(email="nobody@nowhere.example"))
    relay()
    assert reconsider(world) == 1
    relay()
    assert reconsider(world) == 0
    world.time.wait(days=1)
    assert reconsider(world) == 1


def test_whoever_is_removed_is_known_by_nothing_any_more(world: Place) -> None:
    relay = Relay(world)
    booked(world)
    relay()
    assert rows_of(world.ledger, ["in-1"])
    names = rows_of(world.ledger, ["in-1"])["in-1"].names
    event = Event("x", program_of(world), REMOVED, world.clock(), "a-1", "in-1", "ref-in-1")
    world.ledger.remove(event, "in-1")
    relay()
    assert rows_of(world.ledger, ["in-1"]) == {}
    assert look(world, names) == []
    tell(world, conversion(email="tomas@kestrel.example"))
    relay()
    assert [one.error for one in relay.held] == ["unmatched"]


def test_nor_by_what_waits_for_a_person(world: Place) -> None:
    relay = Relay(world)
    booked(world)
    relay()
    tell(world, conversion("deal.parked", email="tomas@kestrel.example", company="Kestrel Ferries"))
    relay()
    (before,) = relay.held
    event = Event("x", program_of(world), REMOVED, world.clock(), "a-1", "in-1", "ref-in-1")
    world.ledger.remove(event, "in-1")
    relay()
    (after,) = relay.held
    assert "mailboxes" in before.data
    assert dict(after.data) == {n: text for n, text in before.data.items() if n != "mailboxes"}


def test_the_index_of_people_is_whole_whoever_writes_to_it_at_once(world: Place) -> None:
    booked(world)
    first = world.events()[0]
    program = program_of(world)
    told = [
        Event(f"e-{n}", program, "won", first.at, "a-1", "in-1", "ref-in-1",
              data={"source": "x", "external": f"D-{n}"})
        for n in range(8)
    ]  # fmt: skip
    threads = [threading.Thread(target=note, args=(world, one)) for one in [first, *told]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    names = rows_of(world.ledger, ["in-1"])["in-1"].names
    assert {f"deal:x:D-{n}" for n in range(8)} < set(names)
    assert note(world, first) == ()
    assert drop(world.ledger, "in-1") == set(names)
    assert rows_of(world.ledger, ["in-1"]) == {}
    assert drop(world.ledger, "in-1") == set()


def test_somebody_with_more_names_than_one_step_takes_is_forgotten_wholly(world: Place) -> None:
    booked(world)
    first = world.events()[0]
    for n in range(70):
        event = Event(f"e-{n}", first.program, "renewed", first.at, "a-1", "in-1", "ref-in-1",
                      data={"source": "x", "external": f"D-{n}"})  # fmt: skip
        note(world, event)
    assert len(drop(world.ledger, "in-1")) > 70
    assert rows_of(world.ledger, ["in-1"]) == {}
    pages = world.ledger.tallies([f"whom:deal:x:D-{n}" for n in range(70)]).values()
    assert {page.record for page in pages} == {"[]"}
