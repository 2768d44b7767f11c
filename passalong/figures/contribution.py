"""What happened, as rows of the figures: pure functions of events and opportunities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from passalong.attribution.credit import Share
from passalong.attribution.models import fractions
from passalong.attribution.money import WHOLE, convert, shares
from passalong.attribution.opportunities import accounts_of, opportunities_of
from passalong.attribution.stages import in_order
from passalong.attribution.touchpoints import counted, touchpoints_of
from passalong.events import (
    ASKED,
    BOOKED,
    CHURNED,
    EXPANDED,
    HIT,
    INFLUENCED,
    INTRODUCED,
    MET,
    QUALIFIED,
    RENEWED,
    REVERSED,
    SHARED,
    SOURCED,
    VISITED,
    WON,
)
from passalong.events import DECLINED as IS_DECLINED
from passalong.figures.rows import (
    BEFORE,
    BY_COHORT,
    BY_DAY,
    CYCLE,
    DECLINED,
    KEPT,
    NOBODY,
    OPENED,
    REVIEW,
    TOUCHED,
    WAITING,
    WON_OF,
    Given,
    Row,
    Who,
    add,
    name_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from passalong.attribution.opportunities import Opportunity
    from passalong.attribution.rules import Rules
    from passalong.attribution.stages import Stage
    from passalong.events import Event
    from passalong.figures.rows import About

ALONE: Final = frozenset({ASKED, SHARED, VISITED, HIT, INTRODUCED})
"""Events that count by themselves, as their advocate's, whatever else happens."""
REACHED: Final = (BOOKED, MET, QUALIFIED, WON)
"""How far an opportunity came; whoever came to one of these is taken to have passed
those before it."""
_FURTHEST: Final = {BOOKED: 1, MET: 2, QUALIFIED: 3, WON: 4, RENEWED: 4, EXPANDED: 4, CHURNED: 4}
_LATER: Final = frozenset({RENEWED, EXPANDED, CHURNED, REVERSED})


def alone(event: Event, about: About, rules: Rules) -> tuple[Row, str]:
    """The row and the metric in which an event of `ALONE` is one more."""
    who = Who(event.advocate, about, event.medium, event.data.get("story", ""), event.variant)
    metric = event.type
    if event.type == INTRODUCED:
        influenced = event.classification == INFLUENCED
        declined = event.classification == IS_DECLINED
        metric = DECLINED if declined else name_of(INTRODUCED, influenced=influenced)
    return Row(BY_DAY, rules.day(event.at).isoformat(), who), metric


def together(events: Sequence[Event], about: Callable[[str], About], rules: Rules) -> Given:
    """What the events of one unit give: stages by day, and how far it came by first touch.

    What is credited to several is split by largest remainder, in the order of the touchpoints.
    """
    given: Given = {}
    opportunities = opportunities_of(events, rules)
    for one in opportunities:
        _Giving(one.credit.shares, one.influenced, about, given).opportunity(one, rules)
    grouped = [] if opportunities else accounts_of(events).values()  # which says whose visits are
    if touchpoints := touchpoints_of(event for group in grouped for event in group):
        touchpoints = counted(touchpoints, touchpoints[0].at, touchpoints[-1].at)
        parts = fractions(rules.rule, touchpoints)
        shares_of = [Share(t, part) for t, part in zip(touchpoints, parts, strict=True) if part]
        first = rules.day(touchpoints[0].at).isoformat()
        _Giving(shares_of, _is_influenced(events), about, given).add(BY_COHORT, first, TOUCHED)
    return given


def _is_influenced(events: Iterable[Event]) -> bool:
    said = [event for event in events if event.classification in (SOURCED, INFLUENCED)]
    return bool(said) and min(said, key=in_order).classification == INFLUENCED


class _Giving:
    """What goes to whoever has these shares of the credit, on its way into the rows."""

    def __init__(
        self,
        credited: Sequence[Share],
        influenced: bool,  # noqa: FBT001 - it is not an option
        about: Callable[[str], About],
        given: Given,
    ) -> None:
        self._influenced, self._given = influenced, given
        self._parts = tuple(share.part for share in credited)
        touches = [share.touchpoint for share in credited]
        self._who = [
            Who(touch.advocate, about(touch.advocate), touch.medium, touch.story, touch.variant)
            for touch in touches
        ]

    def add(
        self,
        basis: str,
        day: str,
        metric: str,
        number: int = WHOLE,
        *,
        credited: bool = True,
        money: bool = False,
    ) -> None:
        """Adds a number, split among those who are credited, else to nobody."""
        name = name_of(metric, influenced=self._influenced, money=money)
        if not credited or len(self._who) < 2:
            who = self._who[0] if credited and self._who else NOBODY
            add(self._given, Row(basis, day, who), name, number)
            return
        for who, part in zip(self._who, shares(number, self._parts), strict=True):
            add(self._given, Row(basis, day, who), name, part)

    def opportunity(self, one: Opportunity, rules: Rules) -> None:
        """Adds all that an opportunity gives; while it is in review, only that it is."""
        if one.state == REVIEW:
            add(self._given, Row(WAITING, rules.day(one.start).isoformat(), NOBODY), REVIEW, WHOLE)
            return
        counting = [stage for stage in one.stages if stage.counts]
        opened = self._open(one, rules)
        for stage in counting:
            day, credited = stage.day.isoformat(), stage.is_credited
            self.add(BY_DAY, day, stage.type, credited=credited)
            self.add(BY_DAY, day, stage.type, stage.money, credited=credited, money=True)
            if stage.type == WON:
                cycle = (stage.day - one.first_touch).days * WHOLE
                self.add(BY_DAY, day, CYCLE, cycle, credited=credited)
                self.add(BY_DAY, day, KEPT, WHOLE * _is_kept(one.stages), credited=credited)
                if opened and not one.influenced:
                    add(self._given, Row(BEFORE, day, NOBODY), WON_OF + opened, WHOLE)
        furthest = max((_FURTHEST.get(stage.type, 0) for stage in counting), default=0)
        late = any(stage.type == WON and not stage.is_credited for stage in counting)
        first = one.first_touch.isoformat()
        for kind in (TOUCHED, *REACHED[:furthest]):
            self.add(BY_COHORT, first, kind, credited=kind != WON or not late)

    def _open(self, one: Opportunity, rules: Rules) -> str:
        """Adds the pipeline that an opportunity generated; the day, empty if there is none."""
        found = value_told(one.stages, rules)
        if not found:
            return ""
        stage, money = found
        day, credited = stage.day.isoformat(), stage.type != WON or stage.is_credited
        self.add(BY_DAY, day, OPENED, credited=credited)
        self.add(BY_DAY, day, OPENED, money, credited=credited, money=True)
        return day


def _is_kept(stages: Sequence[Stage]) -> bool:
    """Whether whoever was won is still there: they did not leave, and not all was taken back."""
    if any(stage.type == CHURNED and stage.counts for stage in stages):
        return False
    brought = sum(stage.money for stage in stages if stage.type != REVERSED)
    taken = sum(stage.money for stage in stages if stage.type == REVERSED)
    return brought + taken > 0 or not taken


def value_told(stages: Sequence[Stage], rules: Rules) -> tuple[Stage, int] | None:
    """The stage at which an opportunity's value was told, and the value: pipeline generated.

    That is what was told at qualified, else the first amount that was told before won, else won's.
    """
    known = [stage for stage in stages if stage.counts or stage.type != WON]
    priced = [stage for stage in known if stage.amount and stage.type not in _LATER]
    sold = next((n for n, stage in enumerate(priced) if stage.type == WON), len(priced))
    before, at_won = priced[:sold], priced[sold : sold + 1]
    qualified = [stage for stage in before if stage.type == QUALIFIED]
    for stage in (*qualified, *before, *at_won):
        money = convert(stage.amount, stage.day, rules.currency, rules.rates)  # type: ignore[arg-type]
        if money is not None:
            return stage, money
    return None
