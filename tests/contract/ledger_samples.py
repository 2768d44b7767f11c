"""Events, people and meetings for the tests of the ledger; ids count up unless they are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from passalong.events import (
    BOOKED,
    CANCELLED,
    INTRODUCED,
    PREFERRED,
    REMOVED,
    RESCHEDULED,
    REVOKED,
    SHARED,
    VISITED,
    Event,
)
from passalong.ledger.port import Actor, Delivery, Ledger, Meeting, Person, Recorded
from passalong.ledger.tallies import Cell, Tally

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
MARIA = Actor("advocate:maria")
TOMAS = Actor("referee:tomas")
HOUR = timedelta(hours=1)
UNITS = ("referral:maria-kestrel", "account:kestrel", "event:e1")
TABLES = ("g1.e.all", "g1.e.medium")
CELLS = tuple(
    Cell(table, day, value)
    for table in TABLES
    for day in ("2026-11-23", "2026-11-24")
    for value in ("", "linkedin")
)
ONE_WON = {cell: {"won": 1} for cell in CELLS}
TOMORROW = NOON + timedelta(days=1)

Step = Callable[[Event, Actor], Recorded]

_numbers = count(1)


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        return self.now


def an_event(program: str, kind: str = SHARED, **values: Any) -> Event:
    given = {"id": f"event-{next(_numbers)}", "at": NOON, "advocate": "maria", **values}
    return Event(program=program, type=kind, **given)


def a_person(person_id: str = "tomas", **values: Any) -> Person:
    given = {"advocate": "maria", "name": "Tomas Berg", "origin": "introduction", "since": NOON}
    return Person(person_id, "referee", **{**given, **values})


def a_meeting(start: datetime, minutes: int = 30, **values: Any) -> Meeting:
    given = {
        "id": f"meeting-{next(_numbers)}",
        "referral": "maria-kestrel",
        "referee": "tomas",
        "advocate": "maria",
        "host": "jonas",
        "timezone": "Europe/Berlin",
    }
    return Meeting(start=start, end=start + timedelta(minutes=minutes), **{**given, **values})


def moved(meeting: Meeting, start: datetime, **values: Any) -> Meeting:
    """The same meeting at another time, at its next sequence."""
    end = start + (meeting.end - meeting.start)
    return replace(meeting, start=start, end=end, sequence=meeting.sequence + 1, **values)


def a_tally(key: str = UNITS[0], version: int = 1) -> Tally:
    return Tally(key, version, f'{{"version":{version}}}')


def a_delivery(delivery_id: str, next_at: datetime = NOON, **values: Any) -> Delivery:
    given = {"event": "event-0", "kind": "mail", "referral": "maria-kestrel"}
    return Delivery(delivery_id, next_at=next_at, **{**given, **values})


@dataclass
class Desk:
    """A ledger in the hands of a test, with its program and clock."""

    ledger: Ledger
    program: str
    clock: Clock

    def event(self, kind: str = SHARED, **values: Any) -> Event:
        return an_event(self.program, kind, **{"at": self.clock.now, **values})

    def book(self, meeting: Meeting) -> Meeting:
        """Books a meeting of a referee of its own, and gives it back."""
        event = self.event(BOOKED, referee=meeting.referee)
        done = self.ledger.book(event, meeting, None, Actor(f"referee:{meeting.referee}"))
        assert done.fresh
        return meeting

    def events(self) -> list[Event]:
        """All that came in, in that order."""
        self.clock.forward(minutes=1)
        found: list[Event] = []
        cursor = ""
        while True:
            events, cursor = self.ledger.after(cursor, 7)
            if not events:
                return found
            found.extend(events)

    def ids(self) -> list[str]:
        return [event.id for event in self.events()]


STEPS = (
    "record",
    "introduce",
    "visit",
    "book",
    "reschedule",
    "cancel",
    "prefer",
    "revoke",
    "revoke another",
    "remove",
)


def steps(desk: Desk) -> dict[str, tuple[str, Step]]:
    """Every step that somebody's page does, ready to be done once, with its event's type."""
    ledger = desk.ledger
    booked = desk.book(a_meeting(TOMORROW, referee="booked"))
    after = moved(booked, TOMORROW + HOUR)
    new = a_meeting(NOON)
    return {
        "record": (SHARED, ledger.record),
        "introduce": (INTRODUCED, lambda e, a: ledger.introduce(e, a_person(), a)),
        "visit": (VISITED, lambda e, a: ledger.visit(e, "v", 3600, a)),
        "book": (BOOKED, lambda e, a: ledger.book(e, new, a_person(), a)),
        "reschedule": (RESCHEDULED, lambda e, a: ledger.reschedule(e, booked, after, a)),
        "cancel": (CANCELLED, lambda e, a: ledger.cancel(e, booked, a)),
        "prefer": (PREFERRED, lambda e, a: ledger.prefer(e, {"stop": "yes"}, a)),
        "revoke": (REVOKED, lambda e, a: ledger.revoke(e, a.subject, a)),
        "revoke another": (REVOKED, lambda e, a: ledger.revoke(e, "advocate:other", a)),
        "remove": (REMOVED, lambda e, a: ledger.remove(e, "tomas", a)),
    }


def everything(desk: Desk) -> list[object]:
    """All that a ledger tells."""
    ledger = desk.ledger
    return [
        desk.events(),
        ledger.events_of("maria"),
        list(ledger.people()),
        ledger.standings(),
        [ledger.meeting_of(referee) for referee in ("tomas", "booked")],
        ledger.taken("jonas", NOON - 24 * HOUR, NOON + 72 * HOUR),
        ledger.unopened(NOON + 72 * HOUR),
        [
            sorted(ledger.deliveries(state), key=lambda delivery: delivery.id)
            for state in ("waiting", "held", "done", "dead")
        ],
        ledger.cursor("relay"),
        ledger.tallies(UNITS),
        [ledger.figures(table, "2026-01-01", "2026-12-31") for table in TABLES],
    ]
