"""Skeletons and how they are filled: the part of ``pages`` that functions share with the build.

A skeleton is a page's static bytes with holes. Filling escapes a whole column of values in one go
(the values joined, escaped, split again), which costs a tenth of escaping value by value, and then
joins each page in a single call. The result is what Jinja renders for the same values.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice, pairwise, repeat
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

Mode = Literal["html", "url"]
Row = dict[str, str]
"""One row of a repeated part: the values it has, by name; an absent value has no key."""
Values = tuple[str | tuple[Row, ...], ...]
"""One page's values, in the order of its skeleton's ``fields``."""


class Hole(NamedTuple):
    """Where the value of ``field`` goes, escaped for HTML or percent-encoded for an address."""

    field: str
    mode: Mode


class Repeat(NamedTuple):
    """A part that stands once for each row of ``field``.

    ``shapes`` holds the parts of a row by the names of the values it has (sorted); a hole in them
    belongs to the row, or to the page if the row has no field of that name.
    """

    field: str
    shapes: dict[tuple[str, ...], tuple[bytes | Hole, ...]]


Part = bytes | Hole | Repeat


class Skeleton(NamedTuple):
    """Static bytes and holes in turn, and the names of the values, in order, that fill them."""

    fields: tuple[str, ...]
    parts: tuple[Part, ...]


_UNSAFE = re.compile(rb"[^A-Za-z0-9_.~\x00-]")
_PERCENT = {bytes([byte]): b"%%%02X" % byte for byte in range(256)}


def _escape(text: str, mode: Mode) -> bytes:
    """``text`` as MarkupSafe escapes it or as RFC 3986 percent-encodes it; NUL stays."""
    if mode == "url":
        return _UNSAFE.sub(lambda match: _PERCENT[match[0]], text.encode())
    if "&" in text:
        text = text.replace("&", "&amp;")
    for character, entity in ("<", "&lt;"), (">", "&gt;"), ("'", "&#39;"), ('"', "&#34;"):
        if character in text:
            text = text.replace(character, entity)
    return text.encode()


def _filled(
    parts: Sequence[Part], values: Mapping[str, Sequence[Any]], count: int
) -> Iterator[bytes]:
    """The parts ``count`` times, with a value of each column in its holes."""
    made: dict[Hole, Iterable[bytes]] = {}
    columns: list[Iterable[bytes]] = []
    for part in parts:
        if isinstance(part, bytes):
            columns.append(repeat(part))
        elif isinstance(part, Repeat):
            columns.append(_row_column(part, values))
        else:
            if part not in made:
                made[part] = _escape("\0".join(values[part.field]), part.mode).split(b"\0")
            columns.append(made[part])
    # With every column an iterator, no line of Python runs for a page.
    return map(b"".join, islice(zip(*columns or [repeat(b"")]), count))  # noqa: B905 - what repeats has no end


def _row_column(part: Repeat, values: Mapping[str, Sequence[Any]]) -> list[bytes]:
    """All rows of each page as one; rows of the same shape are filled together."""
    pages: Sequence[Sequence[Row]] = values[part.field]
    spots: dict[tuple[str, ...], list[tuple[int, int]]] = {}
    for number, rows in enumerate(pages):
        for position, row in enumerate(rows):
            spots.setdefault(tuple(sorted(row)), []).append((number, position))
    out = [[b""] * len(rows) for rows in pages]
    own = f"{part.field}."
    for names, places in spots.items():
        columns: dict[str, Sequence[Any]] = {
            own + name: [pages[number][position][name] for number, position in places]
            for name in names
        }
        parts = part.shapes[names]
        for hole in parts:
            if isinstance(hole, Hole) and hole.field not in columns:
                column = values[hole.field]
                columns[hole.field] = [column[number] for number, _ in places]
        filled = _filled(parts, columns, len(places))
        for (number, position), data in zip(places, filled, strict=True):
            out[number][position] = data
    return [b"".join(rows) for rows in out]


def fill(skeleton: Skeleton, pages: Sequence[Values]) -> Iterator[bytes]:
    """The bytes of each page, in order; values must not contain NUL."""
    if not pages:
        return iter(())
    values = dict(zip(skeleton.fields, zip(*pages, strict=True), strict=True))
    return _filled(skeleton.parts, values, len(pages))


def bind(skeleton: Skeleton, given: Mapping[str, str | tuple[Row, ...]]) -> Skeleton:
    """The skeleton with some of its values, or rows of values, in place for good."""
    return Binder(skeleton, given).bind(given)


FilledRows = dict[tuple[Any, ...], dict[int, tuple[Row, bytes]]]
"""Given rows and their bytes by what they were filled into, for several binders to share."""


class Binder:
    """Binds one skeleton to given values, for as many sets of them as there are.

    What is the same for every set is worked out once: which parts are given, and which become one
    with their neighbours. A row that sets have in common is filled once.
    """

    def __init__(
        self, skeleton: Skeleton, names: Collection[str], filled: FilledRows | None = None
    ) -> None:
        known: FilledRows = {} if filled is None else filled
        holes = [(i, p) for i, p in enumerate(skeleton.parts) if not isinstance(p, bytes)]
        self._parts = skeleton.parts
        self._fields = tuple(name for name in skeleton.fields if name not in names)
        given = [(i, part) for i, part in holes if part.field in names]
        self._values = [(i, p.field, p.mode) for i, p in given if isinstance(p, Hole)]
        self._lists = [
            (i, part, _is_open(part), known.setdefault((part.field, *part.shapes.items()), {}))
            for i, part in given
            if isinstance(part, Repeat)
        ]
        edges = [-1, *(i for i, part in holes if part.field not in names), len(skeleton.parts)]
        self._runs = [slice(a + 1, b) for a, b in pairwise(edges)]

    def bind(self, given: Mapping[str, Any]) -> Skeleton:
        """The skeleton with these values, which have the binder's names, in place for good."""
        parts: list[Any] = list(self._parts)
        for place, field, mode in self._values:
            parts[place] = _given(given[field], mode)
        for place, part, is_open, filled in self._lists:
            if is_open:
                parts[place] = _rows(part, given[part.field], given)
            else:
                parts[place] = b"".join([_shared(part, row, filled) for row in given[part.field]])
        bound: list[Part] = []
        for run in self._runs:
            if static := b"".join(parts[run]):
                bound.append(static)
            if run.stop < len(parts):
                free = parts[run.stop]
                bound.append(_bound_rows(free, given) if isinstance(free, Repeat) else free)
        return Skeleton(self._fields, tuple(bound))


def _rows(part: Repeat, rows: Sequence[Row], page: Mapping[str, Any]) -> bytes:
    columns = {name: [value] for name, value in page.items()} | {part.field: [rows]}
    return _row_column(part, columns)[0]


def _shared(part: Repeat, row: Row, filled: dict[int, tuple[Row, bytes]]) -> bytes:
    """A row that is filled already, if this very object was."""
    if id(row) not in filled:
        filled[id(row)] = (
            row,
            _rows(part, [row], {}),
        )  # the row is kept, so that its id stays its own
    return filled[id(row)][1]


def _is_open(part: Repeat) -> bool:
    """Whether a row shows values of its page."""
    own = f"{part.field}."
    rows = (hole for row in part.shapes.values() for hole in row if isinstance(hole, Hole))
    return any(not hole.field.startswith(own) for hole in rows)


def _bound_rows(part: Repeat, given: Mapping[str, Any]) -> Repeat:
    def bound(parts: Sequence[bytes | Hole]) -> Any:
        return bind(Skeleton((), tuple(parts)), given).parts

    return Repeat(part.field, {names: bound(parts) for names, parts in part.shapes.items()})


@lru_cache(maxsize=4096)
def _given(text: str, mode: Mode) -> bytes:
    return _escape(text, mode)
