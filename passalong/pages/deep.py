"""``check --deep``: every written page read again, as a suspicious stranger would read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from passalong.model import Problem
from passalong.pages import lint
from passalong.pages.reading import read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from passalong.model import Advocate, People, Referee
    from passalong.pages.reading import Order

_PERSONAL = ("a/", "p/", "r/")
_PERSONAL_LINK = re.compile("/[apr]/")
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_LINK = re.compile(r'\b(?:href|src|content)="((?:https?:)?/[^"]*)"')


def deep_problems(folder: Path, order: Order) -> tuple[Problem, ...]:
    """What is wrong in the pages of ``folder``, which was built by ``order``."""
    editorial, people = read(order)[:2]
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*"))
    known = {f"/{path.removesuffix('index.html')}" for path in files}
    addresses = {p.email.casefold() for p in _everybody(people) if p.email}
    allowed = {editorial.program.brand.email, *(h.email for h in editorial.program.booking.hosts)}
    addresses -= {address.casefold() for address in allowed}
    names = _names(people)
    found = set()
    for path in files:
        if path.endswith(".html"):
            html = (folder / path).read_text("utf-8")
            found |= {*lint.page_problems(path, html, known, personal=path.startswith(_PERSONAL))}
            found |= {*_leaks(path, html, addresses)}
            found |= {*_named_addresses(path, html, names)}
            if path.startswith(_PERSONAL):
                found |= {*lint.weight_problems(path, html)}
    return tuple(sorted(found))


def _everybody(people: People) -> Iterator[Advocate | Referee]:
    yield from people.advocates
    yield from people.referees


def _names(people: People) -> re.Pattern[str]:
    """Names of two words or more, as an address might spell them."""
    full = {p.name for p in _everybody(people) if " " in p.name}
    spelt = (re.escape(name.casefold()).replace(r"\ ", r"[\s+._-]*") for name in sorted(full))
    return re.compile("|".join(spelt) or r"(?!)")


def _leaks(path: str, html: str, addresses: set[str]) -> Iterator[Problem]:
    for address in {found.casefold() for found in _MAIL.findall(unquote(html))} & addresses:
        yield Problem(path, 0, f"shows the address of somebody in the lists: {address}")


def _named_addresses(path: str, html: str, names: re.Pattern[str]) -> Iterator[Problem]:
    for link in _LINK.findall(html):
        ours = not link.startswith("https://") or _PERSONAL_LINK.search(link)
        if ours and (found := names.search(unquote(link).casefold())):
            yield Problem(path, 0, f"has a name in an address: {found[0]}")
