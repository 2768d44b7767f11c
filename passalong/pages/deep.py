"""``check --deep``: every written page read again, as a suspicious stranger would read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from passalong.errors import Problem
from passalong.pages import lint
from passalong.pages.reading import read

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from pathlib import Path

    from passalong.pages.reading import Order
    from passalong.people import Advocate, People, Referee

_PERSONAL = ("a/", "p/", "r/")
_BEGINNING = 3
"""Letters by which a name is looked up."""
_PERSONAL_LINK = re.compile("/[apr]/")
_AT = re.compile(r"@[\w-]+(?:\.[\w-]+)+")
_BEFORE_AT = re.compile(r"[\w.+%-]+\Z")
_LONGEST_MAILBOX = 64
_LINK = re.compile(r'="((?:https?:)?/[^"]*)"')


def deep_problems(
    folder: Path,
    order: Order,
    only: Collection[str] | None = None,
    progress: Callable[[int, int], object] = lambda *_: None,
) -> tuple[Problem, ...]:
    """What is wrong in the pages of ``folder``, or in ``only`` these; ``order`` built them.

    ``progress`` is told how many of how many are read.
    """
    editorial, people = read(order)[:2]
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    known = {f"/{path.removesuffix('index.html')}" for path in files}
    addresses = {p.email.casefold() for p in _everybody(people) if p.email}
    allowed = {editorial.program.brand.email, *(h.email for h in editorial.program.booking.hosts)}
    addresses -= {address.casefold() for address in allowed}
    names = _Names(people)
    found = set()
    pages = [path for path in (files if only is None else sorted(only)) if path.endswith(".html")]
    for number, path in enumerate(pages, 1):
        html = (folder / path).read_text("utf-8")
        found |= {*lint.page_problems(path, html, known, personal=path.startswith(_PERSONAL))}
        found |= {*_leaks(path, html, addresses)}
        found |= {*_named_addresses(path, html, names)}
        if path.startswith(_PERSONAL):
            found |= {*lint.weight_problems(path, html)}
        progress(number, len(pages))
    return tuple(sorted(found))


def _everybody(people: People) -> Iterator[Advocate | Referee]:
    yield from people.advocates
    yield from people.referees


class _Names:
    """Names of two words or more, found as an address might spell them.

    They are looked up by how they begin: to try each at every letter takes longer than a build.
    """

    def __init__(self, people: People) -> None:
        self._spelt: dict[str, list[re.Pattern[str]]] = {}
        for name in sorted({p.name.casefold() for p in _everybody(people) if " " in p.name}):
            words = re.escape(name).replace(r"\ ", r"[\s+._-]*")
            begins = name.partition(" ")[0][:_BEGINNING]
            self._spelt.setdefault(begins, []).append(re.compile(words))

    def search(self, text: str) -> str:
        """The first of them in ``text``, which is in small letters, or nothing."""
        for start in range(len(text)):
            for end in range(start + 1, start + _BEGINNING + 1):
                for spelt in self._spelt.get(text[start:end], ()):
                    if found := spelt.match(text, start):
                        return found[0]
        return ""


def _leaks(path: str, html: str, addresses: set[str]) -> Iterator[Problem]:
    for address in {found.casefold() for found in _mail_addresses(unquote(html))} & addresses:
        yield Problem(path, 0, f"shows the address of somebody in the lists: {address}")


def _mail_addresses(text: str) -> Iterator[str]:
    """Looked for from their "@" on, which a page has few of."""
    for at in _AT.finditer(text):
        before = text[max(0, at.start() - _LONGEST_MAILBOX) : at.start()]
        if mailbox := _BEFORE_AT.search(before):
            yield mailbox[0] + at[0]


def _named_addresses(path: str, html: str, names: _Names) -> Iterator[Problem]:
    for link in _LINK.findall(html):
        ours = not link.startswith("https://") or _PERSONAL_LINK.search(link)
        if ours and (found := names.search(unquote(link).casefold())):
            yield Problem(path, 0, f"has a name in an address: {found}")
