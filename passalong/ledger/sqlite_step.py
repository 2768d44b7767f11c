"""A writing step of the SQLite ledger, within its transaction: what is checked, what is put."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from passalong.events import Event
from passalong.ledger.meetings import cells_of
from passalong.ledger.port import (
    Conflict,
    LimitReached,
    NotFound,
    Recorded,
    Removed,
    Revoked,
    SlotTaken,
    Standing,
)
from passalong.ledger.records import KEPT_BESIDE, day_of, micros, read, written

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from passalong.ledger.port import Actor, Meeting, Person


class Step:
    """One event on its way in. ``earlier`` is the answer, where the event came in before.

    Making it raises Revoked, where the actor's page was taken away.
    """

    def __init__(self, db: sqlite3.Connection, event: Event, actor: Actor | None) -> None:
        self._db, self._event, self._actor = db, event, actor
        self.earlier = self._found()
        if self.earlier is None and actor is not None:
            standing = standing_of(db, event.program, actor.subject)
            if standing.revoked or standing.revision != actor.revision:
                raise Revoked(f"the page of {actor.subject} was taken away or replaced")

    def put(self) -> Recorded:
        """Counts and puts the event: the last thing that a step does. Raises LimitReached."""
        if self._actor is not None and self._actor.limit:
            self._count(self._actor)
        self._run(
            "INSERT INTO events (program, id, advocate, at, record)"
            " VALUES (:program, :id, :advocate, :at, :record)",
            id=self._event.id,
            advocate=self._event.advocate,
            at=micros(self._event.at),
            record=written(self._event),
        )
        return Recorded(self._event, fresh=True)

    def known(self, person: Person) -> Recorded | None:
        """The event that a person came with, if they are known. Raises Removed."""
        row = self.wanted(person.id)
        return self._not_fresh(row[1]) if row and row[0] is not None else None

    def wanted(self, person_id: str) -> tuple[Any, ...] | None:
        """What is known under that id: a record and its event. Raises Removed."""
        row = self._one(
            "SELECT record, event, removed FROM people WHERE program = :program AND id = :id",
            id=person_id,
        )
        if row and row[2]:
            raise Removed(f"{person_id} was removed")
        return row

    def keep(self, person: Person) -> None:
        """Puts a person's record, in the place of an older one."""
        self._run(
            "INSERT INTO people (program, id, event, origin, since, record)"
            " VALUES (:program, :id, :event, :origin, :since, :record)"
            " ON CONFLICT DO UPDATE SET event = coalesce(event, excluded.event),"
            " origin = coalesce(origin, excluded.origin),"
            " since = coalesce(since, excluded.since), record = excluded.record",
            id=person.id,
            event=self._event.id,
            origin=person.origin,
            since=micros(person.since),
            record=written(person, without=KEPT_BESIDE),
        )

    def erase(self, person_id: str, *, for_good: bool) -> None:
        """Drops a person's record; for good, so that none is made again."""
        self._run("DELETE FROM people WHERE program = :program AND id = :id", id=person_id)
        if for_good:
            self._run(
                "INSERT INTO people (program, id, removed) VALUES (:program, :id, 1)",
                id=person_id,
            )

    def visit(self, visitor: str, within_seconds: int) -> Recorded | None:
        """The visitor's visit within that time, or else None, and theirs is noted."""
        at, within = micros(self._event.at), within_seconds * 1_000_000
        row = self._one(
            "SELECT event FROM visitors"
            " WHERE program = :program AND visitor = :visitor AND at > :before",
            visitor=visitor,
            before=at - within,
        )
        if row:
            return self._not_fresh(row[0])
        long_ago = micros(self._event.at - _LATEST)
        self._run("DELETE FROM visitors WHERE program = :program AND until < :ago", ago=long_ago)
        self._run(
            "INSERT OR REPLACE INTO visitors (program, visitor, at, until, event)"
            " VALUES (:program, :visitor, :at, :until, :event)",
            visitor=visitor,
            at=at,
            until=at + within,
            event=self._event.id,
        )
        return None

    def opened(self, person_id: str) -> None:
        """Notes that a person's page was opened, unless that is known."""
        self._run(
            "INSERT INTO people (program, id, opened) VALUES (:program, :id, :at)"
            " ON CONFLICT DO UPDATE SET opened = coalesce(opened, excluded.opened)",
            id=person_id,
            at=micros(self._event.at),
        )

    def current(self, before: Meeting) -> None:
        """Raises Conflict or NotFound, unless that is the referee's newest meeting, and booked."""
        row = self._newest(before.referee)
        if row is None:
            raise NotFound(f"{before.referee} has no meeting")
        if row[:3] != (before.id, before.sequence, "booked"):
            raise Conflict(f"the meeting {before.id} is no longer as it was")

    def free(self, referee: str, meeting_id: str) -> None:
        """Raises Conflict where the referee has a meeting to come, or had this one."""
        row = self._newest(referee)
        if row and row[2] == "booked" and row[3] > micros(self._event.at):
            raise Conflict(f"{referee} has a meeting already")
        if row and row[0] == meeting_id:
            raise Conflict(f"{referee} had the meeting {meeting_id} already")

    def meet(self, meeting: Meeting) -> None:
        """Puts a meeting, in the place of its older self. Raises SlotTaken."""
        cells = cells_of(meeting)
        if meeting.status == "booked":
            self._refuse_overlap(meeting, cells)
        self._run(
            "INSERT INTO meetings"
            " (program, referee, id, host, status, sequence, ends, first_cell, until_cell, record)"
            " VALUES (:program, :referee, :id, :host, :status, :sequence, :ends, :first, :until,"
            " :record) ON CONFLICT DO UPDATE SET host = excluded.host, status = excluded.status,"
            " sequence = excluded.sequence, ends = excluded.ends, record = excluded.record,"
            " first_cell = excluded.first_cell, until_cell = excluded.until_cell",
            referee=meeting.referee,
            id=meeting.id,
            host=meeting.host,
            status=meeting.status,
            sequence=meeting.sequence,
            ends=micros(meeting.end),
            first=cells.start,
            until=cells.stop,
            record=written(meeting),
        )

    def prefer(self, subject: str, changes: Mapping[str, str]) -> None:
        """Merges preferences into what is known; an empty value takes one back."""
        standing = standing_of(self._db, self._event.program, subject)
        merged = {**standing.preferences, **changes}
        self._run(
            "INSERT INTO standings (program, subject, preferences)"
            " VALUES (:program, :subject, :preferences)"
            " ON CONFLICT DO UPDATE SET preferences = excluded.preferences",
            subject=subject,
            preferences=json.dumps({name: value for name, value in merged.items() if value}),
        )

    def revoke(self, subject: str) -> None:
        """Takes a subject's page away."""
        self._run(
            "INSERT INTO standings (program, subject, revoked) VALUES (:program, :subject, 1)"
            " ON CONFLICT DO UPDATE SET revoked = 1",
            subject=subject,
        )

    def renew(self, subject: str) -> None:
        """Gives a subject the next revision."""
        self._run(
            "INSERT INTO standings (program, subject, revision) VALUES (:program, :subject, 1)"
            " ON CONFLICT DO UPDATE SET revision = revision + 1, revoked = 0",
            subject=subject,
        )

    def _found(self) -> Recorded | None:
        return self._not_fresh(self._event.id)

    def _not_fresh(self, event_id: str) -> Recorded | None:
        row = self._one(
            "SELECT record FROM events WHERE program = :program AND id = :id", id=event_id
        )
        return Recorded(read(Event, row[0]), fresh=False) if row else None

    def _count(self, actor: Actor) -> None:
        day = day_of(self._event.at)
        long_ago = day_of(self._event.at - _LATEST)
        self._run("DELETE FROM counts WHERE program = :program AND day < :day", day=long_ago)
        (count,) = self._one(
            "INSERT INTO counts (program, day, subject, type, count)"
            " VALUES (:program, :day, :subject, :type, 1)"
            " ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count",
            day=day,
            subject=actor.subject,
            type=self._event.type,
        ) or (0,)
        if count > actor.limit:
            raise LimitReached(f"{actor.subject} has reached {actor.limit} for {day}")

    def _newest(self, referee: str) -> tuple[Any, ...] | None:
        return self._one(
            "SELECT id, sequence, status, ends FROM meetings"
            " WHERE program = :program AND referee = :referee ORDER BY number DESC LIMIT 1",
            referee=referee,
        )

    def _refuse_overlap(self, meeting: Meeting, cells: range) -> None:
        row = self._one(
            "SELECT 1 FROM meetings WHERE program = :program AND host = :host"
            " AND status = 'booked' AND until_cell > :first AND first_cell < :until"
            " AND NOT (referee = :referee AND id = :id)",
            host=meeting.host,
            first=cells.start,
            until=cells.stop,
            referee=meeting.referee,
            id=meeting.id,
        )
        if row:
            raise SlotTaken(f"{meeting.host} is taken at {meeting.start}")

    def _one(self, sql: str, **values: object) -> tuple[Any, ...] | None:
        rows: list[tuple[Any, ...]] = self._execute(sql, values).fetchall()
        return rows[0] if rows else None

    def _run(self, sql: str, **values: object) -> None:
        self._execute(sql, values)

    def _execute(self, sql: str, values: dict[str, object]) -> sqlite3.Cursor:
        return self._db.execute(sql, {"program": self._event.program, **values})


_LATEST = timedelta(days=2)
"""An event may come in so much later than another that happened after it."""


def standing_of(db: sqlite3.Connection, program: str, subject: str) -> Standing:
    """What is decided about a subject."""
    row = db.execute(
        "SELECT revision, revoked, preferences FROM standings WHERE program = ? AND subject = ?",
        (program, subject),
    ).fetchone()
    return standing_from(*row) if row else Standing()


def standing_from(revision: int, revoked: int, preferences: str) -> Standing:
    """A standing from the columns of its row."""
    return Standing(revision, bool(revoked), json.loads(preferences))
