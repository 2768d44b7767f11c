"""A ledger in a few dictionaries: so simple that one sees it is right, to hold the others to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from passalong.events import Event
from passalong.ledger.port import (
    Actor,
    Conflict,
    Delivery,
    LimitReached,
    Meeting,
    NotFound,
    Person,
    Recorded,
    Removed,
    Revoked,
    SlotTaken,
    Standing,
)
from passalong.ledger.tallies import Cell, Tally

FIVE = timedelta(minutes=5)


def fives(start: datetime, end: datetime) -> list[datetime]:
    """The beginning of every five minutes of the clock that the span touches."""
    at = start.replace(minute=start.minute // 5 * 5, second=0, microsecond=0)
    found = []
    while at < end:
        found.append(at)
        at += FIVE
    return found


class ModelLedger:
    """See passalong.ledger.port.Ledger; nothing is checked before it must be."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.counts: Counter[tuple[str, str, str]] = Counter()
        self.known: dict[str, Person] = {}
        self.came_with: dict[str, Event] = {}
        self.openings: dict[str, datetime] = {}
        self.removed: set[str] = set()
        self.decided: dict[str, Standing] = {}
        self.visits: dict[str, Event] = {}
        self.meetings: list[Meeting] = []
        self.expected: list[Delivery] = []
        self.cursors: dict[str, str] = {}
        self.kept: dict[str, Tally] = {}
        self.cells: dict[Cell, Counter[str]] = {}

    def close(self) -> None:
        """Nothing is held."""

    def _before(self, event: Event, actor: Actor | None) -> Recorded | None:
        for earlier in self.events:
            if earlier.id == event.id:
                return Recorded(earlier, fresh=False)
        if actor:
            standing = self.decided.get(actor.subject, Standing())
            if standing.revoked or standing.revision != actor.revision:
                raise Revoked
        return None

    def _within_limit(self, event: Event, actor: Actor | None) -> None:
        if actor and actor.limit and self.counts[self._day(event, actor)] >= actor.limit:
            raise LimitReached

    def _day(self, event: Event, actor: Actor) -> tuple[str, str, str]:
        return actor.subject, event.type, str(event.at.astimezone(UTC).date())

    def _put(self, event: Event, actor: Actor | None) -> Recorded:
        if actor and actor.limit:
            self.counts[self._day(event, actor)] += 1
        self.events.append(event)
        return Recorded(event, fresh=True)

    def record(self, event: Event, actor: Actor) -> Recorded:
        if done := self._before(event, actor):
            return done
        self._within_limit(event, actor)
        return self._put(event, actor)

    def file(self, event: Event) -> Recorded:
        return self._before(event, None) or self._put(event, None)

    def introduce(self, event: Event, person: Person, actor: Actor, unless: str = "") -> Recorded:
        if done := self._before(event, actor):
            return done
        if {person.id, unless} & self.removed:
            raise Removed
        if person.id in self.known:
            return Recorded(self.came_with[person.id], fresh=False)
        self._within_limit(event, actor)
        self.known[person.id] = person
        self.came_with[person.id] = event
        return self._put(event, actor)

    def visit(self, event: Event, visitor: str, within_seconds: int, actor: Actor) -> Recorded:
        if done := self._before(event, actor):
            return done
        last = self.visits.get(visitor)
        if last and last.at + timedelta(seconds=within_seconds) > event.at:
            return Recorded(last, fresh=False)
        self._within_limit(event, actor)
        self.visits[visitor] = event
        if event.referee:
            self.openings.setdefault(event.referee, event.at)
        return self._put(event, actor)

    def _refuse_taken(self, meeting: Meeting) -> None:
        wanted = set(fives(*meeting.span))
        for other in self.meetings:
            is_itself = (other.referee, other.id) == (meeting.referee, meeting.id)
            in_the_way = other.status == "booked" and other.host == meeting.host and not is_itself
            if in_the_way and wanted & set(fives(*other.span)):
                raise SlotTaken

    def book(
        self, event: Event, meeting: Meeting | None, person: Person | None, actor: Actor
    ) -> Recorded:
        if done := self._before(event, actor):
            return done
        if meeting:
            last = self.meeting_of(meeting.referee)
            if last and last.status == "booked" and last.end > event.at:
                raise Conflict
            self._refuse_taken(meeting)
        if person and person.id in self.removed:
            raise Removed
        self._within_limit(event, actor)
        if meeting:
            self.meetings.append(meeting)
        if person:
            first = self.known.get(person.id, person)
            self.known[person.id] = replace(person, origin=first.origin, since=first.since)
            self.came_with.setdefault(person.id, event)
        return self._put(event, actor)

    def _current(self, before: Meeting) -> int:
        last = self.meeting_of(before.referee)
        if last is None:
            raise NotFound
        stands = (last.id, last.sequence, last.status)
        if stands != (before.id, before.sequence, "booked"):
            raise Conflict
        return self.meetings.index(last)

    def reschedule(self, event: Event, before: Meeting, after: Meeting, actor: Actor) -> Recorded:
        if done := self._before(event, actor):
            return done
        place = self._current(before)
        self._refuse_taken(after)
        self._within_limit(event, actor)
        self.meetings[place] = after
        return self._put(event, actor)

    def cancel(self, event: Event, before: Meeting, actor: Actor | None = None) -> Recorded:
        if done := self._before(event, actor):
            return done
        place = self._current(before)
        self._within_limit(event, actor)
        after = replace(before, status="cancelled", sequence=before.sequence + 1)
        self.meetings[place] = after
        return self._put(event, actor)

    def _decide(self, subject: str, **changes: object) -> None:
        standing = self.decided.get(subject, Standing())
        self.decided[subject] = replace(standing, **changes)  # type: ignore[arg-type]

    def prefer(self, event: Event, changes: Mapping[str, str], actor: Actor) -> Recorded:
        if done := self._before(event, actor):
            return done
        self._within_limit(event, actor)
        merged = {**self.decided.get(actor.subject, Standing()).preferences, **changes}
        self._decide(actor.subject, preferences={k: v for k, v in merged.items() if v})
        return self._put(event, actor)

    def revoke(self, event: Event, subject: str, actor: Actor | None = None) -> Recorded:
        if done := self._before(event, actor):
            return done
        self._within_limit(event, actor)
        self._decide(subject, revoked=True)
        return self._put(event, actor)

    def renew(self, event: Event, subject: str) -> Recorded:
        if done := self._before(event, None):
            return done
        revision = self.decided.get(subject, Standing()).revision + 1
        self._decide(subject, revision=revision, revoked=False)
        return self._put(event, None)

    def remove(self, event: Event, person_id: str, actor: Actor | None = None) -> Recorded:
        if done := self._before(event, actor):
            return done
        self._within_limit(event, actor)
        self._erase(person_id)
        self.removed.add(person_id)
        self._decide(f"referee:{person_id}", revoked=True)
        return self._put(event, actor)

    def forget(self, event: Event, person_id: str) -> Recorded:
        if done := self._before(event, None):
            return done
        self._erase(person_id)
        self.removed.discard(person_id)
        return self._put(event, None)

    def _erase(self, person_id: str) -> None:
        for where in (self.known, self.came_with, self.openings):
            where.pop(person_id, None)

    def taken(
        self, host: str, start: datetime, end: datetime
    ) -> Sequence[tuple[datetime, datetime]]:
        asked = fives(start, end)
        spans = []
        for meeting in self.meetings:
            if meeting.host == host and meeting.status == "booked":
                cells = [cell for cell in fives(*meeting.span) if cell in asked]
                if cells:
                    spans.append((cells[0], cells[-1] + FIVE))
        return sorted(spans)

    def standing(self, subjects: Sequence[str]) -> Mapping[str, Standing]:
        return {subject: self.decided.get(subject, Standing()) for subject in subjects}

    def standings(self) -> Mapping[str, Standing]:
        return {subject: s for subject, s in sorted(self.decided.items()) if s != Standing()}

    def people(self) -> Iterator[Person]:
        for name, person in sorted(self.known.items()):
            yield replace(person, opened=self.openings.get(name))

    def person(self, person_id: str) -> Person:
        for person in self.people():
            if person.id == person_id:
                return person
        raise NotFound

    def meeting_of(self, referee: str) -> Meeting | None:
        theirs = [meeting for meeting in self.meetings if meeting.referee == referee]
        return theirs[-1] if theirs else None

    def events_of(self, advocate: str) -> Sequence[Event]:
        theirs = [event for event in self.events if event.advocate == advocate]
        return sorted(theirs, key=lambda event: event.at)

    def unopened(self, before: datetime) -> Sequence[Person]:
        introduced = [person for person in self.people() if person.origin == "introduction"]
        found = [p for p in introduced if p.opened is None and p.since < before]
        return sorted(found, key=lambda person: (person.since, person.id))

    def after(self, cursor: str, limit: int) -> tuple[Sequence[Event], str]:
        start = int(cursor or 0)
        events = self.events[start : start + limit]
        return events, str(start + len(events)) if events else cursor

    def expect(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            if all(other.id != delivery.id for other in self.expected):
                self.expected.append(replace(delivery, since=delivery.next_at))

    def settle(self, delivery: Delivery) -> None:
        self.expected = [delivery if d.id == delivery.id else d for d in self.expected]

    def deliveries(self, state: str) -> Sequence[Delivery]:
        found = [delivery for delivery in self.expected if delivery.state == state]
        return sorted(found, key=lambda delivery: delivery.since or delivery.next_at)

    def due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        found: list[Delivery] = []
        seen: set[str] = set()
        for delivery in self.deliveries("waiting"):
            if delivery.next_at <= now and (not delivery.referral or delivery.referral not in seen):
                found.append(delivery)
            seen.add(delivery.referral)
        return found[:limit]

    def cursor(self, name: str) -> str:
        return self.cursors.get(name, "")

    def advance(self, name: str, cursor: str) -> None:
        self.cursors[name] = cursor

    def tallies(self, keys: Sequence[str]) -> Mapping[str, Tally]:
        return {key: self.kept.get(key, Tally(key)) for key in keys}

    def tally(self, changed: Sequence[Tally], cells: Mapping[Cell, Mapping[str, int]]) -> None:
        if any(self.kept.get(t.key, Tally(t.key)).version != t.version - 1 for t in changed):
            raise Conflict
        self.kept |= {tally.key: tally for tally in changed}
        for cell, metrics in cells.items():
            self.cells.setdefault(cell, Counter()).update(metrics)

    def figures(
        self, table: str, first: str, last: str
    ) -> Sequence[tuple[Cell, Mapping[str, int]]]:
        found = []
        for cell, metrics in sorted(self.cells.items()):
            shown = {metric: number for metric, number in metrics.items() if number}
            if cell.table == table and first <= cell.day <= last and shown:
                found.append((cell, shown))
        return found

    def sums(self, table: str, first: str, last: str) -> Mapping[str, Mapping[str, int]]:
        found: dict[str, Counter[str]] = {}
        for cell, metrics in self.figures(table, first, last):
            found.setdefault(cell.value, Counter()).update(metrics)
        whole = {value: {m: n for m, n in sums.items() if n} for value, sums in found.items()}
        return {value: sums for value, sums in whole.items() if sums}

    def drop_tallies(self, keys: Sequence[str]) -> None:
        self.kept = {key: tally for key, tally in self.kept.items() if key not in keys}

    def drop_figures(self, table: str) -> None:
        self.cells = {cell: m for cell, m in self.cells.items() if cell.table != table}
