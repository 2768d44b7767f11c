"""CSV: its header held against the names we know, its rows read in slices with their lines.

Source: RFC 4180; semicolons and tabs, as spreadsheets write them in some countries, are fine, and
so is UTF-16 with a byte order mark, which is Excel's "Unicode Text".
"""

from __future__ import annotations

import codecs
import csv
import re
from itertools import islice
from typing import TYPE_CHECKING

from passalong.content.clean import decode, tidy
from passalong.content.columns import LONGEST, Column, Columns
from passalong.content.problems import EXPORT, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import TextIO

    from passalong.content.mapping import Mapping
    from passalong.content.problems import Problems

_SLICE = 2000
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_REFERRED = {"id", "email"}
"""By what a row of another list names somebody."""
_LINE_END = re.compile(r"\r\n?|\n")


def read_columns(
    path: Path, file: str, mapping: Mapping, names: Sequence[str], problems: Problems
) -> Columns:
    """The columns ``names`` of a CSV file; empty ones where it has none. The file is streamed."""
    found = Columns(file, mapping.foreign, columns={name: [] for name in names})
    if not path.is_file():
        return found
    with path.open("rb") as lines:
        wide = lines.read(2) in _UTF_16
        lines.seek(0)
        longest = max(map(len, lines), default=0)
    try:
        with path.open(encoding="utf-16" if wide else "utf-8-sig", newline="") as lines:
            _Reader(lines, found, problems, long=wide or longest > LONGEST).read(mapping)
    except UnicodeDecodeError:
        decode(path.read_bytes(), file, problems)
        found = Columns(file, mapping.foreign, columns={name: [] for name in names}, whole=False)
    return found


class _Reader:
    """Reads one file into ``found``; ``long`` tells whether a cell may be too long."""

    def __init__(self, lines: TextIO, found: Columns, problems: Problems, *, long: bool) -> None:
        self.found = found
        self.problems = problems
        first = lines.readline()
        lines.seek(0)
        self.mark = max(",;\t", key=first.count)
        self.rows = csv.reader(lines, delimiter=self.mark)
        self.long = long
        self.header: list[str] = []
        self.header_line = 1
        self.id_at = -1
        self.faulty = False

    def read(self, mapping: Mapping) -> None:
        self.header = [tidy(name) for name in next(filter(any, self.rows), [])]
        if not self.header:
            message = "the file is empty; it begins with a line of column names."
            self.problems.error(self.found.file, 0, message)
            return
        self.header_line = self.rows.line_num
        columns = self.columns(mapping)
        self.id_at = next((c.positions[0] for c in columns if c.name == "id"), -1)
        absent = self.found.columns.keys() - {column.name for column in columns}
        if self.faulty and not _REFERRED.isdisjoint(absent):
            self.found.whole = False
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
            self.found.whole = False
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
                self.unknown(column, used)
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

    def unknown(self, column: str, used: set[str]) -> None:
        if column:
            hint = did_you_mean(column, used - set(self.header) or used)
            other = f"Take it out, or say in program.toml what to do with it: {EXPORT}."
            self.problem(f"the column “{column}” is not one we know.", hint or other)
        else:
            self.problem("a column has no name.", "Give it one, or take the column out.")

    def problem(self, message: str, hint: str = "") -> None:
        self.faulty = True
        self.problems.error(self.found.file, self.header_line, message, hint)

    def of_width(
        self, rows: list[list[str]], lines: Sequence[int]
    ) -> tuple[list[list[str]], Sequence[int]]:
        """The rows with a cell for every column; empty lines are no rows, others are reported."""
        width = len(self.header)
        if set(map(len, rows)) <= {width} and all(map(str.strip, map("".join, rows))):
            return rows, lines
        good = []
        for row, line in zip(rows, lines, strict=True):
            if len(row) != width and row:
                cells = "cell" if len(row) == 1 else "cells"
                hint = self.hint(row)
                message = f"the row has {len(row)} {cells}; the first line has {width}."
                self.problems.error(self.found.file, line, message, hint)
                self.found.broken_ids.update(map(tidy, row[self.id_at : self.id_at + 1]))
            elif any(map(str.strip, row)):
                good.append((row, line))
        return [row for row, _ in good], [line for _, line in good]

    def hint(self, row: list[str]) -> str:
        """How to mend a row of another width than the header's."""
        if len(row) > len(self.header):
            return "A value with a comma in it needs quotation marks."
        hint = "A cell without a value is still there, as nothing between two commas."
        swallowed = any(mark in row[-1] for mark in (self.mark, "\n", "\r"))
        return f"{hint} Or is a quotation mark not closed?" if swallowed else hint

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
