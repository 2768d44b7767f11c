"""The models: what part of the credit each of some touchpoints has, as exact fractions."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passalong.attribution.rules import Rule
    from passalong.attribution.touchpoints import Touchpoint

ENDS = Fraction(2, 5)
"""What position-based attribution gives the first and the last touchpoint each."""


def fractions(rule: Rule, touchpoints: Sequence[Touchpoint]) -> tuple[Fraction, ...]:
    """Each touchpoint's part, in the order in which they are given; the parts sum to one.

    Of two at one moment the surer evidence comes first, be it as the first or as the last.
    """
    if not touchpoints:
        return ()
    first = min(touchpoints, key=lambda touch: touch.order)
    if rule == "first":
        return _all_to(first, touchpoints)
    if rule == "last":
        return _all_to(_last(touchpoints), touchpoints)
    if rule == "linear":
        return (Fraction(1, len(touchpoints)),) * len(touchpoints)
    return _by_position(first, touchpoints)


def _by_position(first: Touchpoint, touchpoints: Sequence[Touchpoint]) -> tuple[Fraction, ...]:
    between = len(touchpoints) - 2
    if between < 1:
        return (Fraction(1, len(touchpoints)),) * len(touchpoints)
    last = _last([touch for touch in touchpoints if touch is not first])
    middle = (1 - 2 * ENDS) / between
    return tuple(ENDS if touch in (first, last) else middle for touch in touchpoints)


def _last(touchpoints: Sequence[Touchpoint]) -> Touchpoint:
    newest = max(touch.at for touch in touchpoints)
    return min((t for t in touchpoints if t.at == newest), key=lambda touch: touch.order)


def _all_to(one: Touchpoint, touchpoints: Sequence[Touchpoint]) -> tuple[Fraction, ...]:
    return tuple(Fraction(touch is one) for touch in touchpoints)
