"""Time zones: the one that a name means, and when its clocks change. Standard library only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


class Change(NamedTuple):
    """Clocks go from one offset from UTC to another, at an instant in UTC."""

    at: datetime
    before: timedelta
    after: timedelta


@lru_cache(256)
def find(name: str) -> ZoneInfo | None:
    """The zone of the time zone database with this name, such as ``Europe/Berlin``; else None."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - only programs and bookings name zones

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return None


def first(*names: str) -> ZoneInfo:
    """The zone of the first of these names that is one, else UTC."""
    for name in (*names, "UTC"):
        if name and (zone := find(name)):
            return zone
    raise LookupError("the time zone database is missing")


def offset(zone: tzinfo, at: datetime) -> timedelta:
    """What clocks in the zone are ahead of UTC at an instant."""
    return offset_of(at.astimezone(zone))


def offset_of(local: datetime) -> timedelta:
    """What the clock that shows this aware time is ahead of UTC."""
    return local.utcoffset() or timedelta()


def changes(zone: tzinfo, start: datetime, end: datetime) -> Iterator[Change]:
    """Every change of the zone's clocks after ``start``, up to and including ``end``, in order.

    A change that is taken back within the same 24 hours would go unseen; no zone has had one.
    """
    at, before = start.astimezone(UTC), offset(zone, start)
    while at < end:
        day = min(at + _DAY, end.astimezone(UTC))
        after = offset(zone, day)
        if after != before:
            yield Change(_first(zone, at, day, before), before, after)
        at, before = day, after


def _first(zone: tzinfo, start: datetime, end: datetime, before: timedelta) -> datetime:
    """The first whole second after ``start`` whose offset is no longer ``before``."""
    low, high = 0, (end - start) // SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if offset(zone, start + middle * SECOND) == before:
            low = middle
        else:
            high = middle
    return start + high * SECOND


def stretches(
    zone: tzinfo, start: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time from ``start`` to ``end`` (UTC), cut where clocks change: from, to, offset."""
    at, ahead = start, offset(zone, start)
    for change in changes(zone, start, end):
        yield at, change.at, change.before
        at, ahead = change.at, change.after
    yield at, end, ahead
