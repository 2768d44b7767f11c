"""The tables of a report: who and what brought how much, what was not counted, who came back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from passalong.events import BOOKED, HIT, INTRODUCED, MET, QUALIFIED, SHARED, VISITED
from passalong.figures.rows import BY_DAY, REASON
from passalong.report.headline import won_money
from passalong.report.model import Cell, Column, Line, Table
from passalong.report.opened import HITS, SOLD, key_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from passalong.known import Known
    from passalong.report.advocates import People
    from passalong.report.reading import Figures

SHORT: Final = (
    Column("visited", "count"),
    Column("meetings", "count"),
    Column("opened", "money"),
    Column("won", "money"),
)
"""The columns of the tables of the whole program."""
LONG: Final = (
    *(Column(code, "count") for code in (SHARED, INTRODUCED, VISITED, BOOKED, MET, QUALIFIED)),
    *SHORT[2:],
)
"""The columns where a report is broken down."""
LEADERS: Final = ("story", "medium", "message", "advocate", "region")
REPEAT: Final = (
    Column("introduced", "count", bar=True),
    Column("meetings", "count"),
    Column("won", "money"),
)
MORE: Final = 5
"""So many times the lines of others a page shows of the table that was picked."""
_MONEY: Final = frozenset({"opened", "won"})
_METRICS: Final = {"meetings": MET}


def tables_of(figures: Figures, most: int | None) -> tuple[Table, ...]:
    """The leaderboards, of each ``most`` lines; or the one of the breakdown, with more of them."""
    by = figures.picks.by
    if by != "all":
        return (_table(figures, by, LONG, most and most * MORE),)
    return tuple(
        _table(figures, each, SHORT, most)
        for each in LEADERS
        if each != "message" or _has_variants(figures)
    )


def _has_variants(figures: Figures) -> bool:
    """Whether a message of which there are several was passed on; else each is its medium's."""
    if not figures.program.experiments:
        return False
    return any("." in value for value in figures.lines(BY_DAY, "message"))


def _table(figures: Figures, by: str, columns: tuple[Column, ...], most: int | None) -> Table:
    sums = figures.lines(BY_DAY, by)
    only = figures.picks.only
    lines = [
        _line(figures, by, value, metrics, columns)
        for value, metrics in sums.items()
        if only in ("", value)
    ]
    lines = [line for line in lines if any(c.number or c.influenced for c in line.cells)]
    lines.sort(key=_rank)
    left = max(len(lines) - most, 0) if most else 0
    return Table(by, _with_bar(columns, lines), tuple(lines[:most]), left)


def _with_bar(columns: tuple[Column, ...], lines: list[Line]) -> tuple[Column, ...]:
    """The columns with a bar in the one that decides the order: the last that says anything."""
    telling = (place for place in range(len(columns)) if any(_total(e, place) for e in lines))
    last = max(telling, default=-1)
    return tuple(replace(column, bar=place == last) for place, column in enumerate(columns))


def _total(line: Line, place: int) -> int:
    cell = line.cells[place]
    return (cell.number or 0) + cell.influenced


def _rank(line: Line) -> tuple[object, ...]:
    """What brought most comes first: by what was won, opened, and so on to the first column; what
    is not attributed comes last."""
    totals = [-_total(line, place) for place in reversed(range(len(line.cells)))]
    return (not line.value, totals, line.label or line.value)


def _line(
    figures: Figures, by: str, value: str, sums: Mapping[str, int], columns: tuple[Column, ...]
) -> Line:
    cells = []
    for column in columns:
        metric = _METRICS.get(column.code, column.code)
        rows = key_of(figures.picks, SOLD if column.code == "won" else metric, by=by, value=value)
        if column.code == "won":
            figure = won_money(sums, rows)
        else:
            figure = figures.figure(sums, metric, money=column.code in _MONEY)
        is_any = bool(figure.sourced or figure.influenced)
        cells.append(
            Cell(figure.sourced, influenced=figure.influenced, rows=rows if is_any else "")
        )
    return Line(value, tuple(cells), label_of(figures.known, by, value))


def label_of(known: Known, by: str, value: str) -> str:
    """The name of what a line is about; empty where the words of its code say it."""
    name = _NAMES.get(by)
    return name(known, value) if name and value else ""


def _advocate(known: Known, value: str) -> str:
    advocate = known.advocate(value)
    return advocate.name if advocate else ""


def _owner(known: Known, value: str) -> str:
    return next((host.name for host in known.program.booking.hosts if host.id == value), value)


def _story(known: Known, value: str) -> str:
    stories = known.bundle.editorial.stories
    return next((story.title for story in stories if story.slug == value), "")


def _industry(known: Known, value: str) -> str:
    return known.program.texts[known.program.locale].industries.get(value, value)


_NAMES: Final[dict[str, Callable[[Known, str], str]]] = {
    "advocate": _advocate,
    "owner": _owner,
    "story": _story,
    "industry": _industry,
    "variant": lambda _, value: value.replace("=", ": "),
}


def hits_of(figures: Figures) -> Table | None:
    """How many visits were counted, and reason by reason what was not; of the whole program."""
    if figures.picks.by != "all":
        return None
    visited = figures.total()[VISITED]
    reasons = {reason: sums[HIT] for reason, sums in figures.lines(BY_DAY, REASON).items()}
    if not visited and not reasons:
        return None
    person = Line("person", (Cell(visited, rows=key_of(figures.picks, VISITED)),), own=True)
    others = [
        Line(reason, (Cell(n, rows=key_of(figures.picks, HITS, by=REASON, value=reason)),))
        for reason, n in sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
        if n
    ]
    return Table("hits", (Column("hits", "count", bar=True),), (person, *others))


def repeat_of(figures: Figures, people: People, most: int | None) -> Table | None:
    """Advocates who introduced somebody at least twice in the period."""
    if not people.again:
        return None
    sums = figures.lines(BY_DAY, "advocate")
    lines = []
    for who in people.again:
        won = won_money(sums[who])
        met = figures.figure(sums[who], MET)
        cells = (
            Cell(people.by_id[who].introduced),
            Cell(met.sourced, influenced=met.influenced),
            Cell(won.sourced, influenced=won.influenced),
        )
        lines.append(Line(who, cells, label_of(figures.known, "advocate", who)))
    lines.sort(key=lambda line: (-(line.cells[0].number or 0), line.label, line.value))
    left = max(len(lines) - most, 0) if most else 0
    return Table("repeat_advocates", REPEAT, tuple(lines[:most]), left)
