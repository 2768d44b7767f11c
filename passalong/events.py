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

ASKED: Final = "asked"
"""The firm asked an advocate, by a letter of its own."""
MET: Final = "met"
NO_SHOW: Final = "no_show"
QUALIFIED: Final = "qualified"
DISQUALIFIED: Final = "disqualified"
WON: Final = "won"
LOST: Final = "lost"
RENEWED: Final = "renewed"
EXPANDED: Final = "expanded"
CHURNED: Final = "churned"
REVERSED: Final = "reversed"
"""An earlier event's money is taken back, by a new entry: see ``data["of"]``."""
OVERRIDDEN: Final = "overridden"
"""Somebody of the firm decided who is credited: see ``data["decision"]``."""
ASSIGNED: Final = "assigned"
"""Somebody was given a variant of an experiment, which they keep."""
EXPORTED: Final = "exported"
"""Somebody was handed all that is held on them."""

CONVERSIONS: Final = (
    *(MET, NO_SHOW, QUALIFIED, DISQUALIFIED, WON, LOST),
    *(RENEWED, EXPANDED, CHURNED, REVERSED),
)
"""What becomes of a referral after it is booked, as CRMs and hosts tell it; in its usual order."""

TYPES: Final = frozenset(
    {
        *(SHARED, INTRODUCED, VISITED, HIT, BOOKED, RESCHEDULED, CANCELLED),
        *(PREFERRED, REMOVED, REVOKED, ASKED, *CONVERSIONS, OVERRIDDEN, ASSIGNED, EXPORTED),
    }
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

    Attribution reads of ``data``: ``account`` (see `attribution.accounts.account_key`), ``story``
    (the public slug of the story on the page), ``page`` (of a booking: "share" or "referee"),
    ``meeting``, ``signals`` (of a self-referral, with commas between them), ``source`` and
    ``external`` (a deal's id there), ``of`` (what is reversed or decided about: an event's id or
    ``<source>:<external>``) and ``decision``.
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
