"""CSV as columns: read in slices, cleaned column by column, and only where something needs it.

A list may have 100,000 rows. So a slice of rows becomes columns, each column is judged as one
joined text, and a single value is looked at only where its column is not as it should be.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from passalong.content.clean import decode, is_tidy, tidy, unusable
from passalong.content.problems import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from passalong.content.mapping import Mapping, Source
    from passalong.content.problems import Problems

LONGEST = 2000
_SLICE = 2000
_LINE_END = re.compile(r"\r\n?|\n")
_ALL_DIFFERENT = {"id", "name", "email", "company", "context", "reason", "share_code", "domain"}
"""Columns whose values hardly repeat, so that looking for repetitions would only cost time."""


@dataclass(slots=True)
class Columns:
    """A list by columns of our names; every column is as long as ``lines``, a row's first line each."""

    file: str
    soft: bool
    lines: list[int] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    broken_ids: set[str] = field(default_factory=set)
    """Ids of rows that could not be read, so that nobody who refers to them is blamed for it."""

    def drop(self, gone: set[int]) -> None:
        """Leave the rows at these positions out."""
        stay = [number not in gone for number in range(len(self.lines))]
        self.lines = [line for line, here in zip(self.lines, stay, strict=True) if here]
        for name, column in self.columns.items():
            self.columns[name] = [value for value, here in zip(column, stay, strict=True) if here]


def read_columns(
    path: Path, file: str, mapping: Mapping, names: Sequence[str], problems: Problems
) -> Columns:
    """The columns ``names`` of a CSV file (comma, semicolon or tab); empty ones where it has none."""
    found = Columns(file, mapping.foreign, columns={name: [] for name in names})
    text = decode(path.read_bytes(), file, problems) if path.is_file() else ""
    if not text:
        if text is not None and path.is_file():
            problems.error(file, 0, "the file is empty; it begins with a line of column names.")
        return found
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        header = [tidy(name) for name in next(reader)]
        positions = _positions(header, mapping, names, file, problems)
        for rows, lines in _slices(reader, found, header, positions, problems):
            _add(found, rows, lines, positions, problems)
    except csv.Error as error:
        hint = "Is a quotation mark not closed?"
        problems.error(file, reader.line_num, f"the row cannot be read: {error}.", hint)
    return _shared(found, mapping)


def _delimiter(text: str) -> str:
    header = _LINE_END.split(text, maxsplit=1)[0]
    return max(",;\t", key=header.count)


def _positions(
    header: list[str], mapping: Mapping, names: Sequence[str], file: str, problems: Problems
) -> dict[str, tuple[int, ...]]:
    """Per name of ours the positions of its columns; unknown and absent columns are reported."""
    place = {name: number for number, name in reversed(list(enumerate(header)))}
    known = {name: mapping.source(name).names for name in names}
    used = {column for columns in known.values() for column in columns}
    for column in sorted(
        {column for column in header if header.count(column) > 1 and column in used}
    ):
        problems.error(file, 1, f"the column “{column}” is there twice.")
    for column in header:
        if column not in used and not mapping.ignore_all and column not in mapping.ignore:
            hint = did_you_mean(column, used - place.keys() or used)
            message = (
                f"the column “{column}” is not one we know." if column else "a column has no name."
            )
            problems.error(file, 1, message, hint)
    for name in mapping.fields:
        for column in known.get(name, ()):
            if column not in place:
                message = (
                    f"the column “{column}”, which program.toml reads {name} from, is not there."
                )
                problems.error(file, 1, message, did_you_mean(column, header))
    return {
        name: tuple(place[column] for column in columns if column in place)
        for name, columns in known.items()
    }


def _slices(
    reader: Iterator[list[str]],
    found: Columns,
    header: list[str],
    positions: dict[str, tuple[int, ...]],
    problems: Problems,
) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Slices of rows of the right width, each with the lines at which they begin."""
    before = 1 + sum(len(_LINE_END.findall(name)) for name in header)
    before = max(before, getattr(reader, "line_num", before))
    while rows := list(islice(reader, _SLICE)):
        after: int = getattr(reader, "line_num", 0)
        lines = (
            list(range(before + 1, after + 1))
            if after - before == len(rows)
            else _lines(rows, before)
        )
        before = after
        if set(map(len, rows)) != {len(header)}:
            rows, lines = _of_width(rows, lines, found, len(header), positions, problems)
        yield rows, lines


def _lines(rows: list[list[str]], before: int) -> list[int]:
    lines = []
    for row in rows:
        lines.append(before + 1)
        before += 1 + sum(len(_LINE_END.findall(cell)) for cell in row)
    return lines


def _of_width(
    rows: list[list[str]],
    lines: list[int],
    found: Columns,
    width: int,
    positions: dict[str, tuple[int, ...]],
    problems: Problems,
) -> tuple[list[list[str]], list[int]]:
    """The rows with as many cells as the header; empty lines are no rows, the others are reported."""
    good, good_lines = [], []
    for row, line in zip(rows, lines, strict=True):
        if len(row) == width:
            good.append(row)
            good_lines.append(line)
        elif row:
            cells = "cell" if len(row) == 1 else "cells"
            hint = "A value with a comma in it needs quotation marks." if len(row) > width else ""
            message = f"the row has {len(row)} {cells}; the first line has {width}."
            problems.error(found.file, line, message, hint)
            found.broken_ids.update(
                tidy(row[at]) for at in positions.get("id", ()) if at < len(row)
            )
    return good, good_lines


def _add(
    found: Columns,
    rows: list[list[str]],
    lines: list[int],
    positions: dict[str, tuple[int, ...]],
    problems: Problems,
) -> None:
    """Append a slice, column by column; rows without a single value are left out."""
    if not all(map(any, rows)):
        kept = [
            (row, line) for row, line in zip(rows, lines, strict=True) if any(map(str.strip, row))
        ]
        rows, lines = [row for row, _ in kept], [line for _, line in kept]
    table = list(zip(*rows, strict=True))
    found.lines += lines
    for name, at in positions.items():
        if not at or not table:
            found.columns[name] += [""] * len(lines)
            continue
        parts = [
            _tidied(list(table[position]), name, found.file, lines, problems) for position in at
        ]
        joined = (
            parts[0]
            if len(parts) == 1
            else [" ".join(filter(None, row)) for row in zip(*parts, strict=True)]
        )
        found.columns[name] += joined


def _tidied(
    column: list[str], name: str, file: str, lines: list[int], problems: Problems
) -> list[str]:
    if not is_tidy(column):
        for value, line in zip(column, lines, strict=True):
            if mark := unusable(value):
                message = f"the character {mark} in {name} cannot be shown; it is left out."
                problems.warn(file, line, message)
        column = [tidy(value) for value in column]
    if len(max(column, key=len)) > LONGEST:
        for number, (value, line) in enumerate(zip(column, lines, strict=True)):
            if len(value) > LONGEST:
                message = f"{name} has {len(value)} characters; it may have {LONGEST}."
                problems.error(file, line, message, "Is a quotation mark not closed?")
                column[number] = value[:LONGEST]
    return column


def _shared(found: Columns, mapping: Mapping) -> Columns:
    """Equal values of a column become one object in memory, mapped where the program maps them."""
    for name, column in found.columns.items():
        source = mapping.source(name)
        if source.values or source.default or name not in _ALL_DIFFERENT:
            final = _final(column, source)
            found.columns[name] = [final[value] for value in column]
    return found


def _final(column: list[str], source: Source) -> dict[str, str]:
    """What each different value of a column becomes."""
    return {
        value: source.values.get(value, value) or source.default for value in dict.fromkeys(column)
    }
