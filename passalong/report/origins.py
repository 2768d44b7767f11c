"""The rows of a figure: what it is the sum of, the newest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.attribution.credit import OUTSIDE
from passalong.attribution.money import shares
from passalong.attribution.rules import rules_of
from passalong.attribution.stages import STAGES
from passalong.events import ASKED, HIT, INTRODUCED, SHARED, VISITED
from passalong.figures.contribution import value_told
from passalong.figures.rows import (
    BY_DAY,
    NOBODY,
    OPENED,
    REASON,
    REVIEW,
    TABLES,
    UNIT,
    WAITING,
    About,
    Who,
    name_of,
    table,
)
from passalong.figures.showing import shown
from passalong.ledger.port import NotFound
from passalong.report.headline import WON_MONEY
from passalong.report.leaders import label_of
from passalong.report.model import MILLION, Cell, Column, Line, Table
from passalong.report.opened import ACTED, HITS, SOLD
from passalong.report.period import BadPicks
from passalong.report.reading import PEOPLE, Figures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from passalong.attribution.opportunities import Opportunity
    from passalong.attribution.stages import Stage
    from passalong.attribution.touchpoints import Touchpoint
    from passalong.figures.showing import Shown
    from passalong.ledger.port import Person
    from passalong.report.opened import Opened

MOST: Final = 100
"""Rows that a page shows, about; the CSV has all."""
COLUMNS: Final = (
    *(Column(code, "text") for code in ("who", "company", "stage", "advocate", "story")),
    *(Column(code, "text") for code in ("medium", "evidence", "credit")),
    Column("share", "rate"),
    Column("amount", "money"),
    Column("source", "text"),
)
_COUNTED: Final = {
    ASKED: (ASKED,),
    SHARED: (SHARED,),
    INTRODUCED: (INTRODUCED, name_of(INTRODUCED, influenced=True)),
    VISITED: (VISITED,),
    ACTED: (SHARED, INTRODUCED, name_of(INTRODUCED, influenced=True)),
    HITS: (HIT,),
}
"""Figures of what was only counted: their rows are days, by advocate where that is known."""
_TOLD: Final = {SOLD: WON_MONEY, **{stage: (stage,) for stage in (*STAGES, OPENED, REVIEW)}}
"""Figures of what became of somebody."""


class _Row(NamedTuple):
    """A stage of an opportunity, and the part of it that a touchpoint is credited with."""

    stage: str
    event: str
    touch: Touchpoint | None
    who: Who
    part: int
    money: int
    reason: str


def rows_of(figures: Figures, opened: Opened, most: int | None = MOST) -> Table:
    """The rows of a figure, about ``most`` of them or all. Raises BadPicks where there is no such
    figure."""
    if opened.figure in _COUNTED:
        return _counted(figures, opened, most)
    if opened.figure in _TOLD:
        return _told(figures, opened, most)
    raise BadPicks("rows", "rows must be as the report gave it")


# --- What was only counted ----------------------------------------------------------------------


def _counted(figures: Figures, opened: Opened, most: int | None) -> Table:
    by = "advocate" if opened.by in PEOPLE else opened.by
    lines = []
    for cell, metrics in reversed(figures.days(by)):
        number = sum(metrics.get(metric, 0) for metric in _COUNTED[opened.figure])
        is_within = opened.first.isoformat() <= cell.day <= opened.last.isoformat()
        if number and is_within and _is_of(figures, opened, by, cell.value):
            label = label_of(figures.known, by, cell.value)
            name = Cell(text=label, code=cell.value or "none")
            lines.append(Line(cell.day, (name, Cell(number))))
    code = "hits" if by == REASON else by
    columns = (Column(code, "text"), Column(opened.figure, "count"))
    left = len(lines) - len(lines[:most])
    return Table("rows", columns, tuple(lines[:most]), left, opened.figure)


def _is_of(figures: Figures, opened: Opened, by: str, value: str) -> bool:
    """Whether a cell is one of those that a figure is the sum of."""
    if opened.by == "all":
        return True
    if opened.by == by:
        return opened.value in figures.values(by, value)
    advocate = figures.known.advocate(value)  # by the lists as they are now
    return getattr(advocate, opened.by, "") == opened.value


# --- What became of somebody --------------------------------------------------------------------


def _told(figures: Figures, opened: Opened, most: int | None) -> Table:
    days = _days(figures, opened)
    found = shown(
        figures.ledger,
        figures.generation,
        list(dict.fromkeys(unit for _, unit in days[:most])),
        rules_of(figures.program),
        figures.program.id,
    )
    names = _Names(figures, at_once=len(days[:most]) > MOST)
    lines = [
        Line(day, names.cells(row, found[unit]))
        for day, unit in days[:most]
        for row in _rows(figures, found[unit], day, opened)
        if _is_meant(figures, opened, row.who)
    ]
    left = len(days) - len(days[:most])
    about = "won" if opened.figure == SOLD else opened.figure
    return Table("rows", COLUMNS, tuple(lines), left, about)


def _days(figures: Figures, opened: Opened) -> list[tuple[str, str]]:
    """The days and units that a figure comes from, the newest first."""
    basis = WAITING if opened.figure == REVIEW else BY_DAY
    first, last = opened.first.isoformat(), opened.last.isoformat()
    if opened.figure == REVIEW:
        first, last = "0001-01-01", "9999-12-31"  # whoever waits, waits
    wanted = {
        name_of(metric, influenced=apart)
        for metric in _TOLD[opened.figure]
        for apart in (False, True)
    }
    cells = figures.ledger.figures(table(figures.generation, basis, UNIT), first, last)
    return [(cell.day, cell.value) for cell, sums in reversed(cells) if wanted & sums.keys()]


def _is_meant(figures: Figures, opened: Opened, who: Who) -> bool:
    if opened.by == "all":
        return True
    value = dict(zip(TABLES, who.values(), strict=True)).get(opened.by, "")
    return opened.value in figures.values(opened.by, value)


def _rows(figures: Figures, unit: Shown, day: str, opened: Opened) -> Iterator[_Row]:
    rules = rules_of(figures.program)
    for one in unit.opportunities:
        if one.state == REVIEW:
            if opened.figure == REVIEW and rules.day(one.start).isoformat() == day:
                yield from _in_review(one)
            continue
        if opened.figure == OPENED:
            told = value_told(one.stages, rules)
            if told and told[0].day.isoformat() == day:
                yield from _parts(one, told[0], told[1], unit, OPENED)
            continue
        for stage in one.stages:
            is_then = stage.counts and stage.day.isoformat() == day
            if is_then and stage.type in _TOLD[opened.figure]:
                yield from _parts(one, stage, stage.money, unit, stage.type)


def _in_review(one: Opportunity) -> Iterator[_Row]:
    touch = one.touchpoints[0] if one.touchpoints else None
    yield _Row(one.stages[0].type, one.id, touch, NOBODY, MILLION, 0, one.credit.reason)


def _parts(one: Opportunity, stage: Stage, money: int, unit: Shown, kind: str) -> Iterator[_Row]:
    """A row for each touchpoint that is credited, or one for nobody."""
    credited = stage.is_credited or kind == OPENED
    if not credited or not one.credit.shares:
        reason = one.credit.reason if credited else OUTSIDE
        yield _Row(kind, stage.id, None, NOBODY, MILLION, money, reason)
        return
    parts = one.credit.fractions
    split = zip(one.credit.shares, shares(MILLION, parts), shares(money, parts), strict=True)
    for share, part, amount in split:
        touch = share.touchpoint
        about = unit.about.get(touch.advocate, About())
        who = Who(touch.advocate, about, touch.medium, touch.story, touch.variant)
        yield _Row(kind, stage.id, touch, who, part, amount, one.credit.reason)


class _Names:
    """Who people are, looked up once: they may be removed by now, and then have no name.

    Where there are many, everybody is read ``at_once``, which takes fewer calls than each alone.
    """

    def __init__(self, figures: Figures, *, at_once: bool) -> None:
        self._figures = figures
        self._found: dict[str, tuple[str, str]] = {}
        everybody = figures.ledger.people() if at_once else ()
        self._people = {person.id: person for person in everybody} if at_once else None

    def cells(self, row: _Row, unit: Shown) -> tuple[Cell, ...]:
        known, event, touch = self._figures.known, unit.events.get(row.event), row.touch
        referees = (event.referee if event else "", touch.referee if touch else "")
        name, company = self._person(filter(None, referees))
        advocate = touch.advocate if touch else ""
        story = touch.story if touch else ""
        return (
            Cell(text=name),
            Cell(text=company),
            Cell(code=row.stage),
            Cell(text=label_of(known, "advocate", advocate), code=advocate),
            Cell(text=label_of(known, "story", story), code=story),
            Cell(code=touch.medium if touch else ""),
            Cell(code=touch.evidence if touch else ""),
            Cell(code=row.reason),
            Cell(row.part),
            Cell(row.money or None),
            Cell(code=event.data.get("source", "") if event else ""),
        )

    def _person(self, referees: Iterable[str]) -> tuple[str, str]:
        for referee in referees:
            if referee not in self._found:
                self._found[referee] = self._looked_up(referee)
            return self._found[referee]
        return "", ""

    def _looked_up(self, referee: str) -> tuple[str, str]:
        person = self._person_with(referee)
        if person:
            return person.name, person.company
        listed = self._figures.known.referee(referee)
        return (listed.name, listed.company) if listed else ("", "")

    def _person_with(self, referee: str) -> Person | None:
        if self._people is not None:
            return self._people.get(referee)
        try:
            return self._figures.ledger.person(referee)
        except NotFound:
            return None
