"""A page as tests read it: its elements with their attributes and text, nothing run or drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, unquote, urlsplit

_VOID = {"meta", "link", "img", "br", "input", "hr", "source", "wbr"}
_SPACE = re.compile("[ \t\n\f\r]+")


@dataclass
class Element:
    """An element of a page; ``text`` holds everything in it, white space as written."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    @property
    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text for c in self.children)

    @property
    def shown(self) -> str:
        """The text with white space as a browser collapses it (CSS Text 3, 4.1.1)."""
        return collapsed(self.text)

    def walk(self) -> Iterator[Element]:
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def all(self, tag: str = "", **attributes: str) -> list[Element]:
        """Every element of this tag, or any, that has these attributes; ``data_x`` is data-x."""
        wanted = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.walk()
            if element.tag == (tag or element.tag)
            and all(element.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str = "", **attributes: str) -> Element:
        """The only element of this kind."""
        (found,) = self.all(tag, **attributes)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in (element.tag for element in self.open):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(html: str) -> Element:
    """The page as one element that holds all others."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.root


def collapsed(text: str) -> str:
    return _SPACE.sub(" ", text).strip(" ")


def metas(page: Element) -> dict[str, str]:
    """What the meta elements say, by name or property."""
    named = (
        (m.attributes.get("name") or m.attributes.get("property", ""), m) for m in page.all("meta")
    )
    return {name: meta["content"] for name, meta in named if name}


def addresses(page: Element) -> list[str]:
    """Every address that the page names: links, sources, form targets, og:image."""
    found = [
        element[name]
        for element in page.walk()
        for name in ("href", "src", "action")
        if name in element.attributes
    ]
    return found + [value for name, value in metas(page).items() if name in ("og:image", "og:url")]


def mail(href: str) -> tuple[str, str, str]:
    """Receiver, subject and text of a ``mailto:`` address (RFC 6068), decoded."""
    parts = urlsplit(href)
    assert parts.scheme == "mailto"
    fields = dict(part.split("=", 1) for part in parts.query.split("&"))
    assert set(fields) == {"subject", "body"}
    return unquote(parts.path), unquote(fields["subject"]), unquote(fields["body"])


def query(href: str) -> dict[str, str]:
    """The query of an address, each name once, spaces written as %20."""
    raw = urlsplit(href).query
    assert "+" not in raw
    return {name: value for name, (value,) in parse_qs(raw, strict_parsing=True).items()}
