"""Everybody who booked, with what became of it: what files for a CRM are made of.

Whoever was only introduced is not among them: nobody is brought into a CRM before they act. Nor is
anybody whose page was taken away, or whom the firm has yet to look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from passalong.attribution.stages import finder, in_order, sold_in
from passalong.booking.accounts import Accounts
from passalong.events import BOOKED, CANCELLED, CONVERSIONS, LOST, RESCHEDULED, REVERSED, WON, Money
from passalong.ledger.history import events_in
from passalong.merging import is_held

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from passalong.events import Event
    from passalong.holders import Holders
    from passalong.ledger.port import Ledger, Person
    from passalong.people import People

_COUNTED: Final = frozenset({BOOKED, RESCHEDULED, CANCELLED, *CONVERSIONS})


@dataclass(frozen=True, slots=True)
class Lead:
    """Somebody who booked. ``stage`` is the newest of their referral, an event's type, and ``at``
    when that was; ``advocate`` is a name.

    ``amount`` is that of what was won, less what was taken back of it.
    """

    person: Person
    advocate: str
    stage: str
    at: datetime
    amount: Money | None = None


def leads(ledger: Ledger, people: People, holders: Holders) -> list[Lead]:
    """The leads, by when they became known and their ids: the same file from the same ledger."""
    standings = ledger.standings()
    accounts = Accounts(people.accounts)
    names = {advocate.id: advocate.name for advocate in people.advocates}

    def is_wanted(person: Person) -> bool:
        subjects = (person.id, holders.who(person.name, person.company))
        gone = any((found := standings.get(f"referee:{one}")) and found.revoked for one in subjects)
        return bool(person.email) and not gone and not is_held(person, accounts)

    wanted = [person for person in ledger.people() if is_wanted(person)]
    histories = _histories(ledger)
    return [
        _lead(person, histories.get(person.referral or person.id, ()), names.get(person.advocate))
        for person in sorted(wanted, key=lambda one: (one.since, one.id))
    ]


def _histories(ledger: Ledger) -> dict[str, list[Event]]:
    """What became of each referral, or of a person whose referral nobody knows."""
    found: dict[str, list[Event]] = {}
    for event in events_in(ledger):
        if event.type in _COUNTED and (about := event.referral or event.referee):
            found.setdefault(about, []).append(event)
    return found


def _lead(person: Person, history: Sequence[Event], advocate: str | None) -> Lead:
    told = sorted(history, key=in_order)
    stages = [event for event in told if event.type != REVERSED]
    last = stages[-1] if stages else None
    won, taken = _won(told)
    amount = _left(won, taken) if won else None
    stage, at = (last.type, last.at) if last else (BOOKED, person.since)
    if stage == WON and amount is None and taken:
        stage = LOST
    return Lead(person, advocate or "", stage, at, amount)


def _won(told: Sequence[Event]) -> tuple[Event | None, list[Event]]:
    """The deal that was won last, as it is counted, and what takes it back."""
    sold, find = sold_in(told), finder(told)
    newest = next((event for event in reversed(told) if event.type == WON), None)
    if newest is None:
        return None, []
    counting = sold[newest.id]
    meant = {event.id: find(event) for event in told if event.type == REVERSED}
    taken = [e for e in told if (of := meant.get(e.id)) and sold.get(of.id) == counting]
    return next(event for event in told if event.id == counting), taken


def _left(won: Event, taken: Iterable[Event]) -> Money | None:
    """What is left of what was won; None where that is nothing, or was never said."""
    if won.amount is None:
        return None
    minor = won.amount.minor
    for event in taken:
        minor -= event.amount.minor if event.amount else minor
    return Money(minor, won.amount.currency) if minor > 0 else None
