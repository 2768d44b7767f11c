"""Working hours as a marketer writes them: ``Mon-Thu 09:00-17:00``.

The names of the days are English whatever the language of the machine; a span of days may go over
the weekend (``Sat-Mon``), and the end of a day is ``24:00``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_NAME = f"({'|'.join(_NAMES)})"
_CLOCK = r"([01]\d|2[0-4]):([0-5]\d)"
_HOURS = re.compile(rf"{_NAME}(?:-{_NAME})? {_CLOCK}-{_CLOCK}")

Week = tuple[tuple[tuple[int, int], ...], ...]
"""Monday to Sunday, each with its spans: minutes after midnight, sorted, none touching another."""


class Hours(NamedTuple):
    """One span on several days: 0 is Monday; ``start`` and ``end`` are minutes after midnight."""

    days: tuple[int, ...]
    start: int
    end: int


def parse(text: str) -> Hours | None:
    """What ``text`` says; None if it is no span of working hours.

    >>> parse("Fri-Sun 09:00-12:30")
    Hours(days=(4, 5, 6), start=540, end=750)
    """
    found = _HOURS.fullmatch(text)
    if found is None:
        return None
    first = _NAMES.index(found[1])
    last = _NAMES.index(found[2] or found[1])
    days = tuple((first + ahead) % 7 for ahead in range((last - first) % 7 + 1))
    start, end = int(found[3]) * 60 + int(found[4]), int(found[5]) * 60 + int(found[6])
    return Hours(days, start, end) if start < end <= 24 * 60 else None


def is_hours(text: str) -> bool:
    """Whether ``text`` is a span of working hours such as ``Mon-Thu 09:00-17:00``."""
    return parse(text) is not None


@lru_cache(64)
def week(texts: tuple[str, ...]) -> Week:
    """The working week that the texts make together; what is no span of hours is left out."""
    days: list[list[tuple[int, int]]] = [[] for _ in _NAMES]
    for hours in filter(None, map(parse, texts)):
        for day in hours.days:
            days[day].append((hours.start, hours.end))
    return tuple(tuple(_merged(spans)) for spans in days)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
