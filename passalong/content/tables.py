"""CSV: its header held against the names we know, its rows read in slices with their lines.

Source: RFC 4180; semicolons and tabs, as spreadsheets write them in some countries, are fine.
"""

from __future__ import annotations

import csv
import io
import re
from itertools import islice
from typing import TYPE_CHECKING

from passalong.content.clean import decode, tidy
from passalong.content.columns import LONGEST, Column, Columns
from passalong.content.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from passalong.content.mapping import Mapping
    from passalong.content.problems import Problems

_SLICE = 2000
_LINE_END = re.compile(r"\r\n?|\n")


def read_columns(
    path: Path, file: str, mapping: Mapping, names: Sequence[str], problems: Problems
) -> Columns:
    """The columns ``names`` of a CSV file; empty ones where it has none."""
    found = Columns(file, mapping.foreign, columns={name: [] for name in names})
    text = decode(path.read_bytes(), file, problems) if path.is_file() else None
    if text is None:
        return found
    if not text.strip():
        problems.error(file, 0, "the file is empty; it begins with a line of column names.")
        return found
    _Reader(text, found, problems).read(mapping)
    return found


class _Reader:
    """Reads one file into ``found``."""

    def __init__(self, text: str, found: Columns, problems: Problems) -> None:
        self.found = found
        self.problems = problems
        first = _LINE_END.split(text, maxsplit=1)[0]
        delimiter = max(",;\t", key=first.count)
        self.rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        self.long = len(max(text.split("\n"), key=len)) > LONGEST
        self.header: list[str] = []
        self.id_at = -1

    def read(self, mapping: Mapping) -> None:
        self.header = [tidy(name) for name in next(filter(None, self.rows), [])]
        columns = self.columns(mapping)
        self.id_at = next((c.positions[0] for c in columns if c.name == "id"), -1)
        absent = self.found.columns.keys() - {column.name for column in columns}
        while self.slice(columns):
            pass
        for name in absent:
            default = mapping.source(name).default
            self.found.columns[name] = [default] * len(self.found.lines)

    def slice(self, columns: list[Column]) -> bool:
        """Read the next rows; says whether there may be more."""
        before = self.rows.line_num
        rows: list[list[str]] = []
        try:
            rows.extend(islice(self.rows, _SLICE))
        except csv.Error as error:  # the rows before are in the list all the same
            line = (_lines([*rows, []], before))[-1]
            message = f"the rows from here on cannot be read: {error}."
            hint = "Is a quotation mark not closed?"
            self.problems.error(self.found.file, line, message, hint)
        lines: Sequence[int] = range(before + 1, self.rows.line_num + 1)
        if len(lines) != len(rows):  # some cells have several lines
            lines = _lines(rows, before)
            self.long = True
        self.add(*self.of_width(rows, lines), columns)
        return len(rows) == _SLICE

    def columns(self, mapping: Mapping) -> list[Column]:
        """The columns that are there; unknown and missing ones are reported."""
        sources = {name: mapping.source(name) for name in self.found.columns}
        used = {column for source in sources.values() for column in source.names}
        for column in dict.fromkeys(self.header):
            if column in used:
                if self.header.count(column) > 1:
                    self.problem(f"the column “{column}” is there twice.")
            elif not mapping.ignore_all and column not in mapping.ignore:
                hint = did_you_mean(column, used - set(self.header) or used)
                said = (
                    f"the column “{column}” is not one we know."
                    if column
                    else "a column has no name."
                )
                self.problem(said, hint)
        for name in mapping.fields:
            for column in sources[name].names:
                if column not in self.header:
                    message = (
                        f"the column “{column}” is not there; program.toml reads {name} from it."
                    )
                    self.problem(message, did_you_mean(column, self.header))
        place = {name: number for number, name in reversed(list(enumerate(self.header)))}
        positions = {
            name: tuple(place[column] for column in source.names if column in place)
            for name, source in sources.items()
        }
        file = self.found.file
        return [Column(name, sources[name], at, file) for name, at in positions.items() if at]

    def problem(self, message: str, hint: str = "") -> None:
        self.problems.error(self.found.file, 1, message, hint)

    def of_width(
        self, rows: list[list[str]], lines: Sequence[int]
    ) -> tuple[list[list[str]], Sequence[int]]:
        """The rows with a cell for every column; empty lines are no rows, others are reported."""
        width = len(self.header)
        if set(map(len, rows)) <= {width} and all(map(any, rows)):
            return rows, lines
        good = []
        for row, line in zip(rows, lines, strict=True):
            if len(row) != width and row:
                cells = "cell" if len(row) == 1 else "cells"
                hint = (
                    "A value with a comma in it needs quotation marks." if len(row) > width else ""
                )
                message = f"the row has {len(row)} {cells}; the first line has {width}."
                self.problems.error(self.found.file, line, message, hint)
                self.found.broken_ids.update(map(tidy, row[self.id_at : self.id_at + 1]))
            elif any(map(str.strip, row)):
                good.append((row, line))
        return [row for row, _ in good], [line for _, line in good]

    def add(self, rows: list[list[str]], lines: Sequence[int], columns: list[Column]) -> None:
        """Append a slice, column by column."""
        if not rows:
            return
        table = list(zip(*rows, strict=True))
        self.found.lines += lines
        for column in columns:
            values = column.clean(column.take(table), lines, self.problems)
            if self.long:
                column.shorten(values, lines, self.problems)
            self.found.columns[column.name] += values


def _lines(rows: list[list[str]], before: int) -> list[int]:
    """The line at which each row begins, where cells have line ends in them."""
    lines = []
    for row in rows:
        lines.append(before + 1)
        before += 1 + sum(len(_LINE_END.findall(cell)) for cell in row)
    return lines
