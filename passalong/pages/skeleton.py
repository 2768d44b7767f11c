"""Templates rendered once with holes in place of personal values: partial evaluation of Jinja.

A hole is a string that says "<" and a private-use character. Whatever the template does to it shows
in the output: ``&lt;`` it was escaped, ``%3C`` it was percent-encoded, ``<`` it would have been
printed raw, which is refused. Both encodings work character by character, so they may as well be
applied later, to the value. A template that looks into a hole raises, with its file and line.

A loop over rows is rendered over rows of every set of values that a row can have, several of each;
marks round the loop's body, added to the syntax tree, show where a row begins and ends. A loop must
show all of them, in their order, and those that have the same values in the same way.
"""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinja2 import Environment, nodes
from jinja2.parser import Parser
from markupsafe import Markup

from passalong.errors import TemplateError
from passalong.pages.fill import Hole, Repeat, Skeleton
from passalong.pages.unknown import (
    OF_PRESENCE,
    SHOWING,
    LooksInside,
    Unknown,
    UnknownRow,
    UnknownRows,
    guarded,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

_FIRST, _LAST = 0xE000, 0xF7FF
_ROW, _END = "\uf8fd", "\uf8fe"
_TOKEN = re.compile(
    r"&lt;[\ue000-\uf7ff]"
    r"|%3C%E[EF]%[89AB][0-9A-F]%[89AB][0-9A-F]"
    r"|<[\ue000-\uf7ff]"
    rf"|{_ROW}[\ue000-\uf7ff]"
    rf"|{_END}"
)
"""Without groups: only then does ``re`` hurry to a character with which a way can begin."""
_LEFT_OVER = re.compile("[\ue000-\uf8ff]")
_TWICE = re.compile("%25E[EF]%25")
_AT_LEAST = 6
"""Rows in a loop while a skeleton is compiled: more than a template would count to."""


def _edge(item: object, *, begin: bool) -> Markup:
    if not isinstance(item, UnknownRow):
        return Markup("")
    return Markup(_ROW + item.mark if begin else _END)  # noqa: S704 - private-use characters only


class PageEnvironment(Environment):
    """Jinja with row marks round the body of every loop; over known values they print nothing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.globals["_edge"] = _edge
        self.filters.pop("urlencode")
        for known, free in ((self.filters, SHOWING), (self.tests, OF_PRESENCE)):
            own: dict[str, Any] = known
            own.update({name: guarded(name, own[name]) for name in {*own} - free})

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return _Parser(self, source, name, filename).parse()


class _Parser(Parser):
    """Marks each loop as it is read: to look for loops afterwards is a tenth of reading them."""

    def parse_for(self) -> nodes.For:
        """A loop, with marks round its body if each round has one name."""
        loop = super().parse_for()
        if isinstance(loop.target, nodes.Name):
            loop.body = [_mark(loop, begin=True), *loop.body, _mark(loop, begin=False)]
        return loop


def _mark(loop: nodes.For, *, begin: bool) -> nodes.Output:
    item = nodes.Name(loop.target.name, "load")  # type: ignore[attr-defined]
    edge = nodes.Keyword("begin", nodes.Const(begin))
    call = nodes.Call(nodes.Name("_edge", "load"), [item], [edge], None, None)
    return nodes.Output([call]).set_lineno(loop.lineno, override=True)  # type: ignore[return-value]


class _Unknowns:
    """The private-use characters in use for one page, and what each stands for."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.begin: dict[str, _Row] = {}
        self.order: dict[str, str] = {}
        """Per field of rows the marks of all of them."""

    def _next(self) -> str:
        code = _FIRST + len(self.names) + len(self.begin)
        if code > _LAST:
            raise ValueError("more personal values than private-use characters")
        return chr(code)

    def value(self, field: str) -> Unknown:
        mark = self._next()
        self.names[mark] = field
        unknown = Unknown("<" + mark)
        unknown.field = field
        return unknown

    def row(self, field: str, names: tuple[str, ...], every: Collection[str]) -> UnknownRow:
        row = UnknownRow(dict.fromkeys(every, ""))
        row.update({name: self.value(f"{field}.{name}") for name in names})
        row.mark = self._next()
        self.begin[row.mark] = _Row(field, names, row.mark)
        return row

    def rows(
        self, field: str, shapes: Sequence[tuple[str, ...]], every: Collection[str]
    ) -> UnknownRows:
        """Each shape in several places, so that it shows if its place matters."""
        order = [*shapes, *reversed(shapes)]
        order *= 1 + _AT_LEAST // len(order)
        rows = UnknownRows(self.row(field, shape, every) for shape in order)
        self.order[field] = "".join(row.mark for row in rows)
        return rows


def row_shapes(always: Sequence[str], sometimes: Sequence[str]) -> list[tuple[str, ...]]:
    """Every set of values that a row can have, each sorted."""
    chosen = (c for n in range(len(sometimes) + 1) for c in combinations(sometimes, n))
    return [tuple(sorted((*always, *extra))) for extra in chosen]


def compile_skeleton(
    fields: Sequence[str],
    repeats: Mapping[str, tuple[Sequence[tuple[str, ...]], Collection[str]]],
    render: Callable[[dict[str, Any]], str],
) -> Skeleton:
    """The skeleton of the page that ``render`` makes of one value for each of ``fields``.

    ``repeats`` names the fields that hold rows, with the shapes that rows can have (the names of
    their values, sorted) and every name that the template may ask a row for. Raises
    TemplateError where the template looks into a value, prints it raw or encodes it twice.
    """
    unknowns = _Unknowns()
    values: dict[str, Any] = {}
    for name in fields:
        if name in repeats:
            values[name] = unknowns.rows(name, *repeats[name])
        else:
            values[name] = unknowns.value(name)
    try:
        text = render(values)
    except LooksInside as signal:
        template, line = place(signal)
        message = f"looks into “{signal}”, a personal value that can only be shown or tested for"
        raise TemplateError(message, template, line) from signal
    return Skeleton(tuple(fields), tuple(_parts(_tokens(text, unknowns), unknowns.order)))


def place(error: BaseException) -> tuple[str, int]:
    """The innermost template and line that the error passed through."""
    place, trace = ("a template", 0), error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".html"):
            place = (Path(file).name, trace.tb_lineno)
        trace = trace.tb_next
    return place


class _Row(NamedTuple):
    """Where a row begins."""

    field: str
    names: tuple[str, ...]
    mark: str


_Token = bytes | Hole | _Row | None


def _tokens(text: str, unknowns: _Unknowns) -> Iterator[_Token]:
    """Static bytes, holes, row beginnings and row ends (None), in order."""
    position = 0
    for match in _TOKEN.finditer(text):
        yield _static(text[position : match.start()])
        position = match.end()
        found = match[0]
        if found[0] == "&":
            yield Hole(unknowns.names[found[-1]], "html")
        elif found[0] == "%":
            yield Hole(unknowns.names[bytes.fromhex(found[3:].replace("%", "")).decode()], "url")
        elif found[0] == "<":
            name = unknowns.names[found[-1]]
            raise TemplateError(f"prints “{name}”, a personal value, without escaping it", "", 0)
        else:
            yield unknowns.begin[found[-1]] if found[0] == _ROW else None
    yield _static(text[position:])


def _static(text: str) -> bytes:
    if _LEFT_OVER.search(text) or _TWICE.search(text):
        around = _LEFT_OVER.sub("…", text)[:80].strip()
        raise TemplateError(f"escapes a personal value twice, near “{around}”", "", 0)
    return text.encode()


def _parts(tokens: Iterator[_Token], order: Mapping[str, str]) -> Iterator[bytes | Hole | Repeat]:
    """Adjacent static bytes joined, the rows of a loop gathered into a Repeat."""
    static = b""
    for token in tokens:
        if isinstance(token, bytes):
            static += token
            continue
        if static:
            yield static
        static = b""
        if isinstance(token, _Row):
            yield _repeat(token, tokens, order[token.field])
        elif token is not None:
            if token.field.rpartition(".")[0] in order:
                raise TemplateError(f"shows “{token.field}” outside a loop over the rows", "", 0)
            yield token
    if static:
        yield static


def _repeat(begin: _Row, tokens: Iterator[_Token], order: str) -> Repeat:
    """All rows of a loop that has just begun."""
    shapes: dict[tuple[str, ...], tuple[bytes | Hole, ...]] = {}
    token: _Token = begin
    for mark in order:
        if mark != order[0]:
            token = next((token for token in tokens if token != b""), None)
        if not isinstance(token, _Row) or token.mark != mark:
            message = f"leaves out rows of “{begin.field}”, or changes their order"
            raise TemplateError(message, "", 0)
        parts = _row_parts(tokens)
        if shapes.setdefault(token.names, parts) != parts:
            message = f"shows a row of “{begin.field}” by its place among the rows"
            raise TemplateError(message, "", 0)
    return Repeat(begin.field, shapes)


def _row_parts(tokens: Iterator[_Token]) -> tuple[bytes | Hole, ...]:
    parts: list[bytes | Hole] = []
    for token in tokens:
        if token is None:
            break
        if isinstance(token, _Row):
            raise TemplateError("loops over personal rows inside a personal row", "", 0)
        if token != b"":
            parts.append(token)
    return tuple(parts)
