"""``ids.csv``: everybody a page was ever built for, so that a link outlives an address or a name.

Who has no id in the export gets one here, made from the address; they are found again by their
address or, when that changed, by name and company. Who is no longer in the export is kept.
"""

from __future__ import annotations

import csv
import io
import os
import re
from base64 import b32encode
from hashlib import blake2b
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from passalong.content.clean import decode
from passalong.model import Advocate, Referee

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from passalong.content.problems import Problems

FILE = "ids.csv"
HEADER = ("list", *Advocate._fields[:-1], "advocate", "reason")
_MADE = re.compile("[ar]-[a-z2-7]{10}")
"""An id that was made here, not given by the CRM."""
_SLICE = 2000
_MARK = '"'
_SPECIAL = re.compile('[,"\n\r]')


Row = tuple[str, ...]
Keys = tuple[str, str]
"""How somebody without an id is found: by address, and by name and company; empty if unknown."""


def compose(advocates: Iterable[Advocate], referees: Iterable[Referee]) -> str:
    """The text of the register for these people, sorted by list and id."""
    by_id = itemgetter(0)
    lines = [",".join(HEADER)]
    for kind, fields, people in (
        ("advocate", Advocate._fields, sorted(advocates, key=by_id)),
        ("referee", Referee._fields, sorted(referees, key=by_id)),
    ):
        for start in range(0, len(people), _SLICE):
            lines += _lines(kind, fields, people[start : start + _SLICE])
    return "\n".join([*lines, ""])


def _lines(kind: str, fields: Row, people: Sequence[tuple[object, ...]]) -> Iterator[str]:
    """The lines of some people, made by columns: few of those need quotation marks at all."""
    columns = dict(zip(fields, zip(*people, strict=True), strict=True))
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


def register_text(folder: Path, problems: Problems) -> str:
    """The register as it stands; empty if there is none yet."""
    path = folder / FILE
    return (decode(path.read_bytes(), FILE, problems) or "") if path.is_file() else ""


def ids_in(text: str) -> dict[str, set[str]] | None:
    """The ids of a register by list, at a glance; ``None`` if it takes ``parse`` to tell."""
    ids: dict[str, set[str]] = {"advocate": set(), "referee": set()}
    lines = text.split("\n")
    if lines[0] != ",".join(HEADER) or lines[-1]:
        return None
    for line in lines[1:-1]:
        kind, _, rest = line.partition(",")
        name = rest.partition(",")[0]
        if kind not in ids or '"' in name:
            return None
        ids[kind].add(name)
    return ids


def parse(text: str, problems: Problems) -> dict[str, dict[str, Row]]:
    """The people of a register by list and id, without their lines; a damaged line is an error."""
    known: dict[str, dict[str, Row]] = {"advocate": {}, "referee": {}}
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows, list(HEADER))
    if header[:2] != list(HEADER[:2]):
        hint = "The build writes this file; take back what was changed in it."
        problems.error(FILE, 1, "the first line is not as the build wrote it.", hint)
        return known
    place = {name: number for number, name in enumerate(header)}
    width = len(header)
    pick = {
        "advocate": itemgetter(*(place.get(name, width) for name in Advocate._fields[:-1])),
        "referee": itemgetter(*(place.get(name, width) for name in Referee._fields[:-1])),
    }
    for row in rows:
        if len(row) == width and row[0] in known and row[1]:
            known[row[0]][row[1]] = pick[row[0]]([*row, ""])
        elif row:
            problems.error(FILE, rows.line_num, "the row is not as the build wrote it.")
    return known


def keys_of(kind: str, row: Row) -> Keys:
    """The keys of an advocate's or a referee's row; a referee is one for each advocate."""
    if kind == "advocate":
        return keys("", row[2], row[1], row[3])
    return keys(row[1], row[3], row[2], row[4])


def keys(scope: str, mail: str, name: str, company: str) -> Keys:
    """Two ways to find a person within ``scope``."""
    by_mail = f"{scope}\0{mail.casefold()}" if mail else ""
    return by_mail, f"{scope}\0{name.casefold()}\0{company.casefold()}"


def assign(kind: str, ids: list[str], people: list[Keys], known: dict[str, Row]) -> list[str]:
    """An id for each who has none: the one they had, found by address or name, or a new one.

    Who had been given an id here and now comes with one of their own keeps the one they had, for
    their link depends on it.
    """
    found = list(ids)
    taken = set(filter(None, ids))
    by_mail, by_name = _index(kind, known, taken)
    waiting = [number for number, given in enumerate(ids) if given not in known]
    for way, index in ((0, by_mail), (1, by_name)):
        for number in waiting:
            old = index.get(people[number][way], "")
            ours = not ids[number] or _MADE.fullmatch(old)
            if old and ours and old not in taken and found[number] == ids[number]:
                found[number] = old
                taken.add(old)
    for number in waiting:
        if not found[number]:
            found[number] = _new_id(kind, people[number], taken, known)
            taken.add(found[number])
    return found


def _index(
    kind: str, known: dict[str, Row], taken: set[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """From each key to the id it means; a key that several people share means nobody."""
    by_mail: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for old, row in known.items():
        if old not in taken:
            for index, key in zip((by_mail, by_name), keys_of(kind, row), strict=True):
                index[key] = "" if key in index else old
    by_mail.pop("", None)
    return by_mail, by_name


def _new_id(kind: str, person: Keys, taken: set[str], known: dict[str, Row]) -> str:
    source = f"{kind}\0{person[0] or person[1]}"
    number = 0
    while True:
        digest = blake2b(
            f"{source}\0{number}".encode() if number else source.encode(), digest_size=7
        )
        made = f"{kind[0]}-{b32encode(digest.digest())[:10].decode().lower()}"
        if made not in taken and made not in known:
            return made
        number += 1


def write(folder: Path, advocates: Iterable[Advocate], referees: Iterable[Referee]) -> bool:
    """Write the register if it changes; says whether it did. The file is replaced at once."""
    path = folder / FILE
    data = compose(advocates, referees).encode()
    if path.is_file() and path.read_bytes() == data:
        return False
    temporary = path.with_name(f".{FILE}.new")
    temporary.write_bytes(data)
    os.replace(temporary, path)  # noqa: PTH105 - says what it is: an atomic replacement
    return True
