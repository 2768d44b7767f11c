"""From an event to the deliveries that follow from it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from passalong.events import (
    BOOKED,
    CANCELLED,
    DECLINED,
    INTRODUCED,
    REMOVED,
    RESCHEDULED,
    REVIEW,
    REVOKED,
)
from passalong.ledger.port import Delivery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from passalong.events import Event

DAY_BEFORE: Final = timedelta(days=1)
NOT_FOLLOWED: Final = "event"
"""The kind of a delivery that only says that an event is to be followed yet."""
RETURNED: Final = "mail.returned"
"""The kind of a delivery that only says that a mail came back: dead from the first, to be seen."""

_AFTER: Final = {
    INTRODUCED: ("advocate.introduced",),
    BOOKED: ("referee.booked", "host.booked", "advocate.booked"),
    RESCHEDULED: ("referee.moved", "host.moved"),
    CANCELLED: ("referee.cancelled", "host.cancelled"),
    REMOVED: ("page.remove",),
    REVOKED: ("page.remove",),
}
_FOR_REVIEW: Final = {INTRODUCED: "firm.introduction", BOOKED: "firm.booking"}
_REMINDERS: Final = ("referee.reminder", "host.reminder")


def follows(event: Event) -> Iterator[Delivery]:
    """The deliveries of an event: the same ones, however often it is asked."""
    if event.classification == REVIEW and event.type in _FOR_REVIEW:
        yield _delivery(event, _FOR_REVIEW[event.type], event.at)
        return
    if event.classification == DECLINED:
        return
    for kind in _AFTER.get(event.type, ()):
        yield _delivery(event, kind, event.at)
    if event.type in (BOOKED, RESCHEDULED):
        at = datetime.fromisoformat(event.data["start"]) - DAY_BEFORE
        if at > event.at:
            for kind in _REMINDERS:
                yield _delivery(event, kind, at)


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
