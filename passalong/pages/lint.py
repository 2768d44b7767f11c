"""The last look at the output: skeletons, public pages and values, before anything is written.

A page is read by regular expressions rather than parsed, since every build reads every skeleton;
the templates are held to valid HTML by tests.
"""

from __future__ import annotations

import re
import zlib
from html import unescape
from typing import TYPE_CHECKING

from passalong.errors import Problem
from passalong.pages.fill import Hole, Repeat, Skeleton
from passalong.pages.policy import digest
from passalong.secrecy import as_read, pattern

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from passalong.editorial import Editorial
    from passalong.pages.fill import Values
    from passalong.people import Advocate, People, Referee
    from passalong.plan import Group, Shape

LIMIT = 14 * 1024
"""Bytes that a server may send in its first round trip (RFC 6928: ten segments)."""

_ENVELOPE = 12
"""Bytes by which gzip's envelope is larger than zlib's."""

_PERSONAL = ("/a/", "/p/", "/r/")
_SHOWN_OF_ADVOCATES = ("name", "company", "role", "context", "reward")
_SHOWN_OF_REFEREES = ("name", "company", "reason")
_TITLE, _DESCRIPTION = 90, 200

_INLINE = re.compile(r"<(style|script)>(.*?)</\1>", re.DOTALL)
_UNREAD = re.compile(r"<(style|script|textarea|pre|code)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<(?:a|img|link|script|source)\b[^>]*>")
_ADDRESS = re.compile(r'\b(?:href|src)="([^"]*)"')
_MARKDOWN = re.compile(r"\*\*\w|\]\(|```|^#{1,6} |\{\{|\{%|\{[a-z_]+(?:\|[^}]*)?\}", re.MULTILINE)
_HEAD = {
    "a title": re.compile(r"<title>([^<]+)</title>"),
    "a description": re.compile(r'<meta name="description" content="([^"]+)"'),
    "og:title": re.compile(r'<meta property="og:title" content="([^"]+)"'),
    "og:description": re.compile(r'<meta property="og:description" content="([^"]+)"'),
    "og:image": re.compile(r'<meta property="og:image" content="https://([^"]+)"'),
    "twitter:card": re.compile(r'<meta name="twitter:card" content="([^"]+)"'),
}


def page_problems(
    file: str,
    html: str,
    known: Collection[str],
    forbidden: Iterable[str] = (),
    *,
    personal: bool = False,
) -> Iterator[Problem]:
    """What is wrong with a page; ``known`` holds every root-relative address of the site.

    A ``personal`` page may say what looks like Markdown, since somebody may be called so.
    """
    for tag in _TAG.findall(html):
        if tag.startswith("<img") and " alt=" not in tag:
            yield Problem(file, 0, f"an image has no alternative text: {tag}")
        for address in _ADDRESS.findall(tag):
            if not _leads_somewhere(unescape(address), known):
                yield Problem(file, 0, f"a link leads nowhere: {address}")
    text = "" if personal else re.sub(r"<[^>]*>", "\n", _UNREAD.sub("", html))
    if found := _MARKDOWN.search(text):
        around = text[max(0, found.start() - 20) : found.end() + 20].strip()
        yield Problem(file, 0, f"Markdown or a placeholder is left in the text: “{around}”")
    yield from _head(file, html)
    yield from _policy(file, html)
    yield from secret_problems(file, html, forbidden)


def _leads_somewhere(address: str, known: Collection[str]) -> bool:
    path = address.partition("#")[0].partition("?")[0]
    if not path.startswith("/") or path.startswith("//"):
        return not path.startswith("//")
    return path in known or path.startswith(_PERSONAL)


def _head(file: str, html: str) -> Iterator[Problem]:
    found = {name: pattern.search(html) for name, pattern in _HEAD.items()}
    for name, match in found.items():
        if match is None:
            yield Problem(file, 0, f"the page’s head lacks {name}")
    for name, limit in ("a title", _TITLE), ("a description", _DESCRIPTION):
        match = found[name]
        if match and len(unescape(match[1])) > limit:
            message = f"has {name} of more than {limit} characters, which previews cut off."
            yield Problem(file, 0, message, severity="warning")


def _policy(file: str, html: str) -> Iterator[Problem]:
    """Each inline style and script must be one that the page's own policy admits."""
    for kind, content in _INLINE.findall(html):
        if digest(content).replace("'", "&#39;") not in html and digest(content) not in html:
            yield Problem(file, 0, f"the page’s policy does not admit its own <{kind}>")
    if "unsafe-inline" in html[:2000] or "Content-Security-Policy" not in html:
        yield Problem(file, 0, "the page has no strict Content-Security-Policy")


def weight(data: bytes) -> int:
    """Bytes on the wire: what gzip makes of a page."""
    return len(zlib.compress(data, 6)) + _ENVELOPE


def secrets(shape: Shape, editorial: Editorial) -> list[str]:
    """The words that no page of a Shape may say, for the sake of its anonymised stories."""
    shown = (shape.story, *shape.more)
    return [word for slug in shown for word in editorial.forbidden.get(slug, ())]


def secret_problems(file: str, html: str, words: Iterable[str]) -> Iterator[Problem]:
    """Where a page names somebody who must stay anonymous."""
    text = as_read(unescape(html)) if words else ""
    for word in words:
        if pattern(word).search(text):
            yield Problem(file, 0, f"names “{word}”, who must stay anonymous.")


def weight_problems(file: str, html: str) -> Iterator[Problem]:
    """Where a page does not fit into the first round trip."""
    data = html.encode()
    if len(zlib.compress(data, 1)) <= LIMIT - _ENVELOPE:  # packed in haste, and small enough
        return
    if (size := weight(data)) > LIMIT:
        message = f"makes pages of {size:,} bytes compressed; {LIMIT:,} is the limit."
        yield Problem(file, 0, message)


def static_text(skeleton: Skeleton) -> str:
    """The page with an innocent word in each hole, and each row once."""
    return b"".join(_with_words(skeleton.parts)).decode()


def _with_words(parts: Iterable[bytes | Hole | Repeat]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
        elif isinstance(part, Hole):
            yield b"https://x/" if part.field == "image" else b"x"
        else:
            for row in part.shapes.values():
                yield from _with_words(row)


def value_problems(
    groups: Mapping[Shape, Group], editorial: Editorial, people: People
) -> Iterator[Problem]:
    """Personal values that must not be on the page they are meant for."""
    yield from _leaks("advocates.csv", people.advocates, _SHOWN_OF_ADVOCATES, people)
    yield from _leaks("referees.csv", people.referees, _SHOWN_OF_REFEREES, people)
    for shape, group in groups.items():
        if editorial.forbidden and (secret := secrets(shape, editorial)):
            yield from _names_secret(shape, group, secret)


def _leaks(
    file: str, rows: Sequence[Advocate | Referee], columns: Iterable[str], people: People
) -> Iterator[Problem]:
    """Where a value that a page shows holds the address of somebody in the lists."""
    addresses: set[str] = set()
    for name in columns:
        column = [getattr(row, name) for row in rows]
        if "@" not in "\n".join(column):
            continue
        everybody: list[Advocate | Referee] = [*people.advocates, *people.referees]
        addresses = addresses or {row.email.casefold() for row in everybody if row.email}
        for row, text in zip(rows, column, strict=True):
            if "@" in text and any(address in text.casefold() for address in addresses):
                message = f"{name} holds somebody’s address, which would be published."
                yield Problem(file, row.line, message)


def _names_secret(shape: Shape, group: Group, secret: list[str]) -> Iterator[Problem]:
    """The planner picks other stories for such a page; this makes sure of it."""
    patterns = {word: pattern(word) for word in secret}
    for values in group.values:
        text = as_read("\0".join(_texts(values)))
        for word, whole in patterns.items():
            if whole.search(text):
                message = f"a page with an anonymised story would name “{word}”."
                hint = "Take the name out of the person’s own words, or pick another case study."
                yield Problem(f"templates/{shape.kind}.html", 0, message, hint)
                return


def _texts(values: Values) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        else:
            for row in value:
                yield from row.values()
