"""What other systems tell, in both ledgers: filed once, whoever tells and reads at one time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from passalong.conversions.inbox import held
from passalong.conversions.whom import drop, note, rows_of
from passalong.events import Event
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
    content: dict[str, Any] = {"program": {"id": program}}
    if storage == "sqlite":
        ledger = open_file(tmp_path / "told.db", program)
        yield hooked(tmp_path, ledger, **content)
        ledger.close()
    else:
        table = Table(request.getfixturevalue("client"), TABLE)
        at_once = DynamoLedger(table, program, Clock(), settle_seconds=-1)
        yield hooked(tmp_path, at_once, **content)


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


def test_the_index_of_people_is_whole_whoever_writes_to_it_at_once(world: Place) -> None:
    booked(world)
    first = world.events()[0]
    program = world.known().program.id
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
