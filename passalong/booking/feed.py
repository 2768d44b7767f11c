"""Busy times from a host's calendar feed: read every few minutes, kept when it cannot be read.

What is kept are times alone, nothing of what the calendar says about them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

from passalong import zones
from passalong.booking import ics
from passalong.booking.busy import Span, busy_spans
from passalong.booking.fetch import NotFetched
from passalong.booking.uids import uid_domain

if TYPE_CHECKING:
    from passalong.booking.fetch import Fetch
    from passalong.program import Booking, Host

FRESH: Final = timedelta(minutes=5)
"""What was read is good for so long."""
RETRY: Final = timedelta(minutes=1)
"""What could not be read is tried again after so long."""
_AHEAD: Final = timedelta(days=31)  # so that stale times still reach to the horizon
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reading:
    """Busy times as they were read ``at`` a time (None: never), and when it was last tried."""

    spans: tuple[Span, ...]
    at: datetime | None
    tried: datetime


class Readings(Protocol):
    """Where readings are kept between requests: in memory, or where several machines share them."""

    def get(self, key: str) -> Reading | None:
        """The newest reading under ``key``, which names a host and a feed but tells neither."""

    def put(self, key: str, reading: Reading) -> None:
        """Keeps a reading."""


class InMemory:
    """Readings of one process."""

    def __init__(self) -> None:
        self._kept: dict[str, Reading] = {}

    def get(self, key: str) -> Reading | None:
        """The newest reading under ``key``."""
        return self._kept.get(key)

    def put(self, key: str, reading: Reading) -> None:
        """Keeps a reading."""
        self._kept[key] = reading


class Known(NamedTuple):
    """What is known of a host's busy times, and a sentence for the log if there is one to say."""

    spans: tuple[Span, ...]
    log: str


def busy_times(
    booking: Booking,
    host: Host,
    base_url: str,
    *,
    now: datetime,
    fetch: Fetch,
    readings: Readings,
) -> Known:
    """The host's busy times, from a day ago to beyond the horizon; none without a feed.

    The feed is the host's own, else the program's. One that cannot be read never stands in the way:
    what was read last is used, however old.
    """
    feed = host.busy_feed or booking.busy_feed
    if not feed:
        return Known((), "")
    key = blake2b(f"{host.id} {feed}".encode(), digest_size=16).hexdigest()
    last = readings.get(key)
    if last and now - last.tried < (FRESH if last.tried == last.at else RETRY):
        return Known(last.spans, "")
    if last:  # whoever asks meanwhile makes do with what there is
        readings.put(key, replace(last, tried=now))
    horizon = now + timedelta(days=booking.horizon_days) + _AHEAD
    try:
        found = busy_spans(
            fetch(feed),
            zones.find(host.timezone) or UTC,
            now - _DAY,
            horizon,
            mailbox=host.email,
            own=uid_domain(base_url),
        )
    except (NotFetched, ics.Broken) as fault:
        spans, at = (last.spans, last.at) if last else ((), None)
        readings.put(key, Reading(spans, at, now))
        used = f"what it said {_ago(now - at)} is used" if at else "none are known"
        return Known(spans, f"{_whose(feed, host)} are not to be had: it {fault}; {used}")
    readings.put(key, Reading(found.spans, now, now))
    unread = f"{_whose(feed, host)}: {found.unread} entries make no sense" if found.unread else ""
    return Known(found.spans, unread)


def _whose(feed: str, host: Host) -> str:
    place = urlsplit(feed)
    return f"busy times of host {host.id} from {place.hostname or place.scheme}"


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    return f"{minutes} minutes ago" if minutes < 180 else f"{minutes // 60} hours ago"
