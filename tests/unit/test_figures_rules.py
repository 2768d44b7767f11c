"""Figures of every rule, held to a recomputation that counts opportunities one by one, in the plain
way: no rows, no units, no differences. tests/figures_in_sql.py does so for the first touch alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from passalong.attribution.models import fractions
from passalong.attribution.money import convert
from passalong.attribution.opportunities import Opportunity, accounts_of, opportunities_of
from passalong.attribution.rules import Rule
from passalong.attribution.touchpoints import Touchpoint, counted, touchpoints_of
from passalong.events import Event
from passalong.figures.rows import tables
from passalong.figures.taking import take
from passalong.ledger.sqlite import open_file
from tests.simulated_year import Year, about, rules

WHOLE = 1_000_000
FURTHEST = {"booked": 1, "met": 2, "qualified": 3, "won": 4, "renewed": 4, "expanded": 4}
Sums = dict[tuple[str, str], Counter[str]]
"""By table and value, over all days."""


def split(total: int, parts: list[Fraction]) -> list[int]:
    """By largest remainder, the earlier of two alike first."""
    sign, total = (1, total) if total >= 0 else (-1, -total)
    whole = [int(total * part) for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda n: (whole[n] - total * parts[n], n))
    for place in by_rest[: total - sum(whole)]:
        whole[place] += 1
    return [sign * part for part in whole]


class Naive:
    def __init__(self, rule: Rule) -> None:
        self.rules, self.sums = rules(rule), defaultdict[tuple[str, str], Counter[str]](Counter)

    def to(self, basis: str, touch: Touchpoint | None, metric: str, number: int) -> None:
        advocate = touch.advocate if touch else ""
        said = about(advocate) if advocate else None
        medium, variant = (touch.medium, touch.variant) if touch else ("", "")
        values = {
            "all": "",
            "advocate": advocate,
            "medium": medium,
            "story": touch.story if touch else "",
            "variant": variant,
            "message": f"{medium}.{variant}" if variant else medium,
        } | {name: getattr(said, name, "") for name in ("kind", "owner", "region", "industry")}
        for by, value in values.items():
            self.sums[f"{basis}.{by}", value][metric] += number

    def shared(
        self, basis: str, touches: list[tuple[Touchpoint, Fraction]], metric: str, number: int
    ) -> None:
        if not touches:
            self.to(basis, None, metric, number)
        parts = split(number, [part for _, part in touches]) if touches else []
        for (touch, _), part in zip(touches, parts, strict=True):
            self.to(basis, touch, metric, part)

    def unit(self, events: list[Event]) -> None:
        found = opportunities_of(events, self.rules)
        for one in found:
            self.opportunity(one)
        touches = touchpoints_of(events)
        if touches and not found:
            touches = counted(touches, touches[0].at, touches[-1].at)
            parts = [
                pair
                for pair in zip(touches, fractions(self.rules.rule, touches), strict=True)
                if pair[1]
            ]
            words = [e.classification for e in sorted(events, key=lambda e: (e.at, e.id))]
            said = next((word for word in words if word in ("sourced", "influenced")), "")
            tail = ".influenced" if said == "influenced" else ""
            self.shared("c", parts, f"touched{tail}", WHOLE)

    def opportunity(self, one: Opportunity) -> None:
        if one.state == "review":
            return
        tail = ".influenced" if one.influenced else ""
        touches = [(share.touchpoint, share.part) for share in one.credit.shares]
        stages = [stage for stage in one.stages if stage.counts]
        opened = self.opened(one)
        if opened:
            credited = touches if opened[2] else []
            self.shared("e", credited, f"opened{tail}", WHOLE)
            self.shared("e", credited, f"opened{tail}.money", opened[1])
        gone = any(stage.type == "churned" for stage in stages)
        left = sum(stage.money for stage in one.stages)
        is_taken = any(stage.money < 0 for stage in one.stages)
        for stage in stages:
            credited = touches if stage.is_credited else []
            self.shared("e", credited, f"{stage.type}{tail}", WHOLE)
            self.shared("e", credited, f"{stage.type}{tail}.money", stage.money)
            if stage.type == "won":
                cycle = (stage.day - one.first_touch).days * WHOLE
                self.shared("e", credited, f"cycle_days{tail}", cycle)
                kept = not gone and (left > 0 or not is_taken)
                self.shared("e", credited, f"kept{tail}", WHOLE * kept)
                if opened and not one.influenced:
                    self.sums["o.all", ""][f"won.of.{opened[0]}"] += WHOLE
        types = {stage.type for stage in stages}
        furthest = 4 if "churned" in types else max((FURTHEST.get(t, 0) for t in types), default=0)
        late = any(stage.type == "won" and not stage.is_credited for stage in stages)
        for step, kind in enumerate(("touched", "booked", "met", "qualified", "won")):
            if step <= furthest:
                self.shared("c", [] if kind == "won" and late else touches, kind + tail, WHOLE)

    def opened(self, one: Opportunity) -> tuple[date, int, bool] | None:
        """When the value was told, the value, and whether that is credited."""
        told = []
        for stage in one.stages:
            if stage.amount and stage.type not in ("renewed", "expanded", "churned", "reversed"):
                money = convert(stage.amount, stage.day, "EUR", self.rules.rates)
                told.append((stage, money))
                if stage.type == "won":
                    break
        found = [(stage, money) for stage, money in told if money is not None]
        for wanted in (("qualified",), None, ("won",)):
            for stage, money in found:
                if stage.type in (wanted or (set(FURTHEST) | {"lost", "disqualified"}) - {"won"}):
                    return stage.day, money, stage.type != "won" or stage.is_credited
        return None


def naive(events: Iterable[Event], rule: Rule) -> Sums:
    once = list({event.id: event for event in events}.values())
    counting = Naive(rule)
    for group in accounts_of(once).values():
        counting.unit(group)
    return {key: sums for key, sums in counting.sums.items() if non_zero(sums)}


@pytest.mark.parametrize("rule", ["first", "last", "linear", "position"])
@pytest.mark.parametrize("seed", [31, 32, 33])
def test_figures_of_each_rule_are_those_of_its_opportunities(
    tmp_path: Path, rule: Rule, seed: int
) -> None:
    events = Year(seed, 1200).events()
    mixed = [*events, *events[::4]]
    Random(seed).shuffle(mixed)
    ledger = open_file(tmp_path / "ledger.db", "leeway")
    take(ledger, mixed, about, rules(rule), generation=1)
    found: Sums = defaultdict(Counter)
    alone = ("asked", "shared", "visited", "hit", "introduced", "declined")
    for table in tables(1):
        name = table.partition(".")[2]
        for cell, metrics in ledger.figures(table, "0001-01-01", "9999-12-31"):
            stages = {m: n for m, n in metrics.items() if m.partition(".")[0] not in alone}
            if stages and not name.endswith((".unit", ".reason", ".month", "r.all")):
                found[name, cell.value].update(stages)
    ledger.close()
    shown = {key: kept for key, sums in found.items() if (kept := Counter(non_zero(sums)))}
    assert shown == {key: Counter(non_zero(sums)) for key, sums in naive(mixed, rule).items()}
    total = Counter(non_zero(found["e.all", ""]))
    for by in ("advocate", "region", "story", "message"):  # parts make the whole
        parts = Counter[str]()
        for (name, _), sums in found.items():
            if name == f"e.{by}":
                parts.update(sums)
        assert Counter(non_zero(parts)) == total


def non_zero(sums: Counter[str]) -> dict[str, int]:
    return {metric: number for metric, number in sums.items() if number}
