"""Whatever is done in whatever order, a ledger answers as a simple model of it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from operator import methodcaller

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from passalong.events import Event
from passalong.ledger.port import Actor, Ledger, LedgerError, Meeting
from passalong.ledger.tallies import Cell
from tests.contract.ledger_model import ModelLedger
from tests.contract.ledger_samples import (
    CELLS,
    NOON,
    TABLES,
    UNITS,
    Clock,
    Desk,
    a_delivery,
    a_meeting,
    a_person,
    a_tally,
    an_event,
    everything,
    moved,
)

ADVOCATES, REFEREES, HOSTS = ("maria", "samuel"), ("anna", "bo", "cem"), ("jonas", "ines")
subjects = st.sampled_from(
    [f"advocate:{a}" for a in ADVOCATES] + [f"referee:{r}" for r in REFEREES]
)
actors = st.builds(Actor, subjects, st.sampled_from([0, 0, 0, 1]), st.sampled_from([0, 0, 1, 3]))
referees, hosts = st.sampled_from(REFEREES), st.sampled_from(HOSTS)
starts = st.integers(0, 40).map(lambda number: NOON + timedelta(hours=10, minutes=7 * number))
minutes = st.sampled_from([5, 12, 30, 60])
buffers = st.sampled_from([0, 0, 5, 10])
states = st.sampled_from(["waiting", "held", "done", "dead"])
additions = st.dictionaries(
    st.sampled_from(CELLS),
    st.dictionaries(st.sampled_from(["won", "won.money", "hit"]), st.integers(-2, 2)),
    max_size=4,
)

_programs = count(1)


def outcome(step: Callable[[], object]) -> object:
    """What a step answers, or the kind of its refusal."""
    try:
        return step()
    except LedgerError as refusal:
        return type(refusal)


class Alike(RuleBasedStateMachine):
    """Does the same to a ledger and to the model, and compares what they answer."""

    open_desk: Callable[[str], Desk]

    def __init__(self) -> None:
        super().__init__()
        self.program = f"alike-{next(_programs)}"
        self.desk = self.open_desk(self.program)
        self.model = ModelLedger()
        self.clock = self.desk.clock
        self.clock.now = NOON
        self.numbers = count(1)
        self.past: list[Meeting] = []

    def both(self, step: Callable[[Ledger], object]) -> None:
        assert outcome(lambda: step(self.desk.ledger)) == outcome(lambda: step(self.model))

    def event(self, data: st.DataObject, referee: str = "") -> Event:
        """A new event, or at times one that was there, which some client sends again."""
        kind = data.draw(st.sampled_from(["shared", "visited", "booked"]), "kind")
        advocate = data.draw(st.sampled_from(ADVOCATES), "advocate")
        if self.model.events and data.draw(st.integers(0, 9), "again?") == 0:
            event_id = data.draw(st.sampled_from(self.model.events), "which").id
        else:
            event_id = f"e{next(self.numbers)}"
        values = {"id": event_id, "at": self.clock.now, "advocate": advocate, "referee": referee}
        return an_event(self.program, kind, **values)

    @rule(hours=st.sampled_from([0.3, 1, 1, 24]))
    def time_goes_on(self, hours: float) -> None:
        self.clock.forward(hours=hours)

    @rule(data=st.data(), actor=actors)
    def record(self, data: st.DataObject, actor: Actor) -> None:
        event = self.event(data)
        self.both(lambda ledger: ledger.record(event, actor))

    @rule(data=st.data(), actor=actors, referee=referees)
    def introduce(self, data: st.DataObject, actor: Actor, referee: str) -> None:
        event = self.event(data, referee)
        person = a_person(referee, since=self.clock.now, reason=f"said in {event.id}")
        unless = data.draw(st.sampled_from(["", *REFEREES]), "unless")
        self.both(lambda ledger: ledger.introduce(event, person, actor, unless))

    @rule(data=st.data(), actor=actors, referee=st.sampled_from(["", *REFEREES]))
    def visit(self, data: st.DataObject, actor: Actor, referee: str) -> None:
        event = self.event(data, referee)
        visitor = data.draw(st.sampled_from(["v1", "v2"]), "visitor")
        self.both(lambda ledger: ledger.visit(event, visitor, 3600, actor))

    @rule(data=st.data(), actor=actors, referee=referees)
    def ask_for_a_meeting(self, data: st.DataObject, actor: Actor, referee: str) -> None:
        event = self.event(data, referee)
        person = a_person(referee, origin="booking", since=self.clock.now, note=event.id)
        self.both(lambda ledger: ledger.book(event, None, person, actor))

    @rule(data=st.data(), actor=actors, referee=referees, known=st.booleans())
    def book(self, data: st.DataObject, actor: Actor, referee: str, known: bool) -> None:
        event = self.event(data, referee)
        start, buffer = data.draw(starts, "start"), timedelta(minutes=data.draw(buffers, "buffer"))
        meeting = a_meeting(start, data.draw(minutes), referee=referee, host=data.draw(hosts))
        if buffer:
            meeting = replace(meeting, held=(start - buffer, meeting.end + buffer))
        person = a_person(referee, origin="booking", since=self.clock.now, note=event.id)
        self.both(lambda ledger: ledger.book(event, meeting, person if known else None, actor))
        self.past.append(meeting)

    def some_meeting(self, data: st.DataObject, referee: str) -> Meeting | None:
        """The referee's meeting as it is, or at times another, or one that was."""
        if self.past and data.draw(st.integers(0, 4), "stale?") == 0:
            return data.draw(st.sampled_from(self.past), "which")
        return self.model.meeting_of(referee)

    @rule(data=st.data(), actor=actors, referee=referees, start=starts, host=hosts)
    def reschedule(
        self, data: st.DataObject, actor: Actor, referee: str, start: datetime, host: str
    ) -> None:
        if before := self.some_meeting(data, referee):
            event = self.event(data, before.referee)
            after = moved(before, start, host=host, status="booked", held=None)
            self.both(lambda ledger: ledger.reschedule(event, before, after, actor))
            self.past.append(after)

    @rule(data=st.data(), actor=st.none() | actors, referee=referees)
    def cancel(self, data: st.DataObject, actor: Actor | None, referee: str) -> None:
        if before := self.some_meeting(data, referee):
            event = self.event(data, before.referee)
            self.both(lambda ledger: ledger.cancel(event, before, actor))

    @rule(data=st.data(), actor=actors, value=st.sampled_from(["yes", ""]))
    def prefer(self, data: st.DataObject, actor: Actor, value: str) -> None:
        event = self.event(data)
        changes = {data.draw(st.sampled_from(["stop", "silent"])): value}
        self.both(lambda ledger: ledger.prefer(event, changes, actor))

    @rule(data=st.data(), subject=subjects, actor=st.none() | actors)
    def revoke(self, data: st.DataObject, subject: str, actor: Actor | None) -> None:
        event = self.event(data)
        self.both(lambda ledger: ledger.revoke(event, subject, actor))

    @rule(data=st.data(), subject=subjects)
    def renew(self, data: st.DataObject, subject: str) -> None:
        event = self.event(data)
        self.both(lambda ledger: ledger.renew(event, subject))

    @rule(data=st.data(), referee=referees, actor=st.none() | actors)
    def remove(self, data: st.DataObject, referee: str, actor: Actor | None) -> None:
        event = self.event(data, referee)
        self.both(lambda ledger: ledger.remove(event, referee, actor))

    @rule(data=st.data(), referee=referees)
    def forget(self, data: st.DataObject, referee: str) -> None:
        event = self.event(data, referee)
        self.both(lambda ledger: ledger.forget(event, referee))

    @rule(
        number=st.integers(1, 9), referral=st.sampled_from(["", "a", "b"]), hours=st.integers(0, 3)
    )
    def expect(self, number: int, referral: str, hours: int) -> None:
        when = self.clock.now + timedelta(hours=hours)
        delivery = a_delivery(f"d{number}", when, referral=referral)
        self.both(lambda ledger: ledger.expect([delivery]))

    @rule(data=st.data(), state=states, hours=st.integers(0, 3))
    def settle(self, data: st.DataObject, state: str, hours: int) -> None:
        open_ones = [d for d in self.model.expected if d.state != "done"]
        if open_ones:
            delivery = data.draw(st.sampled_from(open_ones), "which")
            when = delivery.next_at + timedelta(hours=hours)
            tried = delivery.attempts + 1
            now = replace(delivery, state=state, next_at=when, attempts=tried)  # type: ignore[arg-type]
            self.both(lambda ledger: ledger.settle(now))

    @rule(data=st.data(), units=st.sets(st.sampled_from(UNITS), min_size=1), cells=additions)
    def tally(
        self, data: st.DataObject, units: set[str], cells: dict[Cell, dict[str, int]]
    ) -> None:
        """The next versions, or at times one that others have changed since."""
        kept = self.model.tallies(sorted(units))
        stale = data.draw(st.sampled_from([0, 0, 0, 0, 1]), "stale")
        changed = [a_tally(key, max(1, t.version + 1 - stale)) for key, t in kept.items()]
        self.both(lambda ledger: ledger.tally(changed, cells))

    @rule(table=st.sampled_from(TABLES), days=st.sampled_from([3, 3, 4]), drop=st.booleans())
    def figures(self, table: str, days: int, drop: bool) -> None:
        self.both(lambda ledger: ledger.figures(table, "2026-11-23", f"2026-11-2{days}"))
        self.both(lambda ledger: ledger.sums(table, "2026-11-23", f"2026-11-2{days}"))
        if drop and days == 4:
            self.both(lambda ledger: ledger.drop_figures(table))
            self.both(lambda ledger: ledger.drop_tallies(UNITS[:2]))

    @invariant()
    def what_is_due_is_alike(self) -> None:
        assert self.desk.ledger.due(self.clock.now, 2) == self.model.due(self.clock.now, 2)

    def teardown(self) -> None:
        """Everything there is to know is alike, too."""
        assert everything(self.desk) == everything(Desk(self.model, self.program, Clock()))
        for name in REFEREES:
            self.both(methodcaller("person", name))
            self.both(methodcaller("meeting_of", name))
        for name in HOSTS:
            self.both(methodcaller("taken", name, NOON, NOON + timedelta(days=2)))
        self.desk.ledger.close()


def compare(open_desk: Callable[[str], Desk], examples: int, steps: int) -> None:
    machine = type("AlikeHere", (Alike,), {"open_desk": staticmethod(open_desk)})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_ledger_does_as_its_model_does(open_desk: Callable[[str], Desk]) -> None:
    compare(open_desk, 20, 40)


@pytest.mark.soak
def test_a_ledger_does_as_its_model_does_for_long(open_desk: Callable[[str], Desk]) -> None:
    compare(open_desk, 300, 80)
