"""The local mailbox: what would have been sent, for whoever runs it; never published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from passalong import zones
from passalong.pages.site import Site

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from passalong.editorial import Editorial
    from passalong.locales import Locale


@dataclass(frozen=True, slots=True)
class Row:
    """A mail in the list: ``to`` is a name or an address, ``at`` an aware time."""

    url: str
    subject: str
    to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """What an invitation says: aware times in the meeting's own zone; ``method`` as in RFC 5546."""

    method: str
    summary: str
    start: datetime
    end: datetime
    zone: str
    people: tuple[str, ...]
    place: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail to be read, with the addresses of its parts, "" for one that it does not have."""

    subject: str
    sender: str
    to: str
    headers: Sequence[tuple[str, str]]
    text: str
    html_url: str
    raw_url: str
    calendar_url: str
    meeting: Meeting | None


def mailbox(
    editorial: Editorial, rows: Sequence[Row], newest: str, content: Path, folder: Path
) -> str:
    """The list as a page; its script asks whether ``newest`` still is."""
    site, context = _begun(editorial, content, folder)
    zone = zones.find(site.program.timezone)
    locale: Locale = context["locale"]
    shown = [(row, locale.datetime(row.at.astimezone(zone))) for row in rows]
    return site.theme.render("mailbox.html", context | {"rows": shown, "newest": newest})


def letter(editorial: Editorial, opened: Letter, content: Path, folder: Path) -> str:
    """One mail as a page."""
    site, context = _begun(editorial, content, folder)
    context["csp"] += "; frame-src 'self'"
    when = _when(opened.meeting, context["locale"]) if opened.meeting else ""
    return site.theme.render("letter.html", context | {"letter": opened, "when": when})


def _begun(editorial: Editorial, content: Path, folder: Path) -> tuple[Site, dict[str, Any]]:
    site = Site(editorial, content, folder)
    return site, site.base("mailbox", site.program.locale, "", "")


def _when(meeting: Meeting, locale: Locale) -> str:
    day = locale.date(meeting.start, "weekday")
    times = locale.time_range(meeting.start, meeting.end)
    return locale.text("time.at", date=day, time=times)
