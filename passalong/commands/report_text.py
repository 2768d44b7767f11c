"""A report for a terminal: its sentence and its tables, aligned in any script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.table import Table as Drawn
from rich.text import Text

from passalong.report.html import text_of
from passalong.report.model import UNITS
from passalong.report.opening import is_broken_down, sentence
from passalong.report.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from passalong.locales import Locale
    from passalong.report.model import Figure, Report, Stage, Table, Unit

_WORDS: Final = frozenset({"text", "day"})


def lines_of(report: Report, locale: Locale) -> Iterator[RenderableType]:
    """What there is to print, one after the other."""
    words = Words(locale, report.currency)
    picks = report.picks
    yield Text(text_of(sentence(report, words)), style="bold")
    days = (words.day(picks.first), words.day(picks.last))
    at = f"{report.counted_to:%Y-%m-%d %H:%M} UTC"
    yield Text(words.text("counted", first=days[0], last=days[1], at=at), style="dim")
    yield Text(f"(+…): {words.text('influenced')}", style="dim")
    if report.review.sourced:
        n = words.number("count", report.review.sourced)
        yield Text(words.counted("said.review", report.review.sourced, n))
    picked = report.tables if is_broken_down(report) else ()
    others = () if picked else report.tables
    yield from (_table(table, words) for table in picked if table.lines)
    yield _funnel(report, words)
    yield _series(report, words)
    yield _numbers(report, words)
    for table in (*others, report.channels, report.repeat_advocates, report.hits):
        if table and table.lines:
            yield _table(table, words)
    waiting = len(report.inbox) + report.inbox_left_out
    if waiting:
        yield Text(f"{waiting} in the inbox, which “build.py inbox” lists.")


def _drawn(title: str, heads: Sequence[str], words_in: Sequence[bool] = ()) -> Drawn:
    """A table to fill: words begin where lines begin, numbers end where they end."""
    made = Drawn(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for place, head in enumerate(heads):
        is_words = words_in[place] if words_in else place == 0
        made.add_column(head, justify="left" if is_words else "right", no_wrap=True)
    return made


def _figure(figure: Figure, unit: Unit, words: Words) -> str:
    said = words.number(unit, figure.sourced)
    if not figure.influenced:
        return said
    return _with_more(said, words.number(unit, figure.influenced))


def _with_more(said: str, more: str) -> str:
    """A number, and what was only influenced."""
    return f"{said} (+{more})"


def _funnel(report: Report, words: Words) -> Drawn:
    heads = [words.text(f"funnel.{head}") for head in ("stage", "count", "rate")]
    made = _drawn(words.text("table.funnel"), heads)
    after = [one for one in report.afterwards if one.count.sourced or one.count.influenced]
    for place, stage in enumerate((*report.funnel, *after)):
        made.add_row(*_stage(stage, words, has_rate=0 < place < len(report.funnel)))
    return made


def _stage(stage: Stage, words: Words, *, has_rate: bool) -> tuple[str, str, str]:
    rate = words.number("rate", stage.rate) if has_rate else ""
    return words.text(f"stage.{stage.code}"), _figure(stage.count, "count", words), rate


def _series(report: Report, words: Words) -> Drawn:
    series = report.series
    heads = [words.text(f"series.{head}") for head in (series.step, "opened", "won")]
    made = _drawn(words.text("table.series"), heads)
    for point in series.points:
        money = (_figure(figure, "money", words) for figure in (point.opened, point.won))
        made.add_row(point.first.isoformat(), *money)
    return made


def _numbers(report: Report, words: Words) -> Drawn:
    made = _drawn(words.text("table.numbers"), ["", "", ""], (True, False, True))
    made.show_header = False
    for number in report.numbers:
        said = words.number(UNITS[number.code], number.value)
        note = words.text(f"note.{number.code}")
        made.add_row(words.text(f"number.{number.code}"), said, Text(note, style="dim"))
    return made


def _table(table: Table, words: Words) -> Drawn:
    heads = [words.text(f"first.{table.code}")]
    heads += [words.text(f"column.{column.code}") for column in table.columns]
    in_words = [True, *(column.unit in _WORDS for column in table.columns)]
    made = _drawn(words.text(f"table.{table.code}"), heads, in_words)
    for line in table.lines:
        cells = []
        for column, cell in zip(table.columns, line.cells, strict=True):
            said = text_of(words.cell(column.code, column.unit, cell))
            if cell.influenced:
                said = _with_more(said, words.number(column.unit, cell.influenced))
            cells.append(said)
        made.add_row(Text(text_of(words.line(table.code, line))), *cells)
    if table.left_out:
        made.caption = words.text("left_out", n=words.count(table.left_out))
        made.caption_justify = "left"
    return made
