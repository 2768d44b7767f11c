"""Touchpoints: where an advocate brought a company to us, each with how we know and how surely."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from passalong.events import BOOKED, CONVERSIONS, INTRODUCED, REVERSED, VISITED, Event

INTRODUCTION: Final = "introduction"
PERSONAL_LINK: Final = "personal-link"
SHARE_LINK: Final = "share-link"
BOOKING_FORM: Final = "booking-form"
E_MAIL: Final = "e-mail"
COMPANY_DOMAIN: Final = "company-domain"
CRM: Final = "crm"
OVERRIDE: Final = "override"

STRENGTH: Final = {
    INTRODUCTION: 7,
    PERSONAL_LINK: 6,
    SHARE_LINK: 5,
    BOOKING_FORM: 4,
    E_MAIL: 3,
    COMPANY_DOMAIN: 2,
    CRM: 1,
    OVERRIDE: 0,
}
"""How sure each kind of evidence is; it decides between touchpoints of the same moment."""


@dataclass(frozen=True, slots=True)
class Touchpoint:
    """Somebody came to us through an advocate: ``id`` is that of the event that says so.

    ``signals`` say why this may be a self-referral; nothing there means that nothing speaks for it.
    """

    id: str
    at: datetime
    advocate: str
    referral: str
    referee: str
    evidence: str
    medium: str = ""
    story: str = ""
    variant: str = ""
    signals: tuple[str, ...] = ()

    @property
    def strength(self) -> int:
        """How sure the evidence is; more is surer."""
        return STRENGTH[self.evidence]

    @property
    def order(self) -> tuple[datetime, int, str]:
        """What touchpoints are sorted by: time, then the surer one first."""
        return self.at, -self.strength, self.id


def touchpoints_of(events: Iterable[Event]) -> tuple[Touchpoint, ...]:
    """The touchpoints among the events of one account, in order.

    What a CRM says is one only where nothing else is known of that referral by then: an e-mail
    address or a company's domain that matched tells who brought them, and not that they came again.
    """
    found: list[Touchpoint] = []
    known: set[str] = set()
    for event in sorted(needed(events), key=lambda event: (event.at, event.id)):
        evidence = _evidence(event)
        if not evidence or not event.advocate:
            continue
        if event.type in CONVERSIONS and (not event.referral or event.referral in known):
            continue
        known.add(event.referral)
        found.append(_touchpoint(event, evidence))
    return tuple(sorted(found, key=lambda touch: touch.order))


def needed(events: Iterable[Event]) -> list[Event]:
    """The events without visits that change nothing: of one page and day (UTC) the first is left.

    What it leaves is the same in whatever order, and however often, events come.
    """
    visits: dict[tuple[str, str, date], Event] = {}
    others: dict[str, Event] = {}
    for event in events:
        if event.type != VISITED:
            others[event.id] = event
        elif event.referee:
            page = (event.referral, event.referee, event.at.astimezone(UTC).date())
            first = visits.setdefault(page, event)
            if (event.at, event.id) < (first.at, first.id):
                visits[page] = event
    return [*others.values(), *visits.values()]


def counted(
    touchpoints: Iterable[Touchpoint], earliest: datetime, start: datetime
) -> tuple[Touchpoint, ...]:
    """Those from ``earliest`` to ``start``, both included; of a referral's visits to their own page
    the first and the last of these, for reading a page every day is not coming every day."""
    inside = [touch for touch in touchpoints if earliest <= touch.at <= start]
    visits: dict[str, list[Touchpoint]] = {}
    for touch in inside:
        if touch.evidence == PERSONAL_LINK:
            visits.setdefault(touch.referral or touch.referee, []).append(touch)
    kept: Collection[str] = {end.id for seen in visits.values() for end in (seen[0], seen[-1])}
    return tuple(t for t in inside if t.evidence != PERSONAL_LINK or t.id in kept)


def signals_of(event: Event) -> tuple[str, ...]:
    """Why an event may be a self-referral's."""
    return tuple(filter(None, event.data.get("signals", "").split(",")))


def _evidence(event: Event) -> str:
    """How an event shows that an advocate brought somebody; empty if it does not."""
    if event.type == INTRODUCED:
        return INTRODUCTION
    if event.type == VISITED:
        return PERSONAL_LINK
    if event.type == BOOKED:
        return SHARE_LINK if event.data.get("page") == "share" else BOOKING_FORM
    if event.type in CONVERSIONS and event.type != REVERSED:
        return event.evidence if event.evidence in STRENGTH else CRM
    return ""


def _touchpoint(event: Event, evidence: str) -> Touchpoint:
    return Touchpoint(
        id=event.id,
        at=event.at,
        advocate=event.advocate,
        referral=event.referral,
        referee=event.referee,
        evidence=evidence,
        medium=event.medium,
        story=event.data.get("story", ""),
        variant=event.variant,
        signals=signals_of(event),
    )
