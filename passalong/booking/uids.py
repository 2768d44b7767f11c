"""What our meetings are called in calendars: one UID each, for good."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from passalong.ledger.port import Meeting


def uid_of(meeting: Meeting, base_url: str) -> str:
    """The meeting's name in every calendar."""
    return f"{meeting.id}@{uid_domain(base_url)}"


def uid_domain(base_url: str) -> str:
    """What the UIDs of our meetings end with: the host of the site."""
    return urlsplit(base_url).hostname or "localhost"
