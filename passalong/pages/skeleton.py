"""Templates rendered once with holes in place of personal values: partial evaluation of Jinja.

A hole is a string that says "<" and a private-use character. Whatever the template does to it shows
in the output: ``&lt;`` it was escaped, ``%3C`` it was percent-encoded, ``<`` it would have been
printed raw, which is refused. Both encodings work character by character, so they may as well be
applied later, to the value. A template that looks into a hole raises, with its file and line.

A loop over rows is rendered once for each set of values that a row can have; marks round the loop's
body, added to the syntax tree, show where a row begins and ends.
"""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from jinja2 import Environment, nodes
from markupsafe import Markup

from passalong.errors import TemplateError
from passalong.pages.fill import Hole, Repeat, Skeleton

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

_FIRST, _LAST = 0xE000, 0xF7FF
_ROW, _END = "\uf8fd", "\uf8fe"
_TOKEN = re.compile(
    r"(?P<html>&lt;[\ue000-\uf7ff])"
    r"|(?P<url>%3C%E[EF]%[89AB][0-9A-F]%[89AB][0-9A-F])"
    r"|(?P<raw><[\ue000-\uf7ff])"
    rf"|(?P<row>{_ROW}[\ue000-\uf7ff])"
    rf"|(?P<end>{_END})"
)
_LEFT_OVER = re.compile("[\ue000-\uf8ff]|%25E[EF]%25")


class _LooksInside(Exception):
    """A template wants to know what a personal value is."""


class Unknown(str):
    """A personal value that is not known yet: it may be printed, escaped, joined; nothing more."""

    __slots__ = ("field",)
    field: str

    def __bool__(self) -> bool:
        """True: an empty value is absent, and absence is part of a page's shape."""
        return True

    def __format__(self, spec: str) -> str:
        return str(self) if not spec else self._refuse()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise _LooksInside(self.field)


_INSPECTING = """
    __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __hash__ __len__ __iter__ __getitem__ __contains__
    __mod__ __mul__ __rmul__ capitalize casefold center count endswith expandtabs find
    index isalnum isalpha isdigit islower isspace istitle isupper join ljust lower lstrip
    partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split
    splitlines startswith strip swapcase title translate upper zfill
"""
for _name in _INSPECTING.split():
    setattr(Unknown, _name, Unknown._refuse)


class UnknownRow(dict[str, Any]):
    """A row of unknown values; ``mark`` is the character that stands for its shape."""

    mark: str


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

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            if isinstance(loop.target, nodes.Name):
                loop.body = [_mark(loop, begin=True), *loop.body, _mark(loop, begin=False)]
        return tree


def _mark(loop: nodes.For, *, begin: bool) -> nodes.Output:
    item = nodes.Name(loop.target.name, "load")  # type: ignore[attr-defined]
    edge = nodes.Keyword("begin", nodes.Const(begin))
    call = nodes.Call(nodes.Name("_edge", "load"), [item], [edge], None, None)
    return nodes.Output([call]).set_lineno(loop.lineno, override=True)  # type: ignore[return-value]


class _Unknowns:
    """The private-use characters in use for one page, and what each stands for."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.rows: dict[str, tuple[str, tuple[str, ...]]] = {}

    def _next(self) -> str:
        code = _FIRST + len(self.names) + len(self.rows)
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
        self.rows[row.mark] = (field, names)
        return row


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
            shapes, every = repeats[name]
            values[name] = [unknowns.row(name, shape, every) for shape in shapes]
        else:
            values[name] = unknowns.value(name)
    try:
        text = render(values)
    except _LooksInside as signal:
        template, line = place(signal)
        message = f"looks into “{signal}”, a personal value that can only be shown or tested for"
        raise TemplateError(message, template, line) from signal
    return Skeleton(tuple(fields), tuple(_parts(_tokens(text, unknowns))))


def place(error: BaseException) -> tuple[str, int]:
    """The innermost template and line that the error passed through."""
    place, trace = ("a template", 0), error.__traceback__
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".html"):
            place = (Path(file).name, trace.tb_lineno)
        trace = trace.tb_next
    return place


_Token = bytes | Hole | tuple[str, tuple[str, ...]] | None


def _tokens(text: str, unknowns: _Unknowns) -> Iterator[_Token]:
    """Static bytes, holes, row beginnings ``(field, shape)`` and row ends (None), in order."""
    position = 0
    for match in _TOKEN.finditer(text):
        yield _static(text[position : match.start()])
        position = match.end()
        found = match[0]
        if match["html"]:
            yield Hole(unknowns.names[found[-1]], "html")
        elif match["url"]:
            yield Hole(unknowns.names[bytes.fromhex(found[3:].replace("%", "")).decode()], "url")
        elif match["raw"]:
            name = unknowns.names[found[-1]]
            raise TemplateError(f"prints “{name}”, a personal value, without escaping it", "", 0)
        else:
            yield unknowns.rows[found[-1]] if match["row"] else None
    yield _static(text[position:])


def _static(text: str) -> bytes:
    if _LEFT_OVER.search(text):
        around = _LEFT_OVER.sub("…", text)[:80].strip()
        raise TemplateError(f"escapes a personal value twice, near “{around}”", "", 0)
    return text.encode()


def _parts(tokens: Iterator[_Token]) -> Iterator[bytes | Hole | Repeat]:
    """Adjacent static bytes joined, consecutive rows of one field gathered into a Repeat."""
    static = b""
    repeat: Repeat | None = None
    for token in tokens:
        if isinstance(token, bytes):
            static += token
        elif isinstance(token, tuple):
            field, shape = token
            if repeat is None or repeat.field != field or static:
                if static:
                    yield static
                static = b""
                repeat = Repeat(field, {})
                yield repeat
            repeat.shapes[shape] = _row_parts(tokens)
        elif token is not None:
            yield static
            static = b""
            yield token
    if static:
        yield static


def _row_parts(tokens: Iterator[_Token]) -> tuple[bytes | Hole, ...]:
    parts: list[bytes | Hole] = []
    for token in tokens:
        if token is None:
            break
        if isinstance(token, tuple):
            raise TemplateError("loops over personal rows inside a personal row", "", 0)
        if token != b"":
            parts.append(token)
    return tuple(parts)
