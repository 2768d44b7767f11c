"""What a program has decided about attribution, in the form that calculations take."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from passalong import zones

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from passalong.program import Program, Rate

Rule = Literal["first", "last", "linear", "position"]


@dataclass(frozen=True, slots=True)
class Rules:
    """How credit is given; ``rates`` lead to ``currency``, days are those of ``zone``.

    ``window``: how long before an opportunity's start a touchpoint counts; ``credit``: how long
    after it a sale does. Both to the second, their ends included.
    """

    rule: Rule
    window: timedelta
    credit: timedelta
    currency: str
    zone: ZoneInfo
    rates: tuple[Rate, ...] = ()

    def day(self, at: datetime) -> date:
        """The program's day that a moment lies in."""
        return at.astimezone(self.zone).date()


def rules_of(program: Program) -> Rules:
    """The program's rules."""
    return Rules(
        program.attribution.rule,
        timedelta(days=program.attribution.window_days),
        timedelta(days=program.attribution.credit_days),
        program.currency,
        zones.first(program.timezone),
        program.rates,
    )
