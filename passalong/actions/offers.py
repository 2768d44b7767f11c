"""Which times of a host are free, for somebody who books one or moves a meeting to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from passalong.actions.wording import zone_of
from passalong.booking.slots import Slot, free_slots, slot_at
from passalong.ledger.port import GRID_MINUTES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from passalong.actions.exchange import Asked
    from passalong.known import Known
    from passalong.ledger.port import Meeting
    from passalong.program import Host
    from passalong.world import Span, World

_DAY: Final = timedelta(days=1)
_GRID: Final = timedelta(minutes=GRID_MINUTES)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Offer(NamedTuple):
    """Free times of a host, in the reader's ``zone``; ``moving`` is the meeting that they are for,
    where somebody moves one.
    """

    host: Host
    slots: Sequence[Slot]
    zone: ZoneInfo
    moving: Meeting | None = None

    def data(self) -> dict[str, Any]:
        """The times for a program: RFC 3339, with the offset of the zone."""
        local = [(s.start.astimezone(self.zone), s.end.astimezone(self.zone)) for s in self.slots]
        return {
            "timezone": self.zone.key,
            "slots": [{"start": s.isoformat(), "end": e.isoformat()} for s, e in local],
        }


def offer(
    world: World,
    known: Known,
    asked: Asked,
    host: Host,
    *,
    moving: Meeting | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Offer:
    """The free times from ``start`` to ``end``, within the horizon; asks the ledger once.

    To the meeting that is ``moving`` its own time is free, all but its very start.
    """
    booking = known.program.booking
    last = asked.at + timedelta(days=booking.horizon_days)
    first = _between(asked.at, start or asked.at, last)
    until = _between(asked.at, end or last, last)
    taken = world.ledger.taken(host.id, first - _DAY, until + _DAY)
    own = _whole(moving.span) if moving else None
    slots = free_slots(
        booking,
        host,
        world.busy(host),
        [span for span in taken if span != own],
        now=asked.at,
        start=first,
        end=until,
    )
    if moving:
        slots = [slot for slot in slots if slot.start != moving.start]
    return Offer(host, slots, reader_zone(known, asked, host, moving), moving)


def working_slot(
    world: World, known: Known, asked: Asked, host: Host, start: datetime
) -> Slot | None:
    """The slot that starts then, if the host works and is not busy; the ledger says if it is free.

    So a booking asks the ledger nothing before it books.
    """
    booking, now = known.program.booking, asked.at
    if start != _between(now, start, now + timedelta(days=booking.horizon_days)):
        return None
    return slot_at(booking, host, world.busy(host), (), now=now, start=start)


def reader_zone(known: Known, asked: Asked, host: Host, moving: Meeting | None = None) -> ZoneInfo:
    """The zone that the reader says they are in, or else the host's."""
    return zone_of(
        known, asked.fields["timezone"], moving.timezone if moving else "", host.timezone
    )


def _between(low: datetime, moment: datetime, high: datetime) -> datetime:
    """The moment, or the nearest in between: what somebody sends may lie beyond any calendar."""
    return max(low, min(moment, high))


def _whole(span: Span) -> Span:
    """A span as the ledger tells it: in whole cells."""
    start, end = span
    return start - (start - _EPOCH) % _GRID, end + (_EPOCH - end) % _GRID
