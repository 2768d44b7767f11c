"""From an event to the deliveries that follow from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from passalong.events import (
    BOOKED,
    CANCELLED,
    CONVERSIONS,
    DECLINED,
    DISQUALIFIED,
    INTRODUCED,
    LOST,
    MET,
    REMOVED,
    RESCHEDULED,
    REVIEW,
    REVOKED,
    WON,
)
from passalong.ledger.port import Delivery
from passalong.ledger.records import written
from passalong.receivers import KIND, receivers_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from passalong.events import Event
    from passalong.program import Receiver

DAY_BEFORE: Final = timedelta(days=1)
NOT_FOLLOWED: Final = "event"
"""The kind of a delivery that only says that an event is to be followed yet."""
RETURNED: Final = "mail.returned"
"""The kind of a delivery that only says that a mail came back: dead from the first, to be seen."""

NOTED: Final = "whom.note"
"""The kind of a delivery that notes what somebody of whom an event tells can be known by."""
FORGOTTEN: Final = "whom.drop"
"""And of one that forgets it."""
OUTCOME: Final = "host.outcome"
"""The kind of the letter that asks the host what came of a meeting."""
HOUR_AFTER: Final = timedelta(hours=1)

_AFTER: Final = {
    INTRODUCED: ("advocate.introduced",),
    BOOKED: ("referee.booked", "host.booked", "advocate.booked"),
    RESCHEDULED: ("referee.moved", "host.moved"),
    CANCELLED: ("referee.cancelled", "host.cancelled"),
    REMOVED: ("page.remove",),
    REVOKED: ("page.remove",),
}
_ONCE: Final = {
    MET: "advocate.met",
    WON: "advocate.won",
    LOST: "advocate.lost",
    DISQUALIFIED: "advocate.disqualified",
}
"""What an advocate hears once of each introduction, however often it is told."""
_NOTES: Final = frozenset({INTRODUCED, BOOKED, *CONVERSIONS})
_FOR_REVIEW: Final = {INTRODUCED: "firm.introduction", BOOKED: "firm.booking"}
_REMINDERS: Final = ("referee.reminder", "host.reminder")


def follows(event: Event, receivers: Iterable[Receiver] = ()) -> Iterator[Delivery]:
    """The deliveries of an event: the same ones, however often it is asked."""
    yield from _ours(event)
    for receiver in receivers_of(event, receivers):
        yield _told(event, receiver)


def _ours(event: Event) -> Iterator[Delivery]:
    """What we do ourselves: letters, and pages taken away."""
    if event.classification == DECLINED:
        return
    yield from _noted(event)
    if event.classification == REVIEW and event.type in _FOR_REVIEW:
        yield _delivery(event, _FOR_REVIEW[event.type], event.at)
        return
    for kind in _AFTER.get(event.type, ()):
        yield _delivery(event, kind, event.at)
    if event.type in _ONCE and event.referral:
        kind = _ONCE[event.type]
        yield replace(_delivery(event, kind, event.at), id=f"{event.referral}.{kind}")
    if event.type in (BOOKED, RESCHEDULED):
        end = datetime.fromisoformat(event.data.get("end") or event.data["start"])
        yield _delivery(event, OUTCOME, end + HOUR_AFTER)
        at = datetime.fromisoformat(event.data["start"]) - DAY_BEFORE
        if at > event.at:
            for kind in _REMINDERS:
                yield _delivery(event, kind, at)


def _noted(event: Event) -> Iterator[Delivery]:
    """What keeps the index of people true; it waits for nothing, and nothing waits for it."""
    if event.referee and event.type in _NOTES:
        noted = _delivery(event, NOTED, event.at)
        yield replace(noted, referral="", data={"record": written(event)})
    if event.referee and event.type == REMOVED:
        yield replace(_delivery(event, FORGOTTEN, event.at), referral="")


def _delivery(event: Event, kind: str, at: datetime) -> Delivery:
    """A delivery; one for later is in nobody's order, so that it holds nothing back."""
    return Delivery(
        id=f"{event.id}.{kind}",
        event=event.id,
        kind=kind,
        referral=event.referral if at == event.at else "",
        next_at=at,
        data={"advocate": event.advocate, "referee": event.referee, **event.data},
    )


def _told(event: Event, receiver: Receiver) -> Delivery:
    """A receiver is told a referral's events in their order, whoever else is down."""
    kind = KIND + receiver.name
    return Delivery(
        id=f"{event.id}.{kind}",
        event=event.id,
        kind=kind,
        referral=f"{receiver.name}:{event.referral}" if event.referral else "",
        next_at=event.at,
        data={"record": written(event)},
    )
