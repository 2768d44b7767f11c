"""A list of people by columns: each is cleaned as a whole, a single value only where it must be.

A list may have 100,000 rows. What repeats (an industry, a region) is worked out once per different
value and held in memory once; what does not (a name, an address) is judged as one joined text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from passalong.content.clean import is_tidy, tidy, unusable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from passalong.content.mapping import Source
    from passalong.content.problems import Problems

LONGEST = 2000
_ALL_DIFFERENT = {"id", "name", "email", "company", "context", "reason", "share_code", "domain"}


@dataclass(slots=True)
class Columns:
    """A list by columns of our names, each as long as ``lines``: where every row begins."""

    file: str
    soft: bool
    """Whether the list is somebody else's, so that a value of no use is left out with a warning."""
    lines: list[int] = field(default_factory=list)
    columns: dict[str, list[str]] = field(default_factory=dict)
    whole: bool = True
    """Whether the file could be read to its end, and has the columns that others refer to."""
    broken_ids: set[str] = field(default_factory=set)
    """Ids of rows that could not be read, so that nobody who refers to them is blamed for it."""

    def drop(self, gone: set[int]) -> None:
        """Leave the rows at these positions out."""
        stay = [number not in gone for number in range(len(self.lines))]
        self.lines = [line for line, here in zip(self.lines, stay, strict=True) if here]
        for name, column in self.columns.items():
            self.columns[name] = [value for value, here in zip(column, stay, strict=True) if here]


class Column:
    """One column while it is read: where its values come from and what they become."""

    def __init__(self, name: str, source: Source, positions: tuple[int, ...], file: str) -> None:
        self.name = name
        self.positions = positions
        self._file = file
        self._finals = _Finals(source)
        plain = not source.values and not source.default
        self._final: Callable[[str], str] | None = (
            None if plain and name in _ALL_DIFFERENT else self._finals.__getitem__
        )

    def take(self, table: Sequence[tuple[str, ...]]) -> list[str]:
        """The values of a slice, as written; columns that belong together joined by a space."""
        if len(self.positions) == 1:
            return list(table[self.positions[0]])
        parts = zip(*(table[position] for position in self.positions), strict=True)
        return [" ".join(filter(None, row)) for row in parts]

    def clean(self, values: list[str], lines: Sequence[int], problems: Problems) -> list[str]:
        """The values as they should have been typed, mapped where the program maps them."""
        if self._final is None and is_tidy(values):
            return values
        cleaned = list(map(self._final or tidy, values))
        if self._final is None or self._finals.unusable:
            for value, line in zip(values, lines, strict=True):
                if mark := unusable(value):
                    message = (
                        f"the character {mark} in {self.name} cannot be shown; it is left out."
                    )
                    problems.warn(self._file, line, message)
        return cleaned

    def shorten(self, values: list[str], lines: Sequence[int], problems: Problems) -> None:
        """Report values that are too long, and cut them."""
        for number, (value, line) in enumerate(zip(values, lines, strict=True)):
            if len(value) > LONGEST:
                message = f"{self.name} has {len(value)} characters; it may have {LONGEST}."
                problems.error(self._file, line, message, "Is a quotation mark not closed?")
                values[number] = value[:LONGEST]


class _Finals(dict[str, str]):
    """What each different value of a column becomes, worked out when it is first met."""

    def __init__(self, source: Source) -> None:
        super().__init__()
        self._source = source
        self.unusable = False

    def __missing__(self, value: str) -> str:
        clean = tidy(value)
        self.unusable = self.unusable or bool(unusable(value))
        final = self._source.values.get(clean, clean) or self._source.default
        return self.setdefault(value, final)
