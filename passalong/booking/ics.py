"""iCalendar text, read as far as busy times need it: components and the lines that matter.

A calendar of ten years holds ten thousand events, and icalendar takes most of a millisecond for
each. This reads what calendars write, and does not mind what else they write.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_FOLD: Final = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_VALUE: Final = r'(?:"[^"]*+"|[^",;:]*+)'
_LINE: Final = re.compile(
    rf"[A-Za-z0-9-]++((?:;[^=,;:\"]++={_VALUE}(?:,{_VALUE})*+)*+):(.*)", re.DOTALL
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
_WANTED: Final = re.compile(
    "^(BEGIN|END|UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|TRANSP"
    "|X-MICROSOFT-CDO-BUSYSTATUS|FREEBUSY|TZID|X-LIC-LOCATION"
    '|ATTENDEE(?=.*PARTSTAT="?DECLINED))[:;].*$',  # of the many who are invited these matter
    re.IGNORECASE | re.MULTILINE,
)


class Broken(ValueError):
    """The text is no calendar, or not a whole one, or a value in it is none."""


class Line(NamedTuple):
    """A property: its parameters by their names in capitals, and its value as written."""

    params: dict[str, str]
    value: str


class Part(NamedTuple):
    """A component with the lines that matter, by name; ``text`` is all of a VTIMEZONE."""

    kind: str
    lines: dict[str, list[Line]]
    text: str

    def first(self, name: str) -> Line | None:
        """The first property of that name."""
        found = self.lines.get(name)
        return found[0] if found else None

    def value(self, name: str) -> str:
        """Its value; empty if there is none."""
        found = self.lines.get(name)
        return found[0].value if found else ""

    def all(self, name: str) -> Sequence[Line]:
        """Every property of that name."""
        return self.lines.get(name, ())


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
    plain = _FOLD.sub(b"", data).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    text = plain.decode("utf-8-sig", "replace")
    if not text.lstrip()[:15].upper().startswith("BEGIN:VCALENDAR"):
        raise Broken("is no calendar")
    inside: list[tuple[str, int]] = []
    lines: dict[str, list[Line]] = {}
    for found in _WANTED.finditer(text):
        name, raw = found[1].upper(), found[0]
        if name == "BEGIN":
            inside.append((raw[6:].strip().upper(), found.start()))
            if len(inside) == 2:
                lines = {}
        elif name == "END":
            kind, start = inside.pop() if inside else ("", 0)
            if kind != raw[4:].strip().upper():
                raise Broken("has parts that do not end where they should")
            if len(inside) == 1 and kind in _KINDS:
                yield Part(kind, lines, text[start : found.end()] if kind == ZONE else "")
        elif len(inside) == 2:
            lines.setdefault(name, []).append(_line(name, raw))
    if inside:
        raise Broken("ends in its midst")


def _line(name: str, raw: str) -> Line:
    if raw[len(name)] == ":":
        return Line({}, raw[len(name) + 1 :].strip())
    found = _LINE.fullmatch(raw)
    if found is None:  # a parameter that should be in quotes: what counts is around it
        return Line({}, raw.rpartition(":")[2].strip())
    params = {param[1].upper(): param[2].replace('"', "") for param in _PARAM.finditer(found[1])}
    return Line(params, found[2].strip())


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
