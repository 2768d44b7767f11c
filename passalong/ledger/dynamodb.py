"""The ledger in one DynamoDB table: where users outgrow one machine.

A step is one TransactWriteItems. Its first part puts the event where there is none of that id, so
that whatever else the step does is done once; each part says what follows if it is refused. What
decides anything is read as it is now; only events are found through indexes, which may lag.
"""

from __future__ import annotations

import secrets
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from passalong.events import Event
from passalong.ledger.dynamodb_calls import Refused, Table, connect
from passalong.ledger.dynamodb_items import check, condition, delete, put, update
from passalong.ledger.dynamodb_parts import Parts, day_of_cell
from passalong.ledger.dynamodb_tallies import DynamoTallies
from passalong.ledger.meetings import cancelled, cells_between, must_follow
from passalong.ledger.port import Delivery, Meeting, NotFound, Person, Recorded, Standing
from passalong.ledger.records import micros, moment, read, written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from passalong.ledger.dynamodb_items import Item, Key, Part
    from passalong.ledger.port import Actor

SETTLE_SECONDS = 5.0
"""``after`` leaves out what came in since: a call takes less, an index lags less, clocks agree."""


def open_table(
    name: str, program: str, *, region: str, endpoint: str, clock: Callable[[], datetime]
) -> DynamoLedger:
    """A program's ledger in the table of that name."""
    return DynamoLedger(Table(connect(region, endpoint), name), program, clock)


class DynamoLedger(DynamoTallies):
    """See passalong.ledger.port.Ledger. Threads may share it."""

    def __init__(
        self,
        table: Table,
        program: str,
        clock: Callable[[], datetime],
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        super().__init__(table, Parts(program))
        self._clock = clock
        self._settle_micros = int(settle_seconds * 1_000_000)
        self._stamping, self._last_stamp = threading.Lock(), 0

    def close(self) -> None:
        self._table.close()

    # --- Steps -------------------------------------------------------------------------------

    def record(self, event: Event, actor: Actor) -> Recorded:
        return self._step(event, actor, self._parts.allowed(actor))

    def file(self, event: Event) -> Recorded:
        return self._step(event, None)

    def introduce(self, event: Event, person: Person, actor: Actor, unless: str = "") -> Recorded:
        parts = self._parts
        wanted = [parts.wanted(unless)] if unless and unless != person.id else []
        introduced = parts.introduced(event, person)
        return self._step(event, actor, parts.allowed(actor), *wanted, introduced)

    def visit(self, event: Event, visitor: str, within_seconds: int, actor: Actor) -> Recorded:
        parts = self._parts
        visited = parts.visitor(event, visitor, within_seconds)
        opened = [parts.opened(event)] if event.referee else []
        return self._step(event, actor, parts.allowed(actor), visited, *opened)

    def book(
        self, event: Event, meeting: Meeting | None, person: Person | None, actor: Actor
    ) -> Recorded:
        parts = self._parts
        kept = [parts.kept(event, person)] if person else []
        booked = parts.booked(event, meeting) if meeting else []
        return self._step(event, actor, parts.allowed(actor), *booked, *kept)

    def reschedule(self, event: Event, before: Meeting, after: Meeting, actor: Actor) -> Recorded:
        must_follow(before, after)
        parts = self._parts
        return self._step(event, actor, parts.allowed(actor), *parts.changed(before, after))

    def cancel(self, event: Event, before: Meeting, actor: Actor | None = None) -> Recorded:
        parts = self._parts
        checks = [parts.allowed(actor)] if actor else []
        changed = parts.changed(before, cancelled(before))
        return self._step(event, actor, *checks, *changed)

    def prefer(self, event: Event, changes: Mapping[str, str], actor: Actor) -> Recorded:
        return self._step(event, actor, self._parts.preferred(changes, actor))

    def revoke(self, event: Event, subject: str, actor: Actor | None = None) -> Recorded:
        return self._step(event, actor, *self._revoked(subject, actor))

    def renew(self, event: Event, subject: str) -> Recorded:
        renewed = "ADD #revision :one REMOVE #revoked"
        return self._step(event, None, self._parts.decided(subject, renewed, None, one=1))

    def remove(self, event: Event, person_id: str, actor: Actor | None = None) -> Recorded:
        removed = put(self._parts.key("people", person_id), {"removed": 1})
        revoked = self._revoked(f"referee:{person_id}", actor)
        return self._step(event, actor, *revoked, removed)

    def forget(self, event: Event, person_id: str) -> Recorded:
        return self._step(event, None, delete(self._parts.key("people", person_id)))

    # --- What is known -----------------------------------------------------------------------

    def taken(
        self, host: str, start: datetime, end: datetime
    ) -> Sequence[tuple[datetime, datetime]]:
        asked = cells_between(start, end)
        days = self._query(
            f"host#{host}",
            " AND sk BETWEEN :first AND :last",
            first=day_of_cell(asked.start),
            last=day_of_cell(max(asked.start, asked.stop - 1)),
        )
        return self._parts.taken(days, asked)

    def standing(self, subjects: Sequence[str]) -> Mapping[str, Standing]:
        found = self._table.get([self._parts.key("standings", subject) for subject in subjects])
        standings = {item["sk"]: _standing(item) for item in found}
        return {subject: standings.get(subject, Standing()) for subject in subjects}

    def standings(self) -> Mapping[str, Standing]:
        found = {item["sk"]: _standing(item) for item in self._query("standings")}
        return {subject: standing for subject, standing in found.items() if standing != Standing()}

    def people(self) -> Iterator[Person]:
        return (_person(item) for item in self._query("people") if "record" in item)

    def person(self, person_id: str) -> Person:
        for item in self._table.get([self._parts.key("people", person_id)]):
            if "record" in item:
                return _person(item)
        raise NotFound(f"nobody is known as {person_id}")

    def unopened(self, before: datetime) -> Sequence[Person]:
        found = [
            person
            for person in self.people()
            if person.origin == "introduction" and not person.opened and person.since < before
        ]
        return sorted(found, key=lambda person: (person.since, person.id))

    def meeting_of(self, referee: str) -> Meeting | None:
        found = self._table.get([self._parts.key(f"meeting#{referee}")])
        return read(Meeting, found[0]["record"]) if found else None

    def events_of(self, advocate: str) -> Sequence[Event]:
        items = self._table.query(
            IndexName="advocate",
            KeyConditionExpression="#advocate = :advocate",
            **condition("", "#advocate", advocate=f"{self._parts.program}#{advocate}"),
        )
        return sorted((read(Event, item["record"]) for item in items), key=lambda event: event.at)

    def after(self, cursor: str, limit: int) -> tuple[Sequence[Event], str]:
        settled = f"{micros(self._clock()) - self._settle_micros:016d}~"
        items = self._table.query(
            limit,
            IndexName="log",
            KeyConditionExpression="#log = :log AND #arrived > :cursor",
            **condition("", "#log #arrived", log=self._parts.program, cursor=cursor or "0"),
        )
        found = [item for item in items if item["arrived"] < settled]
        events = [read(Event, item["record"]) for item in found]
        return events, found[-1]["arrived"] if found else cursor

    # --- Deliveries and cursors --------------------------------------------------------------

    def expect(self, deliveries: Sequence[Delivery]) -> None:
        for delivery in deliveries:
            here, elsewhere = self._delivery_keys(delivery)
            noted = replace(delivery, since=delivery.next_at)
            values = {"number": self._stamp(), "record": written(noted)}
            self._put_if_new([put(here, values, _NOWHERE), check(elsewhere, _NOWHERE)])

    def settle(self, delivery: Delivery) -> None:
        here, elsewhere = self._delivery_keys(delivery)
        kept = update(
            here,
            "SET #record = :record, #number = if_not_exists(#number, :number)",
            record=written(delivery),
            number=self._stamp(),
        )
        self._table.transact(lambda: [kept, delete(elsewhere)])

    def due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        first: dict[str, Delivery] = {}
        for delivery in self.deliveries("waiting"):
            first.setdefault(delivery.referral or f"alone {delivery.id}", delivery)
        return [delivery for delivery in first.values() if delivery.next_at <= now][:limit]

    def deliveries(self, state: str) -> Sequence[Delivery]:
        items = sorted(self._query(_deliveries(state)), key=lambda item: int(item["number"]))
        found = [read(Delivery, item["record"]) for item in items]
        found.sort(key=lambda delivery: delivery.since or delivery.next_at)
        return [delivery for delivery in found if delivery.state == state]

    def cursor(self, name: str) -> str:
        found = self._table.get([self._parts.key("cursors", name)])
        return str(found[0]["cursor"]) if found else ""

    def advance(self, name: str, cursor: str) -> None:
        self._table.transact(lambda: [put(self._parts.key("cursors", name), {"cursor": cursor})])

    # --- How ---------------------------------------------------------------------------------

    def _step(self, event: Event, actor: Actor | None, *parts: Part) -> Recorded:
        if event.program != self._parts.program:
            raise ValueError(f"an event of {event.program} in the ledger of {self._parts.program}")
        call = secrets.token_hex(8)
        rest = list(parts)
        if actor and actor.limit:
            rest.append(self._parts.counted(event, actor))
        try:
            # Stamped at each attempt, so that nothing comes in much later than its stamp says.
            self._table.transact(lambda: [self._parts.event(event, self._stamp(), call), *rest])
        except Refused as refused:
            refuse = [self._parts.event(event, 0, call), *rest][refused.part].refused
            return refuse(refused.item)
        return Recorded(event, fresh=True)

    def _revoked(self, subject: str, actor: Actor | None) -> list[Part]:
        """Takes a page away, for somebody who may act."""
        other = actor is not None and actor.subject != subject
        parts = self._parts
        checks = [parts.allowed(actor)] if actor and other else []
        return [*checks, parts.decided(subject, "SET #revoked = :one", actor, one=1)]

    def _delivery_keys(self, delivery: Delivery) -> tuple[Key, Key]:
        """Where a delivery in its state is, and where it is in another."""
        here = _deliveries(delivery.state)
        elsewhere = _deliveries("waiting" if here == _deliveries("done") else "done")
        return self._parts.key(here, delivery.id), self._parts.key(elsewhere, delivery.id)

    def _put_if_new(self, parts: list[Part]) -> None:
        try:
            self._table.transact(lambda: parts)
        except Refused:
            return  # it is there, in whatever state

    def _stamp(self) -> int:
        """Microseconds since 1970; what comes later from here has a higher one."""
        with self._stamping:
            self._last_stamp = max(self._last_stamp + 1, micros(self._clock()))
            return self._last_stamp


_NOWHERE = "attribute_not_exists(pk)"


def _deliveries(state: str) -> str:
    """The partition of a state: who asks what is due does not read all that was ever done."""
    return "deliveries#done" if state == "done" else "deliveries#open"


def _standing(item: Item) -> Standing:
    preferences = {
        name.removeprefix("prefer_"): value
        for name, value in item.items()
        if name.startswith("prefer_")
    }
    return Standing(item.get("revision", 0), "revoked" in item, preferences)


def _person(item: Item) -> Person:
    return read(
        Person,
        item["record"],
        origin=item["origin"],
        since=moment(item["since"]),
        opened=moment(item["opened"]) if "opened" in item else None,
    )
