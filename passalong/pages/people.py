"""The local list of everybody, with their pages: for the marketer's eyes, never published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from passalong.names import first_name
from passalong.pages.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from passalong.editorial import Editorial
    from passalong.holders import Holders
    from passalong.people import People
    from passalong.program import Program


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a page: ``url`` and ``share`` are root-relative, ``link`` is for sending."""

    kind: str
    name: str
    first: str
    company: str
    locale: str
    url: str
    link: str
    share: str = ""


def listed(program: Program, people: People, holders: Holders) -> Iterator[Person]:
    """Everybody who has a page, advocates first."""
    for advocate in people.advocates:
        url = f"/a/{holders.key('advocate', advocate.id)}/"
        yield Person(
            "advocate",
            advocate.name,
            first_name(advocate.name),
            advocate.company,
            program.locale_for(advocate.locale),
            url,
            program.base_url + url,
            f"/r/{holders.code(advocate)}/",
        )
    for referee in people.referees:
        if referee.status != "suggested":
            url = f"/p/{holders.key('referee', referee.id)}/"
            yield Person(
                "referee",
                referee.name,
                first_name(referee.name),
                referee.company,
                program.locale_for(referee.locale),
                url,
                program.base_url + url,
            )


def everybody(
    editorial: Editorial, people: People, holders: Holders, content: Path, folder: Path
) -> str:
    """The list as a page."""
    site = Site(editorial, content, folder)
    context = site.base("people", site.program.locale, "", "")
    shown = list(listed(site.program, people, holders))
    return site.theme.render("people.html", context | {"people": shown})
