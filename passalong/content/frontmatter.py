"""The front matter of a story: YAML whose every plain value is kept as the text that was written.

YAML would read ``6:10`` as 370, ``NO`` as false and ``31`` as a number; a marketer means none of
it. So the nodes are composed, for their lines, and never constructed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

if TYPE_CHECKING:
    from passalong.content.problems import Problems
    from passalong.content.toml import Trail

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FENCE = re.compile(r"^---[ \t]*$", re.MULTILINE)
_NULLS = {"", "~", "null", "Null", "NULL"}


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


def read_document(text: str, file: str, problems: Problems) -> Document | None:
    """The parts of a file, or ``None`` with an error that says why it cannot be read."""
    opening = _FENCE.match(text)
    closing = _FENCE.search(text, opening.end()) if opening else None
    if not opening or not closing:
        where = "closed" if opening else "there"
        message = (
            f"the front matter is not {where}: it stands between two lines of three hyphens (---)."
        )
        problems.error(file, 1, message)
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
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        hint = "A value with a colon or a hash sign in it needs quotes around it."
        problems.error(file, line, f"the front matter cannot be read: {error.problem}.", hint)
        return None
    except yaml.YAMLError as error:
        problems.error(file, 1, f"the front matter cannot be read: {error}.")
        return None
    return node or yaml.ScalarNode("tag:yaml.org,2002:null", "")


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
