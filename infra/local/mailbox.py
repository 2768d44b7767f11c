"""The mailbox of the local server, below /_mail/: a list, each mail, and its parts as they are.

A mail's HTML was written with other people's words in it. It is shown in a frame of its own that
runs nothing and loads nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from icalendar import Calendar

from passalong.headers import headers_for
from passalong.mail.folder import mails, opened
from passalong.pages.mailbox import Letter, Meeting, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from passalong.mail.folder import Opened

ROOT = "/_mail/"
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_FRAME = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)


class Found(NamedTuple):
    """What is at an address: a page of ours, or a part of a mail."""

    data: bytes
    headers: dict[str, str]
    is_page: bool = False


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The mails in a folder; ``show_list`` and ``show_letter`` make pages of them."""

    folder: Path
    show_list: Callable[[Sequence[Row], str], str]
    show_letter: Callable[[Letter], str]

    def find(self, path: str) -> Found | None:
        """What a decoded path below ``ROOT`` shows; None if there is nothing."""
        name, slash, part = path.removeprefix(ROOT).partition("/")
        if slash:
            return self._part(name, part)
        if name == "newest":
            return Found(self._mark().encode(), _headers("newest.txt"))
        return self._raw(name) if name else self._list()

    def _part(self, name: str, part: str) -> Found | None:
        mail = opened(self.folder, f"{name}.eml")
        if mail is None:
            return None
        match part:
            case "":
                return _page(self.show_letter(_letter(name, mail)))
            case "letter.html" if mail.html:
                return Found(_blank_targets(mail.html).encode(), _headers(part, _FRAME))
            case "invitation.ics" if mail.invitation:
                return Found(mail.invitation, _headers(part))
        return None

    def _list(self) -> Found:
        rows = [
            Row(f"{ROOT}{line.name.removesuffix('.eml')}/", line.subject, line.to, line.date)
            for line in mails(self.folder)
        ]
        return _page(self.show_list(rows, self._mark()))

    def _mark(self) -> str:
        """Changes with whatever arrives, or is taken away."""
        names = [path.name for path in self.folder.glob("*.eml")] if self.folder.is_dir() else []
        return f"{len(names)} {max(names, default='')}"

    def _raw(self, name: str) -> Found | None:
        if opened(self.folder, name) is None:
            return None
        headers = _headers(name) | {"Content-Type": "message/rfc822"}
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Found((self.folder / name).read_bytes(), headers)


def _page(html: str) -> Found:
    return Found(html.encode(), _headers(""), is_page=True)


def _headers(name: str, policy: str = "") -> dict[str, str]:
    """Those of a private page: nobody keeps a copy."""
    headers = headers_for(f"/p/mail/{name}", secure=False)
    return headers | ({"Content-Security-Policy": policy} if policy else {})


def _blank_targets(html: str) -> str:
    """The HTML with its links opening beside the mailbox, not inside the frame."""
    base = '<base target="_blank">'
    marked, count = _HEAD.subn(lambda found: found[0] + base, html, count=1)
    return marked if count else base + html


def _letter(name: str, mail: Opened) -> Letter:
    headers = dict(mail.headers)
    return Letter(
        headers.get("Subject", ""),
        headers.get("From", ""),
        headers.get("To", ""),
        mail.headers,
        mail.text,
        "letter.html" if mail.html else "",
        f"{ROOT}{name}.eml",
        "invitation.ics" if mail.invitation else "",
        meeting_of(mail.invitation, mail.method) if mail.invitation else None,
    )


def meeting_of(invitation: bytes, method: str) -> Meeting | None:
    """What an invitation says; None where it holds no meeting that could be read."""
    try:
        (event,) = Calendar.from_ical(invitation).walk("VEVENT")
        start, end = event.decoded("DTSTART"), event.decoded("DTEND")
    except (ValueError, KeyError):
        return None
    if not isinstance(start, datetime) or not isinstance(end, datetime):
        return None
    attendees = event.get("ATTENDEE", [])
    guests = attendees if isinstance(attendees, list) else [attendees]
    return Meeting(
        method,
        str(event.get("SUMMARY", "")),
        _aware(start),
        _aware(end),
        str(event["DTSTART"].params.get("TZID", "UTC")),
        tuple(dict.fromkeys(_person(one) for one in [event.get("ORGANIZER"), *guests] if one)),
        str(event.get("LOCATION", "")),
        int(event.get("SEQUENCE", 0)),
    )


def _aware(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)


def _person(address: Any) -> str:
    name, mail = str(address.params.get("CN", "")), str(address).removeprefix("mailto:")
    return f"{name} <{mail}>" if name else mail
