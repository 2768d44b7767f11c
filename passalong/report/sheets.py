"""Every table of a report as CSV, for spreadsheets and programs: codes, plain numbers, ISO days."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from passalong.currencies import decimals_of
from passalong.report.model import MILLION, UNITS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.report.model import Cell, Experiment, Report, Stage, Table, Unit, Waiting

Rows = list[list[str]]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def sheets_of(report: Report) -> dict[str, Rows]:
    """Every table by its code, the first row the codes of its columns.

    Numbers have a point and no groups, money is in whole units of the currency, rates are shares of
    one; what there is no number for is empty. Beside the report's own tables there are ``funnel``,
    ``series``, ``numbers``, ``experiments`` and ``inbox``.
    """
    further = (report.channels, report.repeat_advocates, report.hits, report.rows)
    tables = [*report.tables, *filter(None, further)]
    return {
        "funnel": _funnel((*report.funnel, *report.afterwards)),
        "series": _series(report),
        "numbers": _numbers(report),
        **{table.code: _table(table, report.currency) for table in tables},
        "experiments": _experiments(report.experiments),
        "inbox": _inbox(report.inbox),
    }


def tables_as_csv(report: Report) -> dict[str, str]:
    """Every table that has rows, as CSV by the name of its file."""
    sheets = sheets_of(report).items()
    return {f"{code}.csv": written(rows) for code, rows in sheets if len(rows) > 1}


def written(rows: Rows) -> str:
    """Rows as CSV (RFC 4180). A text that a spreadsheet would take for a formula is quoted by an
    apostrophe; a number is left as it is.
    """
    out = io.StringIO()
    csv.writer(out).writerows([[_harmless(text) for text in row] for row in rows])
    return out.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text[:1] == "-" and text[1:].replace(".", "", 1).isdecimal()


def _funnel(stages: Iterable[Stage]) -> Rows:
    rows = [["stage", "sourced", "influenced", "rate"]]
    for stage in stages:
        count = stage.count
        numbers = (count.sourced, count.influenced, stage.rate)
        rows.append([stage.code, *(_number("count", number, "") for number in numbers)])
    return rows


def _series(report: Report) -> Rows:
    rows = [["first", "opened", "opened_influenced", "won", "won_influenced"]]
    for point in report.series.points:
        figures = (point.opened, point.won)
        amounts = [part for figure in figures for part in (figure.sourced, figure.influenced)]
        money = [_number("money", amount, report.currency) for amount in amounts]
        rows.append([point.first.isoformat(), *money])
    return rows


def _numbers(report: Report) -> Rows:
    found = ([n.code, _number(UNITS[n.code], n.value, report.currency)] for n in report.numbers)
    return [["number", "value"], *found]


def _table(table: Table, currency: str) -> Rows:
    heads, places = [table.code], []
    for place, column in enumerate(table.columns):
        apart = any(line.cells[place].influenced for line in table.lines)
        heads += [column.code, f"{column.code}_influenced"] if apart else [column.code]
        places.append((place, column.unit, apart))
    rows = [heads]
    for line in table.lines:
        row = [line.label or line.value]
        for place, unit, apart in places:
            cell = line.cells[place]
            row.append(_cell(cell, unit, currency))
            if apart:
                row.append(_number(unit, cell.influenced, currency))
        rows.append(row)
    return rows


def _cell(cell: Cell, unit: Unit, currency: str) -> str:
    if unit in {"text", "day"}:
        return cell.text or cell.code
    return _number(unit, cell.number, currency)


def _number(unit: Unit, value: int | None, currency: str) -> str:
    if value is None:
        return ""
    if unit == "money":
        return f"{Decimal(value).scaleb(-decimals_of(currency)):f}"
    whole, part = divmod(abs(value), MILLION)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole}" + (f".{part:06}".rstrip("0") if part else "")


def _experiments(experiments: Iterable[Experiment]) -> Rows:
    rows = [["about", "variant", "assigned", "acted", "rate", "low", "high", "weight", "verdict"]]
    for one in experiments:
        for arm in one.arms:
            shares = (arm.rate, arm.low, arm.high, arm.weight)
            numbers = [str(arm.assigned), str(arm.acted)]
            numbers += [_number("rate", share, "") for share in shares]
            said = one.code if one.code != "better" or arm.variant == one.winner else ""
            rows.append([one.about, arm.variant, *numbers, said])
    return rows


def _inbox(inbox: Iterable[Waiting]) -> Rows:
    rows = [["id", "at", "source", "reason", "said", "amount", "currency"]]
    for one in inbox:
        amount = _number("money", one.amount, one.currency)
        rows.append(
            [one.id, one.at.isoformat(), one.source, one.reason, one.said, amount, one.currency]
        )
    return rows
