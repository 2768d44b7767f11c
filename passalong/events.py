"""What happened, as facts that are never edited: ids and codes only, no names and no addresses."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

SCHEMA: Final = 1

SHARED: Final = "shared"
INTRODUCED: Final = "introduced"
VISITED: Final = "visited"
HIT: Final = "hit"
BOOKED: Final = "booked"
RESCHEDULED: Final = "rescheduled"
CANCELLED: Final = "cancelled"
PREFERRED: Final = "preferred"
REMOVED: Final = "removed"
REVOKED: Final = "revoked"

TYPES: Final = frozenset(
    {SHARED, INTRODUCED, VISITED, HIT, BOOKED, RESCHEDULED, CANCELLED, PREFERRED, REMOVED, REVOKED}
)

SOURCED: Final = "sourced"
INFLUENCED: Final = "influenced"
REVIEW: Final = "review"
DECLINED: Final = "declined"
"""How an introduction or a booking is classified, by what is known about the account: ours by the
advocate alone, or ours already; to be looked at first, or nothing that we keep."""


def id_of(about: str) -> str:
    """An event's id made of what it is about: what happens again has the same one."""
    return hashlib.blake2b(about.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the minor units of an ISO 4217 currency."""

    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    ``id`` is unique for ever: an event that comes twice is applied once. ``at`` is aware, in UTC.
    ``evidence`` says how we know, ``classification`` why a beacon was counted or not; ``data``
    holds further ids and codes. Whatever does not apply is empty.
    """

    id: str
    program: str
    type: str
    at: datetime
    advocate: str = ""
    referee: str = ""
    referral: str = ""
    medium: str = ""
    variant: str = ""
    evidence: str = ""
    classification: str = ""
    amount: Money | None = None
    data: dict[str, str] = field(default_factory=dict)
    schema: int = SCHEMA
