"""The last look at the output: skeletons, public pages and values, before anything is written.

A page is read by regular expressions rather than parsed, since every build reads every skeleton;
the templates are held to valid HTML by tests.
"""

from __future__ import annotations

import re
import zlib
from html import unescape
from typing import TYPE_CHECKING

from passalong.model import Problem
from passalong.pages.fill import Hole, Repeat, Skeleton
from passalong.pages.policy import digest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from passalong.model import Editorial, People
    from passalong.plan import Group, Shape

LIMIT = 14 * 1024
"""Bytes that a server may send in its first round trip (RFC 6928: ten segments)."""

_PERSONAL = ("/a/", "/p/", "/r/")
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
    return len(zlib.compress(data, 6)) + 12


def secrets(shape: Shape, editorial: Editorial) -> list[str]:
    """The words that no page of a Shape may say, for the sake of its anonymised stories."""
    shown = (shape.story, *shape.more)
    return [word for slug in shown for word in editorial.forbidden.get(slug, ())]


def secret_problems(file: str, html: str, words: Iterable[str]) -> Iterator[Problem]:
    """Where a page names somebody who must stay anonymous."""
    folded = html.casefold() if words else ""
    for word in words:
        if re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", folded):
            yield Problem(file, 0, f"names “{word}”, who must stay anonymous.")


def weight_problems(file: str, html: str) -> Iterator[Problem]:
    """Where a page does not fit into the first round trip."""
    if (size := weight(html.encode())) > LIMIT:
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
    for advocate in people.advocates:
        if "@" in advocate.context:
            yield from _leaks("advocates.csv", advocate.line, advocate.context, "context", people)
    for referee in people.referees:
        if "@" in referee.reason:
            yield from _leaks("referees.csv", referee.line, referee.reason, "reason", people)
    for shape, group in groups.items():
        if editorial.forbidden and (secret := secrets(shape, editorial)):
            yield from _names_secret(shape, group, secret)


def _leaks(file: str, line: int, text: str, column: str, people: People) -> Iterator[Problem]:
    addresses = {a.email.casefold() for a in people.advocates if a.email}
    addresses |= {r.email.casefold() for r in people.referees if r.email}
    for word in text.casefold().split():
        if word.strip(".,;:()<>") in addresses:
            yield Problem(
                file, line, f"{column} holds somebody’s address, which would be published."
            )


def _names_secret(shape: Shape, group: Group, secret: list[str]) -> Iterator[Problem]:
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(word.casefold())}(?!\w)" for word in secret))
    for values in group.values:
        if found := pattern.search(repr(values).casefold()):
            message = f"a page with an anonymised story would name “{found[0]}”."
            hint = "Take the name out of the person’s own words, or pick another case study."
            yield Problem(f"templates/{shape.kind}.html", 0, message, hint)
            return
