"""Who is credited with an opportunity, and the reason, which stays with the credit."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from passalong.attribution.models import fractions
from passalong.attribution.touchpoints import OVERRIDE, Touchpoint, counted

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from passalong.attribution.rules import Rules
    from passalong.events import Event

ONLY: Final = "only"
"""There is no other advocate. Where there are several, the reason is the rule that decided."""
BY_PERSON: Final = "override"
OUTSIDE: Final = "outside-window"
IN_REVIEW: Final = "review"
NOBODY: Final = "none"

CREDIT_TO: Final = "credit:"
"""A decision that one advocate is credited: ``credit:<advocate>``."""
CREDIT_NOBODY: Final = "none"
RELEASE: Final = "release"
"""A decision that nothing is wrong with it: the rule decides, as if there were no signal."""


@dataclass(frozen=True, slots=True)
class Share:
    """The part of the credit that a touchpoint has, and by it the advocate; parts sum to one."""

    touchpoint: Touchpoint
    part: Fraction


@dataclass(frozen=True, slots=True)
class Credit:
    """Who is credited and why; without shares it is nobody. ``decided`` is a person's decision, the
    id of its event."""

    shares: tuple[Share, ...]
    reason: str
    decided: str = ""

    @property
    def fractions(self) -> tuple[Fraction, ...]:
        """The parts, in the order of the shares: see `attribution.money.shares`."""
        return tuple(share.part for share in self.shares)


def credit_of(
    touchpoints: Sequence[Touchpoint],
    start: datetime,
    rules: Rules,
    *,
    signals: Collection[str] = (),
    decision: Event | None = None,
) -> Credit:
    """Who is credited with what started at ``start``: a person's decision goes before the rule.

    ``touchpoints`` are all of the account; ``signals`` keep it back until a person decided.
    """
    said = decision.data.get("decision", "") if decision else ""
    inside = counted(touchpoints, start - rules.window, start)
    if decision and said == CREDIT_NOBODY:
        return Credit((), BY_PERSON, decision.id)
    if decision and said.startswith(CREDIT_TO):
        theirs = _of(said.removeprefix(CREDIT_TO), touchpoints, inside, start, decision)
        return Credit(_shared(theirs, rules), BY_PERSON, decision.id)
    if signals and said != RELEASE:
        return Credit((), IN_REVIEW)
    decided = decision.id if decision and said == RELEASE else ""
    if not inside:
        return Credit((), OUTSIDE if touchpoints else NOBODY, decided)
    is_contested = len({touch.advocate for touch in inside}) > 1
    return Credit(_shared(inside, rules), rules.rule if is_contested else ONLY, decided)


def _shared(touchpoints: Sequence[Touchpoint], rules: Rules) -> tuple[Share, ...]:
    parts = fractions(rules.rule, touchpoints)
    return tuple(Share(t, part) for t, part in zip(touchpoints, parts, strict=True) if part)


def _of(
    advocate: str,
    touchpoints: Sequence[Touchpoint],
    inside: Sequence[Touchpoint],
    start: datetime,
    decision: Event,
) -> Sequence[Touchpoint]:
    """The advocate's touchpoints: those that count, else those before it, else any, else the
    decision itself, for a person may know what no event tells."""
    before = [touch for touch in touchpoints if touch.at <= start]
    for some in (inside, before, touchpoints):
        if theirs := [touch for touch in some if touch.advocate == advocate]:
            return theirs
    return (Touchpoint(decision.id, decision.at, advocate, decision.referral, "", OVERRIDE),)
