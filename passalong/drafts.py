"""Drafted messages: text with ``{placeholders}``, read once and filled many times.

``{name}`` is a word that must be there, ``{name|other words}`` one that may be missing, ``{{`` and
``}}`` are braces. A line or a paragraph (set off by blank lines) that holds missing words and
nothing else disappears, and the space around a missing word closes.

**Words are opaque.** Filling puts them between the static pieces by concatenation and asks of each
only whether it is empty; all trimming happens on the static text. So a word may be a sentinel that
something else takes the place of later, and the result is the same as filling with that at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from passalong.errors import DraftError, UnfilledPlaceholder

MAY_BE_EMPTY = frozenset({"disclosure"})
"""Words that are left out without a fallback: no reward, no disclosure."""

_TOKEN = re.compile(r"\{\{|\}\}|\{([^{}|\n]*)(?:\|([^{}\n]*))?\}|[{}]")


class Placeholder(NamedTuple):
    """``{name|fallback}``: ``fallback`` is None without a bar, ``offset`` the lines before it."""

    name: str
    fallback: str | None
    offset: int


Piece = str | Placeholder
Plan = tuple[tuple[str, ...], tuple[tuple[int, str], ...]]
"""The pieces of a message for one set of present words, and which of them are which word."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message that has been read: paragraphs of lines of pieces."""

    paragraphs: tuple[tuple[tuple[Piece, ...], ...], ...]
    names: tuple[str, ...]
    may_be_empty: frozenset[str]
    _plans: dict[tuple[bool, ...], Plan] = field(default_factory=dict, compare=False, repr=False)

    def fill(self, words: Mapping[str, str]) -> str:
        """The message with its words. Raises `UnfilledPlaceholder` where one is missing."""
        present = tuple([bool(words.get(name)) for name in self.names])
        plan = self._plans.get(present)
        if plan is None:
            filled = {name for name, there in zip(self.names, present, strict=True) if there}
            plan = self._plans[present] = self._plan(filled)
        pieces, slots = plan
        if not slots:
            return "".join(pieces)
        out = list(pieces)
        for position, name in slots:
            out[position] = words[name]
        return "".join(out)

    def _plan(self, filled: Collection[str]) -> Plan:
        paragraphs = []
        for paragraph in self.paragraphs:
            lines = [self._line(line, filled) for line in paragraph]
            if kept := [line for line in lines if line is not None]:
                paragraphs.append(_joined(kept, "\n"))
        pieces = _joined(paragraphs, "\n\n")
        static = tuple("" if isinstance(piece, Placeholder) else piece for piece in pieces)
        slots = (
            (i, piece.name) for i, piece in enumerate(pieces) if isinstance(piece, Placeholder)
        )
        return static, tuple(slots)

    def _line(self, line: tuple[Piece, ...], filled: Collection[str]) -> list[Piece] | None:
        """The line's pieces with fallbacks in place and gaps closed, or None if nothing is left."""
        out: list[Piece] = []
        gap = False
        for given in line:
            piece = given
            if isinstance(piece, Placeholder) and piece.name not in filled:
                piece = self._fallback(piece)
                gap = gap or not piece
            elif isinstance(piece, str) and gap and _is_open(out):
                piece = piece.lstrip()
            if piece:
                out.append(piece)
        if gap and _is_open(out):
            out.append(str(out.pop()).rstrip() if out else "")
        return None if gap and not any(out) else out

    def _fallback(self, piece: Placeholder) -> str:
        if piece.fallback is None and piece.name not in self.may_be_empty:
            raise UnfilledPlaceholder(piece.name, piece.offset)
        return piece.fallback or ""


def parse(text: str, may_be_empty: Collection[str] = MAY_BE_EMPTY) -> Draft:
    """Read a message. Raises `DraftError` where a brace has no partner."""
    lines = [tuple(_pieces(line.rstrip(), i)) for i, line in enumerate(text.splitlines())]
    paragraphs = tuple(tuple(group) for there, group in groupby(lines, key=bool) if there)
    found = (piece for line in lines for piece in line if isinstance(piece, Placeholder))
    names = tuple(dict.fromkeys(piece.name for piece in found))
    return Draft(paragraphs, names, frozenset(may_be_empty))


def render(
    text: str, words: Mapping[str, str], may_be_empty: Collection[str] = MAY_BE_EMPTY
) -> str:
    """Read and fill a message at once."""
    return parse(text, may_be_empty).fill(words)


def placeholders(text: str) -> tuple[Placeholder, ...]:
    """Every placeholder of a message, in order. Raises `DraftError` as `parse` does."""
    lines = (line for paragraph in parse(text).paragraphs for line in paragraph)
    return tuple(piece for line in lines for piece in line if isinstance(piece, Placeholder))


def _pieces(line: str, offset: int) -> Iterator[Piece]:
    static = ""
    end = 0
    for found in _TOKEN.finditer(line):
        static += line[end : found.start()]
        end = found.end()
        token = found.group()
        if token in ("{{", "}}"):
            static += token[0]
        elif len(token) == 1:
            raise DraftError(
                f"a {token} without its partner; a brace to be read is {token * 2}", offset
            )
        else:
            yield from [static] if static else []
            static = ""
            yield Placeholder(found.group(1).strip(), found.group(2), offset)
    if static := static + line[end:]:
        yield static


def _is_open(pieces: Sequence[Piece]) -> bool:
    """Whether a space at this point would stand at the start of a line or next to another one."""
    last = pieces[-1] if pieces else " "
    return isinstance(last, str) and last[-1:].isspace()


def _joined(groups: Sequence[Sequence[Piece]], separator: str) -> list[Piece]:
    """The groups with the separator between them, neighbouring static pieces made one."""
    out: list[Piece] = []
    for i, group in enumerate(groups):
        for piece in (separator, *group) if i else group:
            if isinstance(piece, str) and out and isinstance(out[-1], str):
                out[-1] += piece
            else:
                out.append(piece)
    return out
