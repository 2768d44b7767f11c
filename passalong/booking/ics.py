"""iCalendar text, read as far as busy times need it: components and the lines that matter.

A calendar of ten years holds ten thousand events; icalendar takes a millisecond for each, this
about twenty microseconds. It reads what calendars write rather than what RFC 5545 allows.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_FOLD: Final = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_BREAK: Final = re.compile(r"\r\n|\n|\r")
_VALUE: Final = r'(?:"[^"]*+"|[^",;:]*+)'
_LINE: Final = re.compile(
    rf"(?P<name>[A-Za-z0-9-]++)(?P<params>(?:;[^=,;:\"]++={_VALUE}(?:,{_VALUE})*+)*+):(?P<value>.*)"
)
_PARAM: Final = re.compile(rf';([^=;:"]++)=({_VALUE}(?:,{_VALUE})*+)')
_MOMENT: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_DURATION: Final = re.compile(
    r"([+-]?)P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?"
)

MOST_BYTES: Final = 10_000_000
"""No calendar is read that is larger."""

EVENT: Final = "VEVENT"
FREE_BUSY: Final = "VFREEBUSY"
ZONE: Final = "VTIMEZONE"
_KINDS: Final = frozenset({EVENT, FREE_BUSY, ZONE})
_NAMES: Final = frozenset(
    {
        "UID", "DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID",
        "STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "ATTENDEE", "FREEBUSY",
        "TZID", "X-LIC-LOCATION",
    }
)  # fmt: skip


class Broken(ValueError):
    """The text is no calendar, or not a whole one, or a value in it is none."""


class Line(NamedTuple):
    """A property: its name in capitals, its parameters likewise, its value as written."""

    name: str
    params: dict[str, str]
    value: str


class Part(NamedTuple):
    """A component with the lines that matter; ``text`` is all that is written in a VTIMEZONE."""

    kind: str
    lines: list[Line]
    text: list[str]

    def first(self, name: str) -> Line | None:
        """The first property of that name."""
        return next((line for line in self.lines if line.name == name), None)

    def value(self, name: str) -> str:
        """Its value; empty if there is none."""
        line = self.first(name)
        return line.value if line else ""

    def all(self, name: str) -> Iterator[Line]:
        """Every property of that name."""
        return (line for line in self.lines if line.name == name)


class When(NamedTuple):
    """A day, or a time on the clocks of a zone."""

    local: datetime
    zone: tzinfo
    is_day: bool = False

    @property
    def utc(self) -> datetime:
        """The instant; of a day, its beginning."""
        return self.local.replace(tzinfo=self.zone).astimezone(UTC)


def parts(data: bytes) -> Iterator[Part]:
    """The components of a calendar. Raises Broken where it does not begin, or does not end."""
    text = _FOLD.sub(b"", data).decode("utf-8-sig", "replace")
    if not text.lstrip()[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise Broken("is no calendar")
    inside: list[str] = []
    part: Part | None = None
    for raw in _BREAK.split(text):
        head = raw[:6].upper()
        if head == "BEGIN:":
            inside.append(raw[6:].strip().upper())
            if len(inside) == 2 and inside[-1] in _KINDS:
                part = Part(inside[-1], [], [])
        if part:
            _take(part, raw, depth=len(inside))
        if head.startswith("END:"):
            if not inside or inside.pop() != raw[4:].strip().upper():
                raise Broken("has parts that do not end where they should")
            if part and len(inside) == 1:
                yield part
                part = None
    if inside:
        raise Broken("ends in its midst")


def _take(part: Part, raw: str, *, depth: int) -> None:
    if part.kind == ZONE:
        part.text.append(raw)
    if depth == 2 and _name(raw) in _NAMES:
        part.lines.append(_line(raw))


def _name(raw: str) -> str:
    for at, letter in enumerate(raw):
        if letter in ";:":
            return raw[:at].upper()
    return ""


def _line(raw: str) -> Line:
    found = _LINE.fullmatch(raw)
    if found is None:  # a parameter that should be in quotes: what counts is around it
        return Line(_name(raw), {}, raw.rpartition(":")[2])
    params = {
        param[1].upper(): param[2].replace('"', "") for param in _PARAM.finditer(found["params"])
    }
    return Line(found["name"].upper(), params, found["value"].strip())


def when(value: str, tzid: str, zone_of: Callable[[str], tzinfo]) -> When:
    """A date or a time; ``zone_of`` gives the zone for a TZID, and for "" that of floating times.

    Raises Broken if ``value`` is neither.
    """
    found = _MOMENT.fullmatch(value)
    if found is None:
        raise Broken(f"{value[:20]} is no time")
    year, month, day = int(found[1]), int(found[2]), int(found[3])
    try:
        if found[4] is None:
            return When(datetime(year, month, day), zone_of(""), is_day=True)
        second = min(int(found[6]), 59)
        local = datetime(year, month, day, int(found[4]), int(found[5]), second)
    except ValueError as error:
        raise Broken(f"{value} is no time") from error
    return When(local, UTC if found[7] else zone_of(tzid))


def duration(value: str) -> timedelta:
    """A length of time such as ``PT25M`` or ``P1D``. Raises Broken if it is none."""
    found = _DURATION.fullmatch(value)
    if found is None or not any(found.groups()[1:]):
        raise Broken(f"{value[:20]} is no length of time")
    weeks, days, hours, minutes, seconds = (int(number or 0) for number in found.groups()[1:])
    length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -length if found[1] == "-" else length
