"""Units as tallies keep them: the events of a referral or an account, and what they give.

A referral's unit holds its events. Where one of them says which company it is about, the account's
unit gives to the figures for all of its referrals; else the referral does so itself. What only says
which referee it is about is kept with that referee, and lent to whichever unit they belong to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from passalong.attribution.stages import in_order
from passalong.attribution.touchpoints import needed
from passalong.events import Event, Money
from passalong.figures.rows import About, Row, Who
from passalong.ledger.records import micros, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from passalong.figures.rows import Given

MOST: Final = 600
"""Events of one unit, or one referee, that are kept: the earliest. More are no referral."""
REFERRAL: Final = "referral:"
ACCOUNT: Final = "account:"
REFEREE: Final = "referee:"
_SAID: Final = ("account", "story", "page", "meeting", "signals", "source", "external")
_DECIDED: Final = ("of", "decision")
"""What attribution reads of an event's data."""

Events = dict[str, Event]


@dataclass
class Unit:
    """A referral or an account, by its key without the generation.

    ``lent`` are events of referees who belong here, by referee. ``account`` is a referral's;
    ``referrals`` are an account's. ``about`` is what the lists said of advocates when they were
    first met here. ``given`` is what is in the figures, ``owes`` whether there is more to come.
    """

    key: str
    events: Events = field(default_factory=dict)
    lent: dict[str, Events] = field(default_factory=dict)
    account: str = ""
    referrals: set[str] = field(default_factory=set)
    about: dict[str, About] = field(default_factory=dict)
    given: Given = field(default_factory=dict)
    owes: bool = False

    def put(self, event: Event) -> bool:
        """Adds an event; whether that changes anything."""
        return _put(self.events, event)

    def named(self) -> str:
        """The account that a referral is of: what its earliest event says that says one."""
        said = [event for event in self.events.values() if event.data.get("account")]
        return min(said, key=in_order).data["account"] if said else ""

    def all_events(self) -> list[Event]:
        """Its own events and what is lent to it."""
        return [*self.events.values(), *(e for lent in self.lent.values() for e in lent.values())]

    def written(self) -> str:
        """The unit as a tally's record."""
        kept: dict[str, Any] = {
            "e": _packed(self.events),
            "l": {referee: _packed(events) for referee, events in sorted(self.lent.items())},
            "a": self.account,
            "r": sorted(self.referrals),
            "p": {advocate: list(about) for advocate, about in sorted(self.about.items())},
            "g": _given(self.given),
            "o": int(self.owes),
        }
        return _text({name: value for name, value in kept.items() if value})


@dataclass
class Referee:
    """A referee by their key: which referral their earliest event names, as ``first``, and the
    events that name none."""

    key: str
    first: tuple[int, int, str, str] | None = None
    events: Events = field(default_factory=dict)

    def put(self, event: Event) -> bool:
        """Adds an event without a referral; whether that changes anything."""
        return _put(self.events, event)

    def name(self, event: Event) -> bool:
        """Notes which referral an event names; whether that changes anything."""
        at, rank, event_id = in_order(event)
        said = (micros(at), rank, event_id, event.referral)
        if self.first and self.first <= said:
            return False
        self.first = said
        return True

    def lends(self) -> dict[str, Events]:
        """Its events by the unit that they go to: nowhere, as long as nothing says where."""
        if self.first:
            return {REFERRAL + self.first[3]: self.events} if self.events else {}
        found: dict[str, Events] = {}
        for event in self.events.values():
            if account := event.data.get("account"):
                found.setdefault(ACCOUNT + account, {})[event.id] = event
        return found

    def written(self) -> str:
        """The referee as a tally's record."""
        kept = {"f": self.first, "e": _packed(self.events)}
        return _text({name: value for name, value in kept.items() if value})


def read_unit(key: str, record: str, program: str) -> Unit:
    """The unit that a tally's record holds; a new one where there is none."""
    kept = json.loads(record) if record else {}
    return Unit(
        key,
        _unpacked(kept.get("e", ()), program),
        {referee: _unpacked(events, program) for referee, events in kept.get("l", {}).items()},
        kept.get("a", ""),
        set(kept.get("r", ())),
        {advocate: About(*about) for advocate, about in kept.get("p", {}).items()},
        _taken(kept.get("g", ())),
        bool(kept.get("o")),
    )


def read_referee(key: str, record: str, program: str) -> Referee:
    """The referee whom a tally's record holds; a new one where there is none."""
    kept = json.loads(record) if record else {}
    first = kept.get("f")
    return Referee(key, tuple(first) if first else None, _unpacked(kept.get("e", ()), program))


def _put(events: Events, event: Event) -> bool:
    """Adds an event, leaving out visits that change nothing and what is too much.

    What is left is the same in whatever order, and however often, events come.
    """
    if event.id in events:
        return False
    before = set(events)
    kept = needed([*events.values(), event])
    if len(kept) > MOST:
        kept = sorted(kept, key=in_order)[:MOST]
    events.clear()
    events.update((one.id, one) for one in kept)
    return set(events) != before


def _packed(events: Mapping[str, Event]) -> list[list[Any]]:
    return [_event(event) for event in sorted(events.values(), key=in_order)]


def _event(event: Event) -> list[Any]:
    """An event in few bytes: of its data what attribution reads."""
    amount = [event.amount.minor, event.amount.currency] if event.amount else 0
    data = {name: event.data[name] for name in (*_SAID, *_DECIDED) if event.data.get(name)}
    return [
        *(event.id, event.type, micros(event.at), event.advocate, event.referee, event.referral),
        *(event.medium, event.variant, event.evidence, event.classification, amount, data),
    ]


def _unpacked(events: Iterable[list[Any]], program: str) -> Events:
    return {event[0]: _event_in(event, program) for event in events}


def _event_in(packed: list[Any], program: str) -> Event:
    event_id, kind, at, *texts, amount, data = packed
    advocate, referee, referral, medium, variant, evidence, classification = texts
    return Event(
        id=event_id,
        program=program,
        type=kind,
        at=moment(at),
        advocate=advocate,
        referee=referee,
        referral=referral,
        medium=medium,
        variant=variant,
        evidence=evidence,
        classification=classification,
        amount=Money(*amount) if amount else None,
        data=data,
    )


def _given(given: Given) -> list[list[Any]]:
    return [
        [basis, day, who.advocate, list(who.about), who.medium, who.story, who.variant, metrics]
        for (basis, day, who), metrics in sorted(given.items())
    ]


def _taken(rows: Iterable[list[Any]]) -> Given:
    return {
        Row(basis, day, Who(advocate, About(*about), *dims)): metrics
        for basis, day, advocate, about, *dims, metrics in rows
    }


def _text(record: Mapping[str, Any]) -> str:
    return json.dumps(record, separators=(",", ":"), sort_keys=True)
