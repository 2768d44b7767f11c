"""TOML with line numbers: ``tomllib`` says what is there, a small reader says where.

Source of the grammar: https://toml.io/en/v1.0.0
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from passalong.content.clean import decode, tidy_text

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.content.problems import Problems

Trail = tuple[str | int, ...]
"""The way to a value: keys of tables and positions in lists."""

_TOKEN = re.compile(
    r"""(?P<skip>[ \t]+|\#[^\n]*)
    |(?P<end>\n)
    |(?P<text>\"{3}(?:\\[\s\S]|(?!\"{3})[^\\])*\"{3,5}|'{3}(?:(?!'{3})[\s\S])*'{3,5}
        |\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')
    |(?P<mark>[\[\]{}=,.])
    |(?P<bare>[^\s\[\]{}=,.\"'\#]+)""",
    re.VERBOSE,
)
_MISTAKES = (
    (
        "Illegal character '\\n'",
        "a quotation mark is not closed",
        "Words on one line stand between two of them; several lines stand between three and three.",
    ),
    (
        "Invalid value",
        "what comes after the equals sign is no value",
        'Words stand between straight quotation marks: name = "Leeway".',
    ),
    ("Invalid date", "there is no such day", "Write it as 2026-05-02."),
    (
        "Expected '=' after",
        "there is no equals sign after the name",
        'It looks like this: name = "Leeway".',
    ),
    (
        "Expected newline",
        "something follows where the value ends",
        "Each setting has its own line, and a quotation mark among words is written “ or ”.",
    ),
    ("Cannot overwrite a value", "this setting is there twice", "Take one of the two out."),
    (
        "Cannot declare",
        "this heading is there twice",
        "Put the settings of both under the first, and take the second out.",
    ),
    ("Unclosed", "a bracket is not closed", "A list stands between [ and ]."),
    (
        "Unescaped",
        "there is a backslash in the words",
        "Write the path of a file with slashes: logos/leeway.svg.",
    ),
    (
        "Invalid statement",
        "it is no setting",
        'A setting looks like this: name = "Leeway"; a note begins with #.',
    ),
)
"""How ``tomllib`` begins to say what is wrong, what that means, and how to mend it."""
_AT_LINE = re.compile(r" ?\(at (?:line (\d+), column \d+|end of document)\)")


class Lines:
    """Where each key of a valid TOML text stands; read when first asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[Trail, int] = {}

    def __call__(self, trail: Trail) -> int:
        """The line of ``trail``, or of the closest table around it; 1 at worst."""
        if not self._lines:
            self._lines = _Reader(self._text).read()
        while trail and trail not in self._lines:
            trail = trail[:-1]
        return self._lines.get(trail, 1)


class _Reader:
    """Walks the tokens of a text that ``tomllib`` has accepted."""

    def __init__(self, text: str) -> None:
        self.tokens: list[tuple[str, str, int]] = []
        line = 1
        for found in _TOKEN.finditer(text):
            if found.lastgroup != "skip":
                self.tokens.append((found.lastgroup or "", found.group(), line))
            line += found.group().count("\n")
        self.tokens.append(("", "", line))
        self.at = 0
        self.lines: dict[Trail, int] = {(): 1}
        self.counts: dict[Trail, int] = {}

    def read(self) -> dict[Trail, int]:
        table: Trail = ()
        while self.tokens[self.at][0]:
            if self.tokens[self.at][0] == "end":
                self.at += 1
            elif self.tokens[self.at][1] == "[":
                table = self.header()
            else:
                self.pair(table)
        return self.lines

    def header(self) -> Trail:
        line = self.tokens[self.at][2]
        repeated = self.tokens[self.at + 1][1] == "["
        self.at += 2 if repeated else 1
        trail = self.keys(())
        self.at += 2 if repeated else 1
        if repeated:
            number = self.counts.get(trail, -1) + 1
            self.counts[trail] = number
            self.lines.setdefault(trail, line)
            trail = (*trail, number)
        self.lines[trail] = line
        return trail

    def keys(self, trail: Trail) -> Trail:
        """A dotted key; the parts that name a list of tables mean its last one."""
        while True:
            kind, word, line = self.tokens[self.at]
            trail = (*trail, _unquoted(word) if kind == "text" else word)
            self.at += 1
            if self.tokens[self.at][1] != ".":
                return trail
            self.at += 1
            self.lines.setdefault(trail, line)
            if trail in self.counts:
                trail = (*trail, self.counts[trail])

    def pair(self, table: Trail) -> None:
        line = self.tokens[self.at][2]
        trail = self.keys(table)
        self.lines[trail] = line
        self.at += 1  # the equals sign
        self.value(trail)

    def value(self, trail: Trail) -> None:
        kind, word, _ = self.tokens[self.at]
        if kind == "mark" and word == "[":
            self.items(trail)
        elif kind == "mark" and word == "{":
            self.inline(trail)
        else:
            while self.tokens[self.at][0] in {"bare", "text"} or self.tokens[self.at][1] == ".":
                self.at += 1

    def items(self, trail: Trail) -> None:
        self.at += 1
        number = 0
        while self.tokens[self.at][1] != "]":
            if self.tokens[self.at][0] == "end" or self.tokens[self.at][1] == ",":
                self.at += 1
                continue
            self.lines[(*trail, number)] = self.tokens[self.at][2]
            self.value((*trail, number))
            number += 1
        self.at += 1

    def inline(self, trail: Trail) -> None:
        self.at += 1
        while self.tokens[self.at][1] != "}":
            if self.tokens[self.at][1] == ",":
                self.at += 1
            else:
                self.pair(trail)
        self.at += 1


def _unquoted(word: str) -> str:
    return next(iter(tomllib.loads(f"{word} = 0")))


def _in_plain_words(said: str) -> tuple[str, str]:
    """What ``tomllib`` says of a mistake, for somebody who writes no code, and how to mend it."""
    for known, words, hint in _MISTAKES:
        if said.startswith(known):
            return words, hint
    return f"{said[:1].lower()}{said[1:]}", ""


def read_toml(path: Path, file: str, problems: Problems) -> tuple[dict[str, object], Lines] | None:
    """What a TOML file says and where, or ``None`` and an error where it cannot be read."""
    text = decode(path.read_bytes(), file, problems)
    if text is None:
        return None
    text = tidy_text(text, file, problems)
    try:
        return tomllib.loads(text), Lines(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        said, hint = _in_plain_words(_AT_LINE.sub("", str(error)))
        problems.error(file, line, f"this line cannot be read: {said}.", hint)
        return None
