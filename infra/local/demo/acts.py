"""What is done in the played year: one record for each thing that somebody does."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from random import Random

What = Literal[
    "begin", "ask", "look", "share", "introduce", "visit", "book", "move", "cancel",
    "outcome", "tell", "wish", "unsubscribe",
]  # fmt: skip
"""``begin``: the firm's experiments. ``ask``: its mail merge. ``look``: an advocate at their own
page. ``outcome``: the host says what came of a meeting. ``tell``: the firm's CRM does. ``wish``: a
preference.
"""

OPENS: Final = 8
CLOSES: Final = 17
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something at a moment in UTC.

    ``advocate`` is whose page, link or friend it is about, ``role`` the number of somebody of the
    cast; ``said`` are fields of what is sent. ``only`` those do it who have the
    variant with this code.
    """

    at: datetime
    what: What
    advocate: str = ""
    role: int | None = None
    said: Mapping[str, str] = field(default_factory=dict)
    only: str = ""


def at_work(day: date, rng: Random) -> datetime:
    """A moment of the working hours of a day, or of the Monday after it."""
    day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= _SATURDAY else 0)
    minutes = rng.randrange(OPENS * 60, CLOSES * 60)
    seconds = timedelta(minutes=minutes, seconds=rng.randrange(60))
    return datetime.combine(day, time(), UTC) + seconds


def later(at: datetime, rng: Random, least: timedelta, most: timedelta) -> datetime:
    """A moment between two distances from ``at``."""
    return at + least + (most - least) * rng.random()
