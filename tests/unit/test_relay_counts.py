"""The relay counts what it reads: at once from the stream, by the clock, and beside this server."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from functions import relay
from infra.local.gateway import Context
from passalong.events import SHARED, Event
from passalong.figures import following
from passalong.figures.rows import table
from passalong.ledger.dynamodb_items import packed
from passalong.ledger.port import Unavailable
from passalong.ledger.records import written
from tests.worlds import NOON, Place, a_world


class Nobody:
    """A mailer that is not asked."""

    def send(self, mail: object) -> None:
        raise AssertionError(mail)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    made = a_world(tmp_path)
    monkeypatch.setattr(relay, "now", made.clock)
    return made


def call(place: Place, event: dict[str, Any], seconds: float = 60.0) -> dict[str, Any]:
    context = Context("request-1", "relay", 512, time.monotonic() + seconds)
    return relay.make(lambda: place, Nobody)(event, context)


def pressed(place: Place, number: int) -> Event:
    at = NOON - timedelta(minutes=number)
    event = Event(f"e-{number}", place.known().program.id, SHARED, at, "a-1", medium="linkedin")
    place.ledger.file(event)
    return event


def record(event: Event) -> dict[str, Any]:
    image = {"pk": "p", "sk": "-", "log": "all", "record": written(event)}
    change = {"SequenceNumber": event.id, "NewImage": packed(image)}
    return {"eventID": event.id, "eventName": "INSERT", "dynamodb": change}


def shared(place: Place, by: str = "all") -> dict[str, int]:
    cells = place.ledger.figures(table(1, "e", by), "2026-01-01", "2026-12-31")
    return {cell.value: metrics["shared"] // 1_000_000 for cell, metrics in cells}


def test_a_press_is_counted_as_soon_as_the_stream_brings_it(place: Place) -> None:
    events = [pressed(place, number) for number in range(3)]
    batch = {"Records": [record(event) for event in (*events, events[0])]}
    assert call(place, batch) == {"batchItemFailures": []}
    assert shared(place) == {"": 3}
    assert shared(place, "region") == {"Nordics": 3}  # as the lists have the advocate


def test_the_clock_counts_what_the_stream_did_not_bring_and_nothing_twice(place: Place) -> None:
    events = [pressed(place, number) for number in range(4)]
    call(place, {"Records": [record(event) for event in events[2:]]})
    call(place, {"do": "deliver"})
    call(place, {"do": "deliver"})
    assert shared(place) == {"": 4}


def test_a_call_without_time_leaves_the_rest_to_the_next(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "BATCH", 2)
    for number in range(5):
        pressed(place, number)
    call(place, {"do": "deliver"}, seconds=1)
    assert shared(place) == {"": 2}
    call(place, {"do": "deliver"})
    assert shared(place) == {"": 5}


def test_a_ledger_that_takes_no_figures_holds_up_no_record(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = pressed(place, 1)

    def busy(*_: object) -> None:
        raise Unavailable("the ledger is busy")

    with monkeypatch.context() as away:
        away.setattr(type(place.ledger), "tally", busy)
        assert call(place, {"Records": [record(event)]}) == {"batchItemFailures": []}
        call(place, {"do": "deliver"})
    assert shared(place) == {}
    call(place, {"do": "deliver"})
    assert shared(place) == {"": 1}
