"""What is asked of the report as texts, and what programs are answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from passalong.report.model import (
    ACTS,
    AFTERWARDS,
    FUNNEL,
    MILLION,
    NUMBERS,
    UNITS,
    Figure,
)
from passalong.report.period import picks_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from passalong.program import Program
    from passalong.report.model import Cell, Column, Line, Picks, Report, Table, Unit
    from passalong.requests import Fields

ROWS = "rows"
"""The CSV of what somebody opened; ``rows/<key>`` says what that was."""


class Wanted(NamedTuple):
    """What somebody asks for: picks, the figure that they open, and the table that they want as
    CSV, each "" where it is none."""

    picks: Picks
    opened: str
    sheet: str


def wanted_by(program: Program, fields: Fields, now: datetime) -> Wanted:
    """What the fields ask for; two days that are in the wrong order are turned round.

    Raises BadPicks.
    """
    first, last = fields["from"], fields["to"]
    if first and last:
        first, last = sorted((first, last))
    named = {name: fields[name] for name in ("period", "by", "only")}
    picks = picks_of(program, now, first=first, last=last, **named)
    sheet, _, opened = fields["csv"].partition("/")
    return Wanted(picks, opened or fields["rows"], sheet)


def data_of(report: Report) -> dict[str, Any]:
    """A report for programs: ``figures`` by name; ``rows``, which are those of the figure that was
    opened, else of the breakdown, else what was opened and won over time; and the other ``tables``.

    Counts, rates, days and factors are numbers, money is whole minor units with its currency; what
    there is no number for is null. What the program only took part in is under ``influenced``.
    """
    picks = report.picks
    further = (report.channels, report.repeat_advocates, report.hits)
    tables = {one.code: one for one in (*report.tables, *filter(None, further))}
    table = report.rows or tables.pop(picks.by, None)
    return {
        "from": picks.first.isoformat(),
        "to": picks.last.isoformat(),
        "by": picks.by,
        "only": picks.only,
        "version": report.version,
        "counted_to": report.counted_to.isoformat(),
        "figures": _figures(report),
        "rows": _rows(table, report.currency) if table else _steps(report),
        "tables": {code: _rows(one, report.currency) for code, one in tables.items()},
    }


def _figures(report: Report) -> dict[str, Any]:
    currency, said = report.currency, report.sentence
    stages = (*report.funnel, *report.acts, *report.afterwards)
    counts = {one.code: one.count for one in stages}
    codes = (*FUNNEL, *ACTS, *AFTERWARDS)
    every: list[tuple[str, Unit, Figure]] = [(c, "count", counts.get(c, Figure())) for c in codes]
    every += [("pipeline_generated", "money", said.opened), ("pipeline_won", "money", said.won)]
    rates = {one.code: one.rate for one in report.funnel}
    numbers = {one.code: one.value for one in report.numbers}
    return {
        **{name: _number(unit, figure.sourced, currency) for name, unit, figure in every},
        **{code: _number(UNITS[code], numbers.get(code), currency) for code in NUMBERS},
        "review": _number("count", report.review.sourced, currency),
        "waiting": len(report.inbox) + report.inbox_left_out,
        "rates": {code: _number("rate", rates.get(code), currency) for code in FUNNEL[1:]},
        "influenced": {
            name: _number(unit, figure.influenced, currency)
            for name, unit, figure in every
            if figure.influenced
        },
    }


def _rows(table: Table, currency: str) -> list[dict[str, Any]]:
    return [_row(line, table.columns, currency) for line in table.lines]


def _steps(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "value": point.first.isoformat(),
            "opened": _number("money", point.opened.sourced, report.currency),
            "won": _number("money", point.won.sourced, report.currency),
        }
        for point in report.series.points
    ]


def _row(line: Line, columns: Iterable[Column], currency: str) -> dict[str, Any]:
    cells = list(zip(columns, line.cells, strict=True))
    row: dict[str, Any] = {"value": line.value, "label": line.label}
    row |= {column.code: _cell(cell, column.unit, currency) for column, cell in cells}
    more = {
        column.code: _number(column.unit, cell.influenced, currency)
        for column, cell in cells
        if cell.influenced
    }
    return row | ({"influenced": more} if more else {})


def _cell(cell: Cell, unit: Unit, currency: str) -> Any:
    if unit in {"text", "day"}:
        return cell.text or cell.code
    return _number(unit, cell.number, currency)


def _number(unit: Unit, value: int | None, currency: str) -> Any:
    if value is None:
        return None
    return {"value": value, "currency": currency} if unit == "money" else whole(value)


def whole(millionths: int | None) -> float | None:
    """A count, a rate, days or a factor as programs read it: 310,000 is 0.31, 2,000,000 is 2."""
    if millionths is None:
        return None
    return millionths / MILLION if millionths % MILLION else millionths // MILLION
