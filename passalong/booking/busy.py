"""When a host is busy, by an iCalendar file: events that block time, recurring ones spread out.

What does not block: events that are cancelled, shown as free, or declined by the host, and our own
meetings, of which the ledger knows better. Days and times without a zone are the host's. An
instance that was moved or changed takes the place of the one it came from; a change "of this and
all that follow" counts for the one instance, for calendars write a new series instead.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from typing import TYPE_CHECKING, Final, NamedTuple

from dateutil.tz import tzical

from passalong import zones
from passalong.booking import ics, recurrence
from passalong.booking.ics import MOST_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from passalong.booking.ics import Part, When

Span = tuple[datetime, datetime]

MOST_SPANS: Final = 50_000
_DAY: Final = timedelta(days=1)
_NOT_BUSY: Final = frozenset({"FREE", "WORKINGELSEWHERE"})


class Busy(NamedTuple):
    """Busy times in UTC, sorted, none touching another; ``unread`` counts what made no sense."""

    spans: tuple[Span, ...]
    unread: int


def busy_spans(
    data: bytes,
    zone: tzinfo,
    start: datetime,
    end: datetime,
    *,
    mailbox: str = "",
    own: str = "",
) -> Busy:
    """When the calendar ``data`` keeps its owner busy between ``start`` and ``end``.

    ``zone`` is the host's, ``mailbox`` their address, by which the calendar says what they
    declined; UIDs at the domain ``own`` are our meetings. Raises Broken if it is no whole calendar,
    is larger than `MOST_BYTES`, or has more than `MOST_SPANS` entries to spread out.
    """
    if len(data) > MOST_BYTES:
        raise ics.Broken(f"is larger than {MOST_BYTES // 1_000_000} MB")
    reader = _Reader(list(ics.parts(data)), zone, start.astimezone(UTC), end.astimezone(UTC))
    reader.mailbox, reader.own = mailbox.casefold(), f"@{own}".casefold() if own else ""
    found: list[Span] = []
    for span in reader.spans():
        found.append(span)
        if len(found) > MOST_SPANS:
            raise ics.Broken(f"has more than {MOST_SPANS} entries")
    return Busy(tuple(merged(found)), reader.unread)


def merged(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that overlap or touch made one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        elif start < end:
            result.append((start, end))
    return result


class _Reader:
    """One calendar, asked for one stretch of time."""

    mailbox = ""
    own = ""

    def __init__(self, parts: list[Part], zone: tzinfo, start: datetime, end: datetime) -> None:
        self.parts = parts
        self.start = start
        self.end = end
        self.unread = 0
        self._zones: dict[str, tzinfo] = {"": zone}
        self._defined = {p.value("TZID").strip('"'): p for p in parts if p.kind == ics.ZONE}

    def spans(self) -> Iterator[Span]:
        """Every span that touches the stretch of time, in no order."""
        replaced = self._replaced()
        for part in self._readable(ics.EVENT):
            if self._blocks(part):
                series = [] if part.first("RECURRENCE-ID") else replaced.get(part.value("UID"), [])
                yield from self._kept(self._event(part, series))
        for part in self._readable(ics.FREE_BUSY):
            yield from self._kept(self._free_busy(part))

    def _replaced(self) -> dict[str, list[When]]:
        """By UID, the instances of a series that stand in the calendar by themselves."""
        replaced: dict[str, list[When]] = {}
        for part in self._readable(ics.EVENT):
            if line := part.first("RECURRENCE-ID"):
                try:
                    instance = self._when(line.value, line.params.get("TZID", ""))
                except ics.Broken:
                    self.unread += 1
                else:
                    replaced.setdefault(part.value("UID"), []).append(instance)
        return replaced

    def _readable(self, kind: str) -> Iterator[Part]:
        return (part for part in self.parts if part.kind == kind)

    def _kept(self, spans: Iterator[Span]) -> Iterator[Span]:
        """Those that touch our time, up to the first that makes no sense."""
        try:
            for start, end in spans:
                if start < self.end and self.start < end:
                    yield start, end
        except (ics.Broken, OverflowError, ValueError):
            self.unread += 1

    def _blocks(self, part: Part) -> bool:
        free = part.value("TRANSP").upper() == "TRANSPARENT"
        shown = part.value("X-MICROSOFT-CDO-BUSYSTATUS").upper()
        if free or shown in _NOT_BUSY or part.value("STATUS").upper() == "CANCELLED":
            return False
        if self.own and part.value("UID").casefold().endswith(self.own):
            return False
        return not any(
            line.params.get("PARTSTAT", "").upper() == "DECLINED"
            and line.value.casefold().removeprefix("mailto:") == self.mailbox
            for line in part.all("ATTENDEE")
        )

    def _event(self, part: Part, replaced: list[When]) -> Iterator[Span]:
        line = part.first("DTSTART")
        if line is None:
            raise ics.Broken("has no start")
        start = self._when(line.value, line.params.get("TZID", ""))
        length = self._length(part, start)
        not_on = [*replaced, *self._listed(part, "EXDATE")]
        instants = {when.utc for when in not_on if not when.is_day}
        days = {when.local.date() for when in not_on if when.is_day or start.is_day}
        for local in self._locals(part, start, length):
            begins = start._replace(local=local).utc
            if begins in instants or local.date() in days:
                continue
            yield (
                begins,
                start._replace(local=local + length).utc if start.is_day else begins + length,
            )

    def _locals(self, part: Part, start: When, length: timedelta) -> Iterator[datetime]:
        """When it begins, each time, on the clocks of its own zone."""
        yield start.local
        for when in self._listed(part, "RDATE"):
            yield when.utc.astimezone(start.zone).replace(tzinfo=None)
        for line in part.all("RRULE"):
            first = (self.start - length).astimezone(start.zone).replace(tzinfo=None) - _DAY
            last = self.end.astimezone(start.zone).replace(tzinfo=None) + _DAY
            yield from recurrence.occurrences(line.value, start, first, last)

    def _length(self, part: Part, start: When) -> timedelta:
        if line := part.first("DTEND"):
            end = self._when(line.value, line.params.get("TZID", ""))
            return end.local - start.local if start.is_day else end.utc - start.utc
        if part.first("DURATION"):
            return ics.duration(part.value("DURATION"))
        return _DAY if start.is_day else timedelta()

    def _listed(self, part: Part, name: str) -> Iterator[When]:
        """The times of EXDATE or RDATE; of a period its beginning."""
        for line in part.all(name):
            for value in filter(None, line.value.split(",")):
                yield self._when(value.partition("/")[0], line.params.get("TZID", ""))

    def _free_busy(self, part: Part) -> Iterator[Span]:
        for line in part.all("FREEBUSY"):
            if line.params.get("FBTYPE", "").upper() == "FREE":
                continue
            for value in filter(None, line.value.split(",")):
                begins, _, until = value.partition("/")
                start = self._when(begins, "").utc
                length = until.lstrip("+").startswith("P")
                yield start, start + ics.duration(until) if length else self._when(until, "").utc

    def _when(self, value: str, tzid: str) -> When:
        return ics.when(value, tzid, self._zone)

    def _zone(self, tzid: str) -> tzinfo:
        """The zone that a calendar calls so; the host's where nobody knows what it is."""
        if tzid not in self._zones:
            defined = self._defined.get(tzid)
            self._zones[tzid] = (
                _by_name(tzid)
                or (_by_name(defined.value("X-LIC-LOCATION")) if defined else None)
                or (_by_rules(defined) if defined else None)
                or zones.find(tzid)
                or self._zones[""]
            )
        return self._zones[tzid]


def _by_name(tzid: str) -> tzinfo | None:
    """A zone by its place, whatever stands before it, or by the name that Windows has for it."""
    pieces = tzid.rsplit("/", 3)
    for length in (3, 2):
        if len(pieces) >= length and (zone := zones.find("/".join(pieces[-length:]))):
            return zone
    if tzid.endswith(" Time") or tzid == "UTC":
        from icalendar.timezone.windows_to_olson import (  # noqa: PLC0415 - Outlook's alone
            WINDOWS_TO_OLSON,
        )

        return zones.find(WINDOWS_TO_OLSON.get(tzid, tzid))
    return None


def _by_rules(part: Part) -> tzinfo | None:
    """A zone by its own VTIMEZONE, if that says yearly rules or single changes."""
    lines = part.text.split("\n")
    text = [line for line in lines if not line.upper().startswith(("X-", "COMMENT"))]
    rules = [line.partition(":")[2] for line in text if line.upper().startswith("RRULE")]
    try:
        if any(recurrence.read(rule)["FREQ"] != "YEARLY" for rule in rules):
            return None
        return tzical(StringIO("\n".join(text))).get()
    except (ValueError, IndexError, AttributeError, OverflowError):
        return None
