"""``links``: everybody with their own link and the drafted mail that asks them.

Nothing is sent: the list goes into a mail merge, or the marketer sends one letter at a time.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from passalong import csv_text
from passalong.booking.hosts import host_for
from passalong.commands.assigning import noting
from passalong.commands.order import order, say
from passalong.drafts import Draft, parse
from passalong.errors import ContentRefused, Stop
from passalong.ledger import file_of, ledger_address
from passalong.merging import may_be_asked
from passalong.names import first_name
from passalong.pages.reading import read
from passalong.sharing import share_link
from passalong.variants import Views

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from passalong.editorial import Editorial, Message, Story
    from passalong.holders import Holders
    from passalong.people import Advocate, People
    from passalong.program import Program


class LinkRow(NamedTuple):
    """An advocate: ``page`` is theirs alone, ``share_link`` is for others, ``ask`` is the mail."""

    id: str
    name: str
    email: str
    company: str
    kind: str
    locale: str
    page: str
    share_link: str
    subject: str
    ask: str


def main(options: argparse.Namespace, root: Path) -> int:
    """Prints the list, as CSV if asked for."""
    wanted = order(options.content, options.content, root)
    address = ledger_address(wanted.var, os.environ)
    has_ledger = not (file := file_of(address)) or file.exists()
    if options.csv:  # letters that somebody will read
        wanted = noting(wanted)
    try:
        found = read(wanted)
    except ContentRefused as refused:
        say(refused.problems, options.content)
        print(f"{refused}; no links were made.", file=sys.stderr)
        return 1
    everybody = list(links(found.editorial, found.people, found.holders))
    standings, today = found.decided.standings, wanted.today
    rows = [r for r in everybody if may_be_asked(standings.get(f"advocate:{r.id}"), today)]
    sys.stdout.write(as_csv(rows) if options.csv else as_text(rows))
    if left := len(found.people.advocates) - len(everybody):
        _note(f"{left} not listed: paused, moved, left, or no longer in the export.")
    if quiet := len(everybody) - len(rows):
        _note(f"{quiet} not listed: they asked not to be written to, for good or for now.")
    if options.csv and not has_ledger:
        _note(f"There is no ledger at {address}, which would tell who asked not to be written to.")
    return 0


def _note(said: str) -> None:
    print(said, file=sys.stderr)


def links(editorial: Editorial, people: People, holders: Holders) -> Iterator[LinkRow]:
    """A row for each advocate of the program, in the order of the list.

    Left out are those who are paused, have moved or left, or are no longer in the export.
    Raises Stop where nobody drafted the mail that asks.
    """
    stories = {story.slug: story for story in editorial.stories}
    views, gone = Views(editorial), set(people.kept)
    read: dict[tuple[str, ...], dict[str, tuple[Draft, Draft]]] = {}
    for advocate in people.advocates:
        if advocate.status != "active" or advocate.id in gone:
            continue
        variants = views.shown(people.variants.get(advocate.id, ""), "advocate")
        program = views.program(variants)
        drafts = read.get(variants) or read.setdefault(variants, _drafts(views.editorial(variants)))
        locale = program.locale_for(advocate.locale)
        if locale not in drafts:
            raise Stop(f"messages/ask.{locale}.md is missing: the mail that asks an advocate.")
        page = f"{program.base_url}/a/{holders.key('advocate', advocate.id)}/"
        code = holders.code(advocate)
        words = _words(program, advocate, locale, _own_story(editorial, stories, advocate))
        words["link"] = page
        subject, text = drafts[locale]
        yield LinkRow(
            id=advocate.id,
            name=advocate.name,
            email=advocate.email,
            company=advocate.company,
            kind=advocate.kind,
            locale=locale,
            page=page,
            share_link=share_link(program.base_url, code, "copy-link"),
            subject=subject.fill(words),
            ask=text.fill(words),
        )


def _drafts(editorial: Editorial) -> dict[str, tuple[Draft, Draft]]:
    """Subject and text of the mail that asks, per locale of the program."""
    asks = {m.locale: m for m in editorial.messages if m.medium == "ask" and not m.variant}
    own = asks.get(editorial.program.locale)
    found: dict[str, Message | None] = {
        code: asks.get(code, own) for code in editorial.program.locales
    }
    return {code: (parse(m.subject), parse(m.text)) for code, m in found.items() if m}


def _own_story(editorial: Editorial, stories: dict[str, Story], advocate: Advocate) -> Story | None:
    """The story of the advocate's own firm, if it is shown under its name."""
    slug = editorial.public_slugs.get(advocate.case_study, advocate.case_study)
    return None if slug in editorial.forbidden else stories.get(slug)


def _words(
    program: Program, advocate: Advocate, locale: str, story: Story | None
) -> dict[str, str]:
    texts = program.texts[locale]
    host = host_for(program, advocate.id, advocate.owner, advocate.region, locale)
    gift = advocate.reward or texts.reward_advocate
    return {
        "first_name": first_name(advocate.name),
        "name": advocate.name,
        "company": advocate.company,
        "role": advocate.role,
        "brand": program.brand.name,
        "overview": texts.overview,
        "looking_for": texts.ask_by_industry.get(advocate.industry, texts.ask),
        "result": story.title if story else "",
        "customer": story.customer if story else "",
        "disclosure": texts.disclosure if gift.casefold() not in ("", "none", "no") else "",
        "host_first": first_name(host.name),
    }


def as_csv(rows: Iterable[LinkRow]) -> str:
    """The rows with a header."""
    return csv_text.as_csv([LinkRow._fields, *rows])


def as_text(rows: Iterable[LinkRow]) -> str:
    """The rows to read: who, their page, their share link."""
    return "".join(
        f"{row.name}{f', {row.company}' if row.company else ''}\n  {row.page}\n  {row.share_link}\n"
        for row in rows
    )
