"""``ids.csv``: everybody a page was ever built for, so that a link outlives an address or a name.

The file has a line for each person, sorted by list and id, and every column of both lists. It is
read and written as a stream, for it may have 100,000 lines.
"""

from __future__ import annotations

import csv
import os
import re
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from passalong.content.clean import decode
from passalong.people import Advocate, Referee

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from passalong.content.ids import Row
    from passalong.content.problems import Problems

FILE = "ids.csv"
HEADER = ("list", *Advocate._fields[:-1], "advocate", "reason")
_FIELDS = {"advocate": Advocate._fields[:-1], "referee": Referee._fields[:-1]}
_SLICE = 2000
_MARK = '"'
_SPECIAL = re.compile('[,"\n\r]')


def compose(advocates: Iterable[Advocate], referees: Iterable[Referee]) -> Iterator[bytes]:
    """The register for these people, piece by piece."""
    yield (",".join(HEADER) + "\n").encode()
    for kind, people in (("advocate", advocates), ("referee", referees)):
        by_id: list[tuple[object, ...]] = sorted(people, key=itemgetter(0))
        for start in range(0, len(by_id), _SLICE):
            lines = _lines(kind, by_id[start : start + _SLICE])
            yield "\n".join([*lines, ""]).encode()


def _lines(kind: str, people: Sequence[tuple[object, ...]]) -> Iterator[str]:
    """The lines of some people, made by columns: few of those need quotation marks at all."""
    columns = dict(zip(_FIELDS[kind], zip(*people, strict=True), strict=False))
    blank = [""] * len(people)
    cells = [
        _cells(cast("Row", columns[name])) if name in columns else blank for name in HEADER[1:]
    ]
    return map(",".join, zip([kind] * len(people), *cells, strict=True))


def _cells(column: Row) -> Sequence[str]:
    joined = "|".join(column)
    if not any(mark in joined for mark in ',"\n\r'):
        return column
    return [
        f'"{value.replace(_MARK, _MARK * 2)}"' if _SPECIAL.search(value) else value
        for value in column
    ]


def held(folder: Path, ids: Mapping[str, Iterable[str]]) -> int | None:
    """How many people are in the register; ``None`` if, at a glance, others than these ids are.

    ``ids`` are by list. An id with a comma in it is in doubt, so its list is never these alone.
    """
    path = folder / FILE
    if not path.is_file():
        return 0
    here = {kind.encode(): frozenset(given) for kind, given in ids.items()}
    count = 0
    with path.open("rb") as lines:
        if next(lines, b"") != f"{','.join(HEADER)}\n".encode():
            return None
        for line in lines:
            kind, _, rest = line.partition(b",")
            name = rest.partition(b",")[0]
            if name.decode(errors="replace") not in here.get(kind, ()):
                return None
            count += 1
    return count


def read(folder: Path, problems: Problems) -> dict[str, dict[str, Row]]:
    """The people of the register by list and id, without their lines; damage is an error."""
    known: dict[str, dict[str, Row]] = {kind: {} for kind in _FIELDS}
    path = folder / FILE
    text = decode(path.read_bytes(), FILE, problems) if path.is_file() else None
    rows = csv.reader(text.splitlines(keepends=True) if text else ())
    header = next(rows, list(HEADER))
    if header[:2] != list(HEADER[:2]):
        hint = "The build writes this file; take back what was changed in it."
        problems.error(FILE, 1, "the first line is not as the build wrote it.", hint)
        return known
    place = {name: number for number, name in enumerate(header)}
    width = len(header)
    pick = {
        kind: itemgetter(*(place.get(name, width) for name in names))
        for kind, names in _FIELDS.items()
    }
    for row in rows:
        if len(row) == width and row[0] in known and row[1]:
            known[row[0]][row[1]] = pick[row[0]]([*row, ""])
        elif row:
            problems.error(FILE, rows.line_num, "the row is not as the build wrote it.")
    return known


def write(folder: Path, advocates: Iterable[Advocate], referees: Iterable[Referee]) -> bool:
    """Write the register if it changes; says whether it did. The file is replaced at once."""
    path = folder / FILE
    if path.is_file() and _same(path, compose(advocates, referees)):
        return False
    temporary = path.with_name(f".{FILE}.new")
    with temporary.open("wb") as file:
        file.writelines(compose(advocates, referees))
    os.replace(temporary, path)  # noqa: PTH105 - says what it is: an atomic replacement
    return True


def _same(path: Path, pieces: Iterator[bytes]) -> bool:
    with path.open("rb") as file:
        return all(file.read(len(piece)) == piece for piece in pieces) and not file.read(1)
