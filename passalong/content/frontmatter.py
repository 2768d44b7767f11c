"""The front matter of a story: YAML whose every plain value is kept as the text that was written.

YAML would read ``6:10`` as 370, ``NO`` as false and ``31`` as a number; a marketer means none of
it. So the nodes are composed, for their lines, and never constructed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passalong.content.problems import Problems
    from passalong.content.toml import Trail

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_NULLS = {"", "~", "null", "Null", "NULL"}
_QUOTED = "Put the value in quotation marks."
_MISTAKES = (
    (
        "mapping values are not allowed",
        "a colon stands where none can",
        "A value with a colon in it stands in quotation marks; every name, in the line above as "
        "well, begins at the left margin and is followed by a colon and a space.",
    ),
    (
        "could not find expected ':'",
        "there is no colon after the name",
        "It looks like this: customer: Nordhavn Lines.",
    ),
    (
        "found unexpected end of stream",
        "a quotation mark is not closed",
        'The words stand between two of them: title: "Ships wait less".',
    ),
    (
        r"(did not find )?expected ',' or",
        "a bracket is not closed, or a comma is missing",
        "A list looks like this: [site manager, terminal manager].",
    ),
    (
        r"did not find expected (key|'-')|expected <block end>",
        "something follows where the value ends, or the line begins further left or right than "
        "its neighbours",
        "Among words write “ and ” or ’ as quotation marks; what belongs together begins at the "
        "same place of each line.",
    ),
    (
        r"(did not find )?expected '?<document start>",
        "it begins further left than the lines above",
        "Every name begins at the left margin.",
    ),
    (
        "found character",
        "it holds a tab, or a value begins with a mark that words cannot begin with",
        f"{_QUOTED} What is set off to the right is set off with spaces.",
    ),
    ("found undefined alias", "the value begins with an asterisk", _QUOTED),
    (
        "found unknown escape character",
        "there is a backslash in the words",
        "Write the path of a file with slashes: logos/leeway.svg.",
    ),
    (
        "(did not find )?expected (the node content|node content|a? ?comment)",
        "the value begins with a mark that words cannot begin with",
        _QUOTED,
    ),
    ("(block )?sequence entries", "the value begins with a hyphen", _QUOTED),
)
"""How PyYAML and LibYAML begin to say what is wrong, what that means, and how to mend it."""
_BEGINS_AT = re.compile("could not find|found unexpected end|(did not find )?expected ',' or")
"""Mistakes that are noticed after the line that must be mended."""


class Document(NamedTuple):
    """A file in two parts: what its front matter says and where, and its Markdown."""

    data: dict[str, object]
    lines: dict[Trail, int]
    body: str
    body_line: int

    def line_of(self, trail: Trail) -> int:
        """The line of ``trail``, or of the closest value around it."""
        while trail and trail not in self.lines:
            trail = trail[:-1]
        return self.lines.get(trail, 1)


def read_document(
    text: str, file: str, problems: Problems, needed: Sequence[str] = ()
) -> Document | None:
    """The parts of a file, or ``None`` with an error that says why it cannot be read.

    ``needed`` are the names to show to whoever wrote no front matter at all.
    """
    opening = _FENCE.match(text)
    closing = _FENCE.search(text, opening.end()) if opening else None
    if not opening or not closing:
        where = "closed" if opening else "there"
        message = (
            f"the front matter is not {where}: it stands between two lines of three hyphens (---)."
        )
        lines = "\n".join(["---", *(f"{name}: …" for name in needed), "---"])
        hint = (
            "Put the second below its last name and value."
            if opening
            else f"Paste this above the text, with your words for each …:\n{lines}"
        )
        problems.error(file, 1, message, hint)
        return None
    body = text[closing.end() :].removeprefix("\n")
    body_line = text.count("\n", 0, closing.end()) + 2
    node = _compose(text[opening.end() : closing.start()], file, problems)
    if node is None:
        return None
    reading = _Reading(file, problems)
    data = reading.value(node, ())
    if isinstance(data, dict):
        return Document(data, reading.lines, body, body_line)
    if data not in (None, ""):
        problems.error(file, 2, "the front matter must be lines of the form “name: value”.")
        return None
    return Document({}, {}, body, body_line)


def _compose(source: str, file: str, problems: Problems) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(source, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        said = error.problem or ""
        marks = [error.problem_mark, error.context_mark]
        mark = next(filter(None, reversed(marks) if _BEGINS_AT.match(said) else marks), None)
        words, hint = _in_plain_words(said)
        problems.error(
            file, mark.line + 1 if mark else 1, f"this line cannot be read{words}.", hint
        )
        return None
    except yaml.YAMLError:
        problems.error(file, 1, "the front matter holds a character that no text can hold.")
        return None
    return node or yaml.ScalarNode("tag:yaml.org,2002:null", "")


def _in_plain_words(said: str) -> tuple[str, str]:
    """What YAML's reader says of a mistake, for somebody who writes no code; how to mend it."""
    for known, words, hint in _MISTAKES:
        if re.match(known, said):
            return f": {words}", hint
    return "", "A value with any mark but letters and digits in it may need quotation marks."


class _Reading:
    """Turns nodes into texts, lists and tables, and remembers their lines."""

    def __init__(self, file: str, problems: Problems) -> None:
        self.file = file
        self.problems = problems
        self.lines: dict[Trail, int] = {}
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, trail: Trail) -> object:
        if isinstance(node, yaml.ScalarNode):
            return None if not node.style and node.value in _NULLS else node.value
        if id(node) in self.seen:
            message = "the front matter refers to another part of itself; write it out."
            self.problems.error(self.file, _line(node), message)
            return None
        self.seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return self.items(node, trail)
        return self.pairs(node, trail)

    def items(self, node: yaml.SequenceNode, trail: Trail) -> list[object]:
        for number, item in enumerate(node.value):
            self.lines[(*trail, number)] = _line(item)
        return [self.value(item, (*trail, number)) for number, item in enumerate(node.value)]

    def pairs(self, node: yaml.Node, trail: Trail) -> dict[str, object]:
        table: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in table:
                self.problems.error(self.file, _line(key_node), f"{key} is there twice.")
                continue
            self.lines[(*trail, key)] = _line(key_node)
            table[key] = self.value(value_node, (*trail, key))
        return table


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
