"""Who must stay unnamed: the words that give an unnamed customer away, found as a reader would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")


def as_read(text: str) -> str:
    """``text`` without case, and without what no reader sees: kinds of space and of apostrophe."""
    return " ".join(_INVISIBLE.sub("", text).casefold().replace("’", "'").split())


def pattern(word: str) -> re.Pattern[str]:
    """Finds ``word`` as a whole in what `as_read` makes of a text."""
    return re.compile(rf"(?<!\w){re.escape(as_read(word))}(?!\w)")


class Secrets:
    """The words of every anonymised story, by its slug."""

    def __init__(self, forbidden: Mapping[str, Iterable[str]]) -> None:
        self._words = [
            (as_read(word), pattern(word), slug)
            for slug, words in forbidden.items()
            for word in words
        ]

    def __bool__(self) -> bool:
        return bool(self._words)

    def named_in(self, texts: Iterable[str]) -> set[str]:
        """The slugs of the stories whose customers one of the texts gives away."""
        text = as_read("\0".join(texts))
        return {slug for word, whole, slug in self._words if word in text and whole.search(text)}
