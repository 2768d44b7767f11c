"""When a host can meet: working hours, less what is taken, in UTC.

A time of day is what the clocks in the host's zone show. On the day on which clocks go forward the
hour that they skip is nobody's working time; on the day on which they go back the hour that they
show twice is working time twice.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from passalong import zones
from passalong.booking.hours import week

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, tzinfo

    from passalong.booking.hours import Week
    from passalong.program import Booking, Host

    Span = tuple[datetime, datetime]

STEP = timedelta(minutes=30)
"""A meeting can start at the beginning of a working span and so long after it, again and again."""

GRID = timedelta(minutes=5)
"""Meetings start on this grid, for it is the one in which the ledger keeps a host's time."""

_TWO_DAYS = timedelta(days=2)


class Slot(NamedTuple):
    """A time that can be booked: aware, in UTC."""

    start: datetime
    end: datetime


def free_slots(
    booking: Booking,
    host: Host,
    busy: Iterable[Span],
    taken: Iterable[Span],
    *,
    now: datetime,
    start: datetime,
    end: datetime,
) -> list[Slot]:
    """The host's free slots that start from ``start`` on and before ``end``, in order.

    ``busy`` is what the host's calendar says, ``taken`` what the ledger says that our own meetings
    take (ask it for a day more on either side, since it cuts off what lies outside). A meeting
    lies within one working span of one day of the host, starts no sooner than the notice after
    ``now`` and before the horizon, and never on a holiday; neither it nor its buffers may touch
    anything else. All times are aware. A host without hours has no slots.
    """
    zone = zones.find(host.timezone) or UTC
    now = now.astimezone(UTC)  # adding hours to a time elsewhere would add them on its clock
    first = max(start.astimezone(UTC), now + timedelta(hours=booking.notice_hours))
    last = min(end.astimezone(UTC), now + timedelta(days=booking.horizon_days))
    length = timedelta(minutes=booking.minutes)
    before, after = _buffers(booking)
    blocked = _Blocked((*busy, *taken))
    holidays = frozenset(booking.holidays)
    return [
        Slot(at, at + length)
        for span in working_spans(week(host.hours), holidays, zone, first, last)
        for at in _starts(span, length, first, last)
        if not blocked.touches(at - before, at + length + after)
    ]


def slot_at(
    booking: Booking,
    host: Host,
    busy: Iterable[Span],
    taken: Iterable[Span],
    *,
    now: datetime,
    start: datetime,
) -> Slot | None:
    """The free slot that starts then, if there is one: what a booking asks before it books."""
    start = start.astimezone(UTC)
    slots = free_slots(booking, host, busy, taken, now=now, start=start, end=start + GRID)
    return slots[0] if slots and slots[0].start == start else None


def held(booking: Booking, slot: Slot) -> Span:
    """What a meeting in the slot takes of the host's time, buffers included."""
    before, after = _buffers(booking)
    return slot.start - before, slot.end + after


def pick(slots: Sequence[Slot], per_day: int, days: int, zone: tzinfo = UTC) -> list[Slot]:
    """A few of the slots for a page to show at once: of the first ``days`` days with any.

    Of each day in ``zone`` at most ``per_day`` are picked, spread from its first to its last.
    """
    by_day: dict[date, list[Slot]] = {}
    for slot in slots:
        by_day.setdefault(slot.start.astimezone(zone).date(), []).append(slot)
    return [slot for day in sorted(by_day)[:days] for slot in _spread(by_day[day], per_day)]


def _spread(slots: Sequence[Slot], most: int) -> Sequence[Slot]:
    if len(slots) <= most:
        return slots
    if most < 2:
        return slots[:most]
    return [slots[number * (len(slots) - 1) // (most - 1)] for number in range(most)]


def working_spans(
    hours: Week, holidays: frozenset[date], zone: tzinfo, start: datetime, end: datetime
) -> Iterator[Span]:
    """Whole working spans in UTC, in order: all that touch ``start`` to ``end``, and some around.

    A span is one stretch of real time in which the zone's clocks show working hours of one day.
    """
    found: list[tuple[datetime, datetime, date]] = []
    for begins, ends, ahead in zones.stretches(zone, start - _TWO_DAYS, end + _TWO_DAYS):
        day, last = (begins + ahead).date(), (ends + ahead).date()
        while day <= last:
            midnight = datetime.combine(day, time(), UTC) - ahead
            for opens, closes in () if day in holidays else hours[day.weekday()]:
                low = max(begins, midnight + timedelta(minutes=opens))
                high = min(ends, midnight + timedelta(minutes=closes))
                if low < high:
                    found.append((low, high, day))
            day += timedelta(days=1)
    pending: tuple[datetime, datetime, date] | None = None
    for low, high, day in sorted(found):
        if pending and pending[1] == low and pending[2] == day:  # clocks changed in its midst
            pending = (pending[0], high, day)
        else:
            if pending:
                yield pending[:2]
            pending = (low, high, day)
    if pending:
        yield pending[:2]


def _starts(span: Span, length: timedelta, first: datetime, last: datetime) -> Iterator[datetime]:
    """The starts of meetings in a working span, from ``first`` on and before ``last``."""
    opens, closes = span
    at = opens + (datetime.min.replace(tzinfo=UTC) - opens) % GRID
    if at < first:
        at += -((at - first) // STEP) * STEP
    while at + length <= closes and at < last:
        yield at
        at += STEP


def _buffers(booking: Booking) -> tuple[timedelta, timedelta]:
    return timedelta(minutes=booking.buffer_before), timedelta(minutes=booking.buffer_after)


class _Blocked:
    """Spans of time, to be asked quickly whether one of them is touched."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.starts: list[datetime] = []
        self.ends: list[datetime] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if self.ends and start <= self.ends[-1]:
                self.ends[-1] = max(self.ends[-1], end)
            else:
                self.starts.append(start)
                self.ends.append(end)

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether any span has a moment in common with ``start`` to ``end``."""
        after = bisect_right(self.ends, start)
        return after < len(self.starts) and self.starts[after] < end
