"""Every table of a report as CSV, for spreadsheets and programs: codes and ids with their names,
plain numbers, ISO days.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from passalong.currencies import decimals_of
from passalong.report.html import text_of
from passalong.report.model import MILLION, UNITS
from passalong.report.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from passalong.locales import Locale
    from passalong.report.model import Cell, Column, Experiment, Report, Stage, Table, Unit, Waiting

Rows = list[list[str]]
_FIRST: Final = {
    "channels": "channel",
    "repeat_advocates": "advocate",
    "hits": "reason",
    "rows": "day",
}
"""What the first column of a table is, where that is not what the table is called by."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def sheets_of(report: Report, locale: Locale) -> dict[str, Rows]:
    """Every table by its code, the first row the codes of its columns.

    A line begins with its code or id and the name of that, in the words of ``locale``. Numbers have
    a point and no groups, money is in whole units of the ``currency`` that the last column names,
    rates are shares of one; what there is no number for is empty. Beside the report's own tables
    there are ``funnel``, ``series``, ``numbers``, ``experiments`` and ``inbox``.
    """
    words = Words(locale, report.currency)
    further = (report.channels, report.repeat_advocates, report.hits, report.rows)
    tables = [*report.tables, *filter(None, further)]
    return {
        "funnel": _funnel((*report.funnel, *report.afterwards), words),
        "series": _series(report),
        "numbers": _numbers(report, words),
        **{table.code: _table(table, words) for table in tables},
        "experiments": _experiments(report.experiments),
        "inbox": _inbox(report.inbox),
    }


def tables_as_csv(report: Report, locale: Locale) -> dict[str, str]:
    """Every table that has rows, as CSV by the name of its file."""
    sheets = sheets_of(report, locale).items()
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


def _funnel(stages: Iterable[Stage], words: Words) -> Rows:
    rows = [["stage", "name", "sourced", "influenced", "rate"]]
    for stage in stages:
        count = stage.count
        numbers = (count.sourced, count.influenced, stage.rate)
        named = [stage.code, words.text(f"stage.{stage.code}")]
        rows.append([*named, *(_number("count", number, "") for number in numbers)])
    return rows


def _series(report: Report) -> Rows:
    rows = [["first", "opened", "opened_influenced", "won", "won_influenced", "currency"]]
    for point in report.series.points:
        figures = (point.opened, point.won)
        amounts = [part for figure in figures for part in (figure.sourced, figure.influenced)]
        money = [_number("money", amount, report.currency) for amount in amounts]
        rows.append([point.first.isoformat(), *money, report.currency])
    return rows


def _numbers(report: Report, words: Words) -> Rows:
    rows = [["number", "name", "value", "currency"]]
    for one in report.numbers:
        unit, name = UNITS[one.code], words.text(f"number.{one.code}")
        currency = report.currency if unit == "money" else ""
        rows.append([one.code, name, _number(unit, one.value, report.currency), currency])
    return rows


def _table(table: Table, words: Words) -> Rows:
    heads, rows = [_FIRST.get(table.code, table.code)], [[line.value] for line in table.lines]
    if table.code != "rows":
        heads.append("name")
        for row, line in zip(rows, table.lines, strict=True):
            row.append(text_of(words.line(table.code, line)))
    for place, column in enumerate(table.columns):
        cells = [line.cells[place] for line in table.lines]
        more, texts = _column(column, cells, words.currency)
        heads += more
        for row, added in zip(rows, texts, strict=True):
            row.extend(added)
    if any(column.unit == "money" for column in table.columns):
        heads.append("currency")
        for row in rows:
            row.append(words.currency)
    return [heads, *rows]


def _column(column: Column, cells: Sequence[Cell], currency: str) -> tuple[list[str], Rows]:
    """The heads of a column and what stands below: a name behind its code where there are both, and
    what was influenced behind its number where there is any."""
    code, unit = column.code, column.unit
    if unit in {"text", "day"}:
        if any(cell.code and cell.text for cell in cells):
            return [code, f"{code}_name"], [[cell.code, cell.text] for cell in cells]
        return [code], [[cell.text or cell.code] for cell in cells]
    numbers = [[_number(unit, cell.number, currency)] for cell in cells]
    if not any(cell.influenced for cell in cells):
        return [code], numbers
    more = (_number(unit, cell.influenced, currency) for cell in cells)
    return [code, f"{code}_influenced"], [
        [*each, other] for each, other in zip(numbers, more, strict=True)
    ]


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
