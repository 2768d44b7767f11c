"""Slots as a reader sees them: by days of their own zone, in words of their own language."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong import zones

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from passalong.booking.slots import Slot
    from passalong.locales import Locale

# Browsers name a zone as it was first called, its people as it is called now.
_NOW_CALLED: Final = {
    "Calcutta": "Kolkata",
    "Katmandu": "Kathmandu",
    "Kiev": "Kyiv",
    "Rangoon": "Yangon",
    "Saigon": "Ho Chi Minh",
}
_WORLD: Final = frozenset({"UTC", "GMT", "UCT", "Zulu", "Universal", "Greenwich"})


class Time(NamedTuple):
    """A slot to choose: start and end in the reader's zone; ``words`` are what its clock shows."""

    start: datetime
    end: datetime
    words: str


class Day(NamedTuple):
    """A day of the reader's with its times; ``words`` name it: "Monday 2 November"."""

    date: date
    words: str
    times: tuple[Time, ...]


def by_day(slots: Iterable[Slot], zone: ZoneInfo, locale: Locale) -> tuple[Day, ...]:
    """The slots by days in ``zone``, in order.

    Where the clock shows a time twice in a day, the offset from UTC tells the two apart.
    """
    local = sorted((slot.start, slot.start.astimezone(zone), slot.end) for slot in slots)
    days = []
    for day, group in groupby(local, key=lambda slot: slot[1].date()):
        times = [(start, end.astimezone(zone), locale.time(start)) for _, start, end in group]
        shown = Counter(words for _, _, words in times)
        told = tuple(
            Time(start, end, words if shown[words] == 1 else _told_apart(start, words, locale))
            for start, end, words in times
        )
        days.append(Day(day, locale.date(day, "weekday"), told))
    return tuple(days)


def zone_words(zone: ZoneInfo, locale: Locale, at: datetime, *, yours: bool) -> str:
    """What to call the zone of the times shown: "your time, Berlin", or "Berlin time".

    ``yours`` says that the reader is known to be there. ``at`` is any of the times.
    """
    return locale.text("time.zone_yours" if yours else "time.zone", place=place(zone, at))


def place(zone: ZoneInfo, at: datetime) -> str:
    """A place that has the time of the zone: Berlin for Europe/Berlin, else an offset from UTC.

    >>> from datetime import UTC, datetime
    >>> from zoneinfo import ZoneInfo
    >>> place(ZoneInfo("America/Argentina/Buenos_Aires"), datetime(2026, 11, 2, tzinfo=UTC))
    'Buenos Aires'
    """
    area, _, name = zone.key.rpartition("/")
    if name in _WORLD:
        return "UTC"
    if not area or area == "Etc":
        return f"UTC{_signed(at.astimezone(zone))}"
    return _NOW_CALLED.get(name, name.replace("_", " "))


def _told_apart(start: datetime, words: str, locale: Locale) -> str:
    return locale.text("time.twice", time=words, offset=_signed(start))


def _signed(local: datetime) -> str:
    """The offset of a local time from UTC: ``+1``, ``−3:30``."""
    minutes = int(zones.offset_of(local).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"{'−' if minutes < 0 else '+'}{hours}{f':{rest:02}' if rest else ''}"
