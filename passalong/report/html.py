"""HTML and SVG of elements, escaped where they are made: for functions, which know no Jinja."""

from __future__ import annotations

import re
from html import escape, unescape
from string import Formatter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.locales import Locale

_EMPTY: Final = frozenset({"input", "line", "rect", "polygon", "br"})
"""Elements without content; those of SVG may end with ``/>``, and those of HTML as well."""

_TAG: Final = re.compile(r"<[^>]*>")

Attribute = str | int | bool | None


class Html(str):
    """Text that is markup already: it is put in as it is. Made here only."""

    __slots__ = ()


def html(text: str) -> Html:
    """``text`` as markup: escaped, unless it is markup."""
    return text if isinstance(text, Html) else Html(escape(text))


def tag(element: str, /, *children: str, **attributes: Attribute) -> Html:
    """An element. A name's underscores are hyphens, one at its end is none (``class_``, ``for_``);

    True is an attribute without value, False and None are none.
    """
    start = f"<{element}{''.join(_attributes(attributes))}"
    if element in _EMPTY:
        return Html(f"{start}/>")
    return Html(f"{start}>{join(children)}</{element}>")


def _attributes(attributes: dict[str, Attribute]) -> Iterable[str]:
    for name, value in attributes.items():
        written = name.rstrip("_").replace("_", "-")
        if value is True:
            yield f" {written}"
        elif value is not None and value is not False:
            yield f' {written}="{escape(str(value))}"'


def join(pieces: Iterable[str], between: str = "") -> Html:
    """The pieces in a row."""
    return Html(html(between).join(html(piece) for piece in pieces))


def say(locale: Locale, key: str, **words: str) -> Html:
    """The words of a key; what fills them may be markup. Raises `UnknownWord`, KeyError."""
    said = []
    for text, name, _, _ in Formatter().parse(locale.pattern(key)):
        said.append(html(text))
        if name is not None:
            said.append(html(words[name]))
    return join(said)


def bdi(text: str) -> Html:
    """Somebody's own text, whatever direction it has."""
    return tag("bdi", text)


def text_of(markup: Html) -> str:
    """What is read of markup."""
    return unescape(_TAG.sub("", markup))
