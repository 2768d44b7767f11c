"""Which events may be told to other systems, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from passalong.events import (
    ASKED,
    BOOKED,
    CANCELLED,
    CONVERSIONS,
    DECLINED,
    INTRODUCED,
    REMOVED,
    RESCHEDULED,
    SHARED,
    VISITED,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from passalong.events import Event
    from passalong.program import Receiver

KIND: Final = "hook."
"""How the kind of a delivery begins that tells a receiver; its name comes after it."""
STAGES: Final = (INTRODUCED, BOOKED, RESCHEDULED, CANCELLED, *CONVERSIONS)
"""What a receiver that names no types is told: everything that becomes of a referral."""
TOLD: Final = (*STAGES, ASKED, SHARED, VISITED, REMOVED)
"""All that can be told. The rest is between us and whoever did it."""


def receivers_of(event: Event, receivers: Iterable[Receiver]) -> Iterator[Receiver]:
    """Who is told of an event; of what was declined nobody is.

    Whoever is told of people also hears that somebody was removed, so that they forget them, too.
    """
    if event.classification == DECLINED:
        return
    for receiver in receivers:
        must_forget = receiver.people and event.type == REMOVED
        if event.type in receiver.types or must_forget:
            yield receiver


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine, where it need not be https."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK


_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
