"""What the steps of the DynamoDB ledger consist of, and what follows where a part is refused."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from passalong.events import Event
from passalong.ledger.dynamodb_items import SINGLE, Item, Key, Part, certain, check, put, update
from passalong.ledger.meetings import CELLS_A_DAY, cells_of, spans_of
from passalong.ledger.port import (
    Conflict,
    LedgerError,
    LimitReached,
    NotFound,
    Recorded,
    Removed,
    Revoked,
    SlotTaken,
)
from passalong.ledger.records import KEPT_BESIDE, day_of, micros, read, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from passalong.ledger.port import Actor, Meeting, Person

_LATEST = timedelta(days=2)
"""An event may come in so much later than another that happened after it."""
_HOURS_KEPT = timedelta(days=90)
_FIRST_DAY = date(1970, 1, 1).toordinal()


class Parts:
    """The parts of a program's transactions."""

    def __init__(self, program: str) -> None:
        self.program = program

    def key(self, kind: str, name: str = SINGLE) -> Key:
        """The key of an item of the program."""
        return f"{self.program}#{kind}", name

    def event(self, event: Event, arrived: int, call: str) -> Part:
        """The event, where there is none of that id; ``call`` tells who put it.

        To the next attempt of a call whose answer got lost, what it put is fresh.
        """
        values = {
            "log": self.program,
            "advocate": f"{self.program}#{event.advocate}",
            "arrived": f"{arrived:016d}#{event.id}",
            "call": call,
            "record": written(event),
        }
        return put(
            self.key(f"event#{event.id}"),
            values,
            "attribute_not_exists(pk)",
            lambda item: Recorded(read(Event, item["record"]), fresh=item["call"] == call),
        )

    def allowed(self, actor: Actor) -> Part:
        """Changes nothing, but holds the step to a page that was not taken away."""
        when, given = _alive(actor)
        return check(self.key("standings", actor.subject), when, _revoked(actor), **given)

    def decided(self, subject: str, expression: str, actor: Actor | None, **given: Any) -> Part:
        """Changes what is decided about a subject; by itself, only if it may still act."""
        key = self.key("standings", subject)
        if actor is None or actor.subject != subject:
            return update(key, expression, **given)
        when, also = _alive(actor)
        return update(key, expression, when, _revoked(actor), **given, **also)

    def preferred(self, changes: Mapping[str, str], actor: Actor) -> Part:
        """Merges preferences into what is known of the actor."""
        if odd := [name for name in changes if not name.isidentifier()]:
            raise ValueError(f"a preference is named by letters, digits and _: {odd[0]}")
        sets = {name: value for name, value in changes.items() if value}
        drops = sorted(changes.keys() - sets.keys())
        clauses = []
        if sets:
            clauses.append("SET " + ", ".join(f"#prefer_{name} = :to_{name}" for name in sets))
        if drops:
            clauses.append("REMOVE " + ", ".join(f"#prefer_{name}" for name in drops))
        if not clauses:
            return self.allowed(actor)
        given = {f"to_{name}": value for name, value in sets.items()}
        return self.decided(actor.subject, " ".join(clauses), actor, **given)

    def counted(self, event: Event, actor: Actor) -> Part:
        """One more of these by the actor today."""
        day = day_of(event.at)
        return update(
            self.key(f"count#{actor.subject}#{event.type}", day),
            "ADD #count :one SET #expires = :expires",
            "attribute_not_exists(#count) OR #count < :limit",
            _refusing(LimitReached(f"{actor.subject} has reached {actor.limit} for {day}")),
            one=1,
            limit=actor.limit,
            expires=_seconds(event.at + _LATEST + timedelta(days=1)),
        )

    def introduced(self, event: Event, person: Person) -> Part:
        """A person's record, where there is none."""

        def known(item: Item) -> Recorded:
            if "removed" in item:
                raise Removed(f"{person.id} was removed")
            return Recorded(read(Event, item["event"]), fresh=False)

        return update(
            self.key("people", person.id),
            "SET #event = :event, #origin = :origin, #since = :since, #record = :record",
            "attribute_not_exists(#record) AND attribute_not_exists(#removed)",
            known,
            **_columns(event, person),
        )

    def wanted(self, person_id: str) -> Part:
        """Changes nothing, but holds the step to somebody who was not removed."""
        refuse = _removed(person_id)
        return check(self.key("people", person_id), "attribute_not_exists(#removed)", refuse)

    def kept(self, event: Event, person: Person) -> Part:
        """A person's record, in the place of an older one."""
        return update(
            self.key("people", person.id),
            "SET #event = if_not_exists(#event, :event),"
            " #origin = if_not_exists(#origin, :origin),"
            " #since = if_not_exists(#since, :since), #record = :record",
            "attribute_not_exists(#removed)",
            _removed(person.id),
            **_columns(event, person),
        )

    def opened(self, event: Event) -> Part:
        """Notes that the referee's page was opened, unless that is known."""
        return update(
            self.key("people", event.referee),
            "SET #opened = if_not_exists(#opened, :at)",
            at=micros(event.at),
        )

    def visitor(self, event: Event, visitor: str, within_seconds: int) -> Part:
        """A visitor's visit, unless they had one within that time."""
        within = timedelta(seconds=within_seconds)
        return put(
            self.key(f"visitor#{visitor}"),
            {
                "at": micros(event.at),
                "expires": _seconds(event.at + within + _LATEST),
                "record": written(event),
            },
            "attribute_not_exists(pk) OR #at <= :before",
            lambda item: Recorded(read(Event, item["record"]), fresh=False),
            before=micros(event.at - within),
        )

    def booked(self, event: Event, meeting: Meeting) -> list[Part]:
        """A meeting and its cells, unless the referee has one to come or had this one."""
        refuse = _refusing(Conflict(f"{meeting.referee} has this meeting, or another to come"))
        row = put(
            self.key(f"meeting#{meeting.referee}"),
            _meeting(meeting),
            "attribute_not_exists(pk) OR"
            " ((#status = :cancelled OR #ends <= :at) AND #meeting <> :meeting)",
            refuse,
            cancelled="cancelled",
            at=micros(event.at),
            meeting=meeting.id,
        )
        return [row, *self._hours(None, meeting)]

    def changed(self, before: Meeting, after: Meeting) -> list[Part]:
        """A meeting and its cells as they are now, if it was as ``before`` says."""

        def refuse(item: Item) -> NoReturn:
            if not item:
                raise NotFound(f"{before.referee} has no meeting")
            raise Conflict(f"the meeting {before.id} is no longer as it was")

        row = put(
            self.key(f"meeting#{before.referee}"),
            _meeting(after),
            "#meeting = :meeting AND #sequence = :sequence AND #status = :booked",
            refuse,
            meeting=before.id,
            sequence=before.sequence,
            booked="booked",
        )
        return [row, *self._hours(before, after)]

    def taken(self, items: Iterable[Item], asked: range) -> Sequence[tuple[datetime, datetime]]:
        """The spans that items of a host's days take of the cells asked for."""
        cells = [
            (number, meeting)
            for item in items
            for name, meeting in item.items()
            if name[0] == "c"
            if (number := _cells_before(item["sk"]) + int(name[1:])) in asked
        ]
        return spans_of(sorted(cells))

    def _hours(self, before: Meeting | None, after: Meeting) -> list[Part]:
        """Takes the cells that ``after`` has more, and frees those that it has no longer."""
        old, new = _places(before), _places(after)
        takes, frees = defaultdict(list), defaultdict(list)
        for host, cell in sorted(new - old):
            takes[host, day_of_cell(cell)].append(f"c{cell % CELLS_A_DAY}")
        for host, cell in sorted(old - new):
            frees[host, day_of_cell(cell)].append(f"c{cell % CELLS_A_DAY}")
        return [
            self._day(place, takes[place], frees[place], after)
            for place in sorted(takes.keys() | frees.keys())
        ]

    def _day(
        self, place: tuple[str, str], takes: list[str], frees: list[str], meeting: Meeting
    ) -> Part:
        host, day = place
        refuse = _refusing(SlotTaken(f"{host} is taken at {meeting.start}"))
        expression = "SET #expires = :expires" + "".join(f", {cell} = :meeting" for cell in takes)
        if frees:
            expression += " REMOVE " + ", ".join(frees)
        return update(
            self.key(f"host#{host}", day),
            expression,
            " AND ".join(f"attribute_not_exists({cell})" for cell in takes),
            refuse if takes else certain,
            expires=_seconds(datetime.fromisoformat(day).replace(tzinfo=UTC) + _HOURS_KEPT),
            **({"meeting": meeting.id} if takes else {}),
        )


def day_of_cell(cell: int) -> str:
    """The day in UTC that a cell lies in, which is also the sort key of a host's day."""
    return date.fromordinal(_FIRST_DAY + cell // CELLS_A_DAY).isoformat()


def _cells_before(day: str) -> int:
    return (date.fromisoformat(day).toordinal() - _FIRST_DAY) * CELLS_A_DAY


def _places(meeting: Meeting | None) -> set[tuple[str, int]]:
    if meeting is None or meeting.status != "booked":
        return set()
    return {(meeting.host, cell) for cell in cells_of(meeting)}


def _alive(actor: Actor) -> tuple[str, dict[str, int]]:
    if actor.revision:
        alive = "attribute_not_exists(#revoked) AND #revision = :revision"
        return alive, {"revision": actor.revision}
    return "attribute_not_exists(#revoked) AND attribute_not_exists(#revision)", {}


def _revoked(actor: Actor) -> Any:
    return _refusing(Revoked(f"the page of {actor.subject} was taken away or replaced"))


def _removed(person_id: str) -> Any:
    return _refusing(Removed(f"{person_id} was removed"))


def _refusing(error: LedgerError) -> Any:
    def refuse(_: Item) -> NoReturn:
        raise error

    return refuse


def _columns(event: Event, person: Person) -> dict[str, Any]:
    return {
        "event": written(event),
        "origin": person.origin,
        "since": micros(person.since),
        "record": written(person, without=KEPT_BESIDE),
    }


def _meeting(meeting: Meeting) -> Item:
    return {
        "meeting": meeting.id,
        "status": meeting.status,
        "sequence": meeting.sequence,
        "ends": micros(meeting.end),
        "record": written(meeting),
    }


def _seconds(moment: datetime) -> int:
    return micros(moment) // 1_000_000
