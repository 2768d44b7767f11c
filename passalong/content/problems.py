"""What is wrong in a content folder, gathered until everything has been looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable


EXPORT = "“Existing content” in docs/content.md"
"""Where it says how to read columns and front matter that are not named as ours are."""


class Problems:
    """A collector: whoever finds something says so and goes on; each finding is kept once."""

    def __init__(self) -> None:
        self._found: set[Problem] = set()

    def error(self, file: str, line: int, message: str, hint: str = "") -> None:
        """Note what must be mended before anything is built."""
        self._found.add(Problem(file, line, message, hint))

    def warn(self, file: str, line: int, message: str, hint: str = "") -> None:
        """Note what the marketer should know and may leave as it is."""
        self._found.add(Problem(file, line, message, hint, "warning"))

    def note(self, file: str, line: int, message: str, hint: str = "", *, soft: bool) -> None:
        """Note a warning if ``soft``, else an error."""
        (self.warn if soft else self.error)(file, line, message, hint)

    def sorted(self) -> tuple[Problem, ...]:
        """Everything found, by file and line, none twice."""
        return tuple(sorted(self._found))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``Did you mean “customer”?`` for the known word closest to ``word``, or nothing."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a mistake

    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    return f"Did you mean “{by_folded[close[0]]}”?" if close else ""


def one_of(words: Iterable[str]) -> str:
    """The words as a choice in a sentence: ``customer, partner or contact``."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
