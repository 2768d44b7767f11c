"""Tables of a report as HTML: numbers that open their rows, with bars in the cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from passalong.report.charts import bar
from passalong.report.html import Html, html, join, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from passalong.report.model import Cell, Column, Line, Table, Unit
    from passalong.report.words import Words

PICKS: Final = "picks"
"""The id of the form that every number belongs to: pressed, it opens its rows."""


def number(said: str, rows: str) -> Html:
    """A number that opens its rows, where it has some."""
    if not rows:
        return html(said)
    return tag("button", said, type="submit", form=PICKS, name="rows", value=rows, class_="number")


def influenced(unit: Unit, more: int, words: Words) -> Html:
    """What the program only took part in, as a small number beside another."""
    if not more:
        return html("")
    what = tag("span", words.say("influenced"), class_="unseen")
    return tag("small", f"{words.signed('+')}{words.number(unit, more)} ", what)


def csv_button(code: str, words: Words, value: str) -> Html:
    """What hands out a table as CSV, which is asked for by ``value``."""
    name = words.text("csv_of", table=words.text(f"table.{code}"))
    return tag(
        "button",
        words.text("csv"),
        type="submit",
        form=PICKS,
        name="csv",
        value=value,
        class_="csv",
        aria_label=name,
    )


def plain(
    heads: Sequence[str], lines: Iterable[Sequence[Html]], *, caption: str, class_: str = ""
) -> Html:
    """A table of finished cells, the first of each line its heading."""
    head = tag("tr", *(tag("th", each, scope="col") for each in heads))
    body = [
        tag("tr", tag("th", first, scope="row"), *(tag("td", cell) for cell in cells))
        for first, *cells in lines
    ]
    return tag(
        "table",
        tag("caption", caption, class_="unseen"),
        tag("thead", head),
        tag("tbody", *body),
        class_=f"numbers {class_} cols-{len(heads) - 1}".replace("  ", " "),
    )


def table(data: Table, words: Words) -> Html:
    """A table of the model; columns with bars share the scale of their own largest number."""
    largest = [_largest(data.lines, place) for place in range(len(data.columns))]
    heads = [
        tag("th", words.text(f"first.{data.code}"), scope="col"),
        *(
            tag("th", words.text(f"column.{column.code}"), scope="col", class_=_kind(column))
            for column in data.columns
        ),
    ]
    body = [_line(line, data, largest, words) for line in data.lines]
    made = tag(
        "table",
        tag("caption", words.text(f"table.{data.code}"), class_="unseen"),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *body),
        class_=f"numbers{' rows' if data.code == 'rows' else ''} cols-{len(data.columns)}",
    )
    if not data.left_out:
        return made
    return join(
        [made, tag("p", words.say("left_out", n=words.count(data.left_out)), class_="note")]
    )


def _line(line: Line, data: Table, largest: Sequence[int], words: Words) -> Html:
    name = number(words.line(data.code, line), line.rows)
    cells = [
        tag("td", *_cell(cell, column, most, words), class_=_kind(column))
        for cell, column, most in zip(line.cells, data.columns, largest, strict=True)
    ]
    return tag("tr", tag("th", name, scope="row"), *cells, class_="own" if line.own else None)


def _cell(cell: Cell, column: Column, largest: int, words: Words) -> Iterable[Html]:
    said = number(words.cell(column.code, column.unit, cell), cell.rows)
    yield join([said, influenced(column.unit, cell.influenced, words)], " ")
    if column.bar:
        yield bar(cell.number or 0, largest, cell.influenced)


def _kind(column: Column) -> str | None:
    """What a column's cells are like: words begin where lines begin, numbers end where they end."""
    kind = "words" if column.unit in {"text", "day"} else ""
    return f"{kind} bars".strip() if column.bar else kind or None


def _largest(lines: Iterable[Line], place: int) -> int:
    cells = (line.cells[place] for line in lines)
    return max(((cell.number or 0) + cell.influenced for cell in cells), default=0)
