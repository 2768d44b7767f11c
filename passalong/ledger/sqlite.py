"""The ledger in a SQLite file: what runs with nothing but Python, on one machine."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from passalong.events import Event
from passalong.ledger.meetings import cancelled, cells_between, must_follow, span_of
from passalong.ledger.port import Delivery, Meeting, NotFound, Person, Recorded, Standing
from passalong.ledger.records import micros, moment, read, written
from passalong.ledger.sqlite_step import Step, standing_from, standing_of
from passalong.ledger.sqlite_store import Store
from passalong.ledger.sqlite_tallies import SqliteTallies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from passalong.ledger.port import Actor

_CHUNK = 1000


def open_file(path: Path, program: str) -> SqliteLedger:
    """A program's ledger in the file at that path, which is made if it is not there."""
    return SqliteLedger(Store(path), program)


class SqliteLedger(SqliteTallies):
    """See passalong.ledger.port.Ledger. Threads and processes may share the file."""

    def close(self) -> None:
        self._store.close()

    # --- Steps -------------------------------------------------------------------------------

    def record(self, event: Event, actor: Actor) -> Recorded:
        with self._step(event, actor) as step:
            return step.earlier or step.put()

    def file(self, event: Event) -> Recorded:
        with self._step(event) as step:
            return step.earlier or step.put()

    def introduce(self, event: Event, person: Person, actor: Actor, unless: str = "") -> Recorded:
        with self._step(event, actor) as step:
            if unless and not step.earlier:
                step.wanted(unless)
            if done := step.earlier or step.known(person):
                return done
            step.keep(person)
            return step.put()

    def visit(self, event: Event, visitor: str, within_seconds: int, actor: Actor) -> Recorded:
        with self._step(event, actor) as step:
            if done := step.earlier or step.visit(visitor, within_seconds):
                return done
            if event.referee:
                step.opened(event.referee)
            return step.put()

    def book(
        self, event: Event, meeting: Meeting | None, person: Person | None, actor: Actor
    ) -> Recorded:
        with self._step(event, actor) as step:
            if step.earlier:
                return step.earlier
            if meeting:
                step.free(meeting.referee, meeting.id)
                step.meet(meeting)
            if person:
                step.known(person)
                step.keep(person)
            return step.put()

    def reschedule(self, event: Event, before: Meeting, after: Meeting, actor: Actor) -> Recorded:
        must_follow(before, after)
        with self._step(event, actor) as step:
            if step.earlier:
                return step.earlier
            step.current(before)
            step.meet(after)
            return step.put()

    def cancel(self, event: Event, before: Meeting, actor: Actor | None = None) -> Recorded:
        with self._step(event, actor) as step:
            if step.earlier:
                return step.earlier
            step.current(before)
            step.meet(cancelled(before))
            return step.put()

    def prefer(self, event: Event, changes: Mapping[str, str], actor: Actor) -> Recorded:
        with self._step(event, actor) as step:
            if step.earlier:
                return step.earlier
            step.prefer(actor.subject, changes)
            return step.put()

    def revoke(self, event: Event, subject: str, actor: Actor | None = None) -> Recorded:
        with self._step(event, actor) as step:
            if step.earlier:
                return step.earlier
            step.revoke(subject)
            return step.put()

    def renew(self, event: Event, subject: str) -> Recorded:
        with self._step(event) as step:
            if step.earlier:
                return step.earlier
            step.renew(subject)
            return step.put()

    def remove(self, event: Event, person_id: str, actor: Actor | None = None) -> Recorded:
        with self._step(event, actor) as step:
            if step.earlier:
                return step.earlier
            step.erase(person_id, for_good=True)
            step.revoke(f"referee:{person_id}")
            return step.put()

    def forget(self, event: Event, person_id: str) -> Recorded:
        with self._step(event) as step:
            if step.earlier:
                return step.earlier
            step.erase(person_id, for_good=False)
            return step.put()

    # --- What is known -----------------------------------------------------------------------

    def taken(
        self, host: str, start: datetime, end: datetime
    ) -> Sequence[tuple[datetime, datetime]]:
        asked = cells_between(start, end)
        rows = self._rows(
            "SELECT max(first_cell, :first), min(until_cell, :until) FROM meetings"
            " WHERE program = :program AND host = :host AND status = 'booked'"
            " AND until_cell > :first AND first_cell < :until ORDER BY first_cell",
            host=host,
            first=asked.start,
            until=asked.stop,
        )
        return [span_of(first, until) for first, until in rows]

    def standing(self, subjects: Sequence[str]) -> Mapping[str, Standing]:
        with self._store.reading() as db:
            return {subject: standing_of(db, self._program, subject) for subject in subjects}

    def standings(self) -> Mapping[str, Standing]:
        rows = self._rows(
            "SELECT subject, revision, revoked, preferences FROM standings"
            " WHERE program = :program ORDER BY subject"
        )
        found = {subject: standing_from(*columns) for subject, *columns in rows}
        return {subject: standing for subject, standing in found.items() if standing != Standing()}

    def people(self) -> Iterator[Person]:
        last = ""
        while rows := self._rows(f"{_PEOPLE} AND id > :last ORDER BY id LIMIT {_CHUNK}", last=last):
            people = [_person(*row) for row in rows]
            yield from people
            last = people[-1].id

    def person(self, person_id: str) -> Person:
        rows = self._rows(f"{_PEOPLE} AND id = :id", id=person_id)
        if not rows:
            raise NotFound(f"nobody is known as {person_id}")
        return _person(*rows[0])

    def unopened(self, before: datetime) -> Sequence[Person]:
        rows = self._rows(
            f"{_PEOPLE} AND origin = 'introduction' AND opened IS NULL AND since < :before"
            " ORDER BY since, id",
            before=micros(before),
        )
        return [_person(*row) for row in rows]

    def meeting_of(self, referee: str) -> Meeting | None:
        rows = self._rows(
            "SELECT record FROM meetings WHERE program = :program AND referee = :referee"
            " ORDER BY number DESC LIMIT 1",
            referee=referee,
        )
        return read(Meeting, rows[0][0]) if rows else None

    def events_of(self, advocate: str) -> Sequence[Event]:
        rows = self._rows(
            "SELECT record FROM events WHERE program = :program AND advocate = :advocate"
            " ORDER BY at, number",
            advocate=advocate,
        )
        return [read(Event, record) for (record,) in rows]

    def after(self, cursor: str, limit: int) -> tuple[Sequence[Event], str]:
        rows = self._rows(
            # by number, which the plus says: an index of the program's would be sorted each time
            "SELECT number, record FROM events WHERE +program = :program AND number > :number"
            " ORDER BY number LIMIT :limit",
            number=int(cursor or 0),
            limit=limit,
        )
        return [read(Event, record) for _, record in rows], str(rows[-1][0]) if rows else cursor

    # --- Deliveries and cursors --------------------------------------------------------------

    def expect(self, deliveries: Sequence[Delivery]) -> None:
        with self._store.writing() as db:
            for delivery in deliveries:
                noted = replace(delivery, since=delivery.next_at)
                db.execute(_DELIVERY + " ON CONFLICT DO NOTHING", self._columns(noted))

    def settle(self, delivery: Delivery) -> None:
        with self._store.writing() as db:
            db.execute(
                _DELIVERY + " ON CONFLICT DO UPDATE SET state = excluded.state,"
                " next_at = excluded.next_at, record = excluded.record",
                self._columns(delivery),
            )

    def due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        rows = self._rows(
            "SELECT record FROM deliveries AS this WHERE program = :program AND state = 'waiting'"
            " AND since <= :now AND next_at <= :now AND (referral = '' OR NOT EXISTS ("
            "SELECT 1 FROM deliveries AS other WHERE other.program = :program"
            " AND other.state = 'waiting' AND other.referral = this.referral"
            " AND (other.since, other.number) < (this.since, this.number)))"
            " ORDER BY since, number LIMIT :limit",
            now=micros(now),
            limit=limit,
        )
        return [read(Delivery, record) for (record,) in rows]

    def deliveries(self, state: str) -> Sequence[Delivery]:
        rows = self._rows(
            "SELECT record FROM deliveries WHERE program = :program AND state = :state"
            " ORDER BY since, number",
            state=state,
        )
        return [read(Delivery, record) for (record,) in rows]

    def cursor(self, name: str) -> str:
        rows = self._rows(
            "SELECT cursor FROM cursors WHERE program = :program AND name = :name", name=name
        )
        return str(rows[0][0]) if rows else ""

    def advance(self, name: str, cursor: str) -> None:
        with self._store.writing() as db:
            db.execute(
                "INSERT OR REPLACE INTO cursors (program, name, cursor) VALUES (?, ?, ?)",
                (self._program, name, cursor),
            )

    # --- How ---------------------------------------------------------------------------------

    @contextmanager
    def _step(self, event: Event, actor: Actor | None = None) -> Iterator[Step]:
        if event.program != self._program:
            raise ValueError(f"an event of {event.program} in the ledger of {self._program}")
        with self._store.writing() as db:
            yield Step(db, event, actor)

    def _columns(self, delivery: Delivery) -> dict[str, object]:
        return {
            "program": self._program,
            "id": delivery.id,
            "state": delivery.state,
            "referral": delivery.referral,
            "since": micros(delivery.since or delivery.next_at),
            "next_at": micros(delivery.next_at),
            "record": written(delivery),
        }


_PEOPLE = (
    "SELECT record, origin, since, opened FROM people WHERE program = :program AND record NOT NULL"
)
_DELIVERY = (
    "INSERT INTO deliveries (program, id, state, referral, since, next_at, record)"
    " VALUES (:program, :id, :state, :referral, :since, :next_at, :record)"
)


def _person(record: str, origin: str, since: int, opened: int | None) -> Person:
    return read(
        Person,
        record,
        origin=origin,
        since=moment(since),
        opened=None if opened is None else moment(opened),
    )
