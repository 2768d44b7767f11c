"""What a person may decide about credit: which opportunities wait or are contested, and the event
of a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from passalong.attribution.credit import CREDIT_NOBODY, CREDIT_TO, RELEASE
from passalong.events import OVERRIDDEN, Event, id_of
from passalong.figures.rows import BY_DAY, UNIT, WAITING, table
from passalong.figures.showing import shown
from passalong.figures.units import ACCOUNT, REFERRAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from passalong.attribution.opportunities import Opportunity
    from passalong.attribution.rules import Rules
    from passalong.ledger.port import Ledger

NOBODY: Final = CREDIT_NOBODY
RELEASED: Final = RELEASE
_TOGETHER: Final = 100
"""Units that are read at once."""


@dataclass(frozen=True, slots=True)
class Matter:
    """An opportunity with the unit of the figures that it is in, and that unit's events by id."""

    unit: str
    opportunity: Opportunity
    events: Mapping[str, Event]

    @property
    def waits(self) -> bool:
        """Whether it is counted nowhere before a person looked at it."""
        return self.opportunity.state != "counted"

    @property
    def decision(self) -> Event | None:
        """What a person decided about it last."""
        return self.events.get(self.opportunity.credit.decided)

    @property
    def is_of_interest(self) -> bool:
        """Whether it waits, is contested, or a person decided about it."""
        return bool(self.waits or self.opportunity.is_contested or self.decision)

    @property
    def advocates(self) -> list[str]:
        """Every advocate with a touchpoint, in the order in which they came."""
        return list(dict.fromkeys(touch.advocate for touch in self.opportunity.touchpoints))

    @property
    def credited(self) -> list[str]:
        """The advocates who have a part of the credit now."""
        shares = self.opportunity.credit.shares
        return list(dict.fromkeys(share.touchpoint.advocate for share in shares))

    @property
    def referrals(self) -> list[str]:
        """The referrals that it is about: first that of its first event."""
        told = [self.events.get(stage.id) for stage in self.opportunity.stages]
        found = [event.referral for event in told if event]
        found += [touch.referral for touch in self.opportunity.touchpoints]
        return list(dict.fromkeys(filter(None, found)))

    @property
    def referees(self) -> list[str]:
        """The people of the unit, first that of its first event."""
        first = self.events.get(self.opportunity.id)
        found = [first.referee if first else "", *(one.referee for one in self.events.values())]
        return list(dict.fromkeys(filter(None, found)))


def matters(
    ledger: Ledger, generation: int, rules: Rules, program: str, *, first: date, last: date
) -> list[Matter]:
    """Every opportunity of which anything is counted from the first day to the last, and all that
    wait, whenever they began; the newest first."""
    spans = (
        (WAITING, "0001-01-01", "9999-12-31"),
        (BY_DAY, first.isoformat(), last.isoformat()),
    )
    cells = [
        cell
        for basis, start, end in spans
        for cell, _ in ledger.figures(table(generation, basis, UNIT), start, end)
    ]
    units = list(dict.fromkeys(cell.value for cell in cells))
    found = [
        Matter(unit, one, kept.events)
        for start in range(0, len(units), _TOGETHER)
        for unit, kept in shown(
            ledger, generation, units[start : start + _TOGETHER], rules, program
        ).items()
        for one in kept.opportunities
    ]
    return sorted(found, key=lambda one: (one.opportunity.start, one.opportunity.id), reverse=True)


def credit_to(advocate: str) -> str:
    """The decision that this advocate is credited."""
    return CREDIT_TO + advocate


def decided(matter: Matter, decision: str, program: str, at: datetime) -> Event:
    """The event that says what a person decided: placed by a referral, else by the account, and
    about an opportunity by its first event. Decided again in that moment, it is the same."""
    data = {"decision": decision, "of": matter.opportunity.id}
    referral = next(iter(matter.referrals), "")
    if matter.unit.startswith(REFERRAL):
        referral = matter.unit.removeprefix(REFERRAL)
    elif not referral:
        data["account"] = matter.unit.removeprefix(ACCOUNT)
    return Event(
        id=id_of(f"{OVERRIDDEN}\0{matter.opportunity.id}\0{decision}\0{at.isoformat()}"),
        program=program,
        type=OVERRIDDEN,
        at=at,
        referral=referral,
        evidence="command",
        data=data,
    )
