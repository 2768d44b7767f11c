"""Does an anonymised text still give its customer away?

The text is read as a person would see it: without markup, invisible characters and entities, in
one case. Long words count wherever they are found, short ones and single names as whole words.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from passalong.content.problems import Problems
    from passalong.editorial import Story

_MARKUP = re.compile(r"[^\w\s.@'’-]|_")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_PARTICLES = {"von", "van", "der", "den", "the", "and", "del", "della", "dos", "und"}


def check_traces(
    told: Story, story: Story, source: str, words: tuple[str, ...], problems: Problems
) -> None:
    """Report each of ``words``, and each name of whoever is quoted, that is still in ``told``.

    ``story`` is the story before, ``source`` the text of its file.
    """
    patterns = {word: _pattern(word) for word in words}
    for name in _names(story):
        patterns.setdefault(name, re.compile(rf"(?<!\w){re.escape(name)}(?!\w)"))
    for line, text in _places(told, story, source):
        seen = _seen(text)
        for word in [word for word, pattern in patterns.items() if pattern.search(seen)]:
            del patterns[word]
            message = f"“{word}” still gives the customer of an anonymised story away."
            hint = "Say under anonymous.replace what to write instead."
            problems.error(story.file, line, message, hint)


def _pattern(word: str) -> re.Pattern[str]:
    seen = re.escape(_seen(word))
    return re.compile(seen if len(word) > 4 else rf"(?<!\w){seen}(?!\w)", re.IGNORECASE)


def _seen(text: str) -> str:
    """``text`` as it is read: markup, invisible characters and line ends do not count."""
    shown = _INVISIBLE.sub("", html.unescape(unicodedata.normalize("NFKC", text)))
    return " ".join(_MARKUP.sub("", shown).replace("’", "'").split())


def _names(story: Story) -> Iterator[str]:
    """The single names of whoever is quoted; as names they begin with a capital."""
    for part in story.quote.name.split() if story.quote else ():
        if len(part) > 2 and part[0].isupper() and part.lower() not in _PARTICLES:
            yield part


def _places(told: Story, story: Story, source: str) -> Iterator[tuple[int, str]]:
    """Every text of the story with its line; the body by lines, then whole."""
    quote = told.quote
    for key, texts in (
        ("anonymous", (told.slug, told.slug.replace("-", " "), told.customer)),
        ("title", (told.title,)),
        ("summary", (told.summary,)),
        ("industry", (told.industry,)),
        ("region", (told.region,)),
        ("roles", told.roles),
        ("quote", (quote.text, quote.name, quote.role) if quote else ()),
        ("metrics", tuple(f"{m.value} {m.label} {m.before} {m.after}" for m in told.metrics)),
    ):
        found = re.search(rf"^{key}:", source, re.MULTILINE)
        line = source.count("\n", 0, found.start()) + 1 if found else 1
        for text in texts:
            yield line, text
    for number, text in enumerate(told.body.split("\n")):
        yield story.body_line + number, text
    yield story.body_line, told.body
