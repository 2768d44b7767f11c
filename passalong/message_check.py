"""Every drafted message held against the people who would send it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from passalong.lengths import widest
from passalong.message_lint import lint
from passalong.names import first_name
from passalong.sharing import share_link
from passalong.variants import every_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from passalong.editorial import Editorial, Message
    from passalong.errors import Problem
    from passalong.people import Advocate, People

_CODE = "0" * 13


class _Senders(NamedTuple):
    """The advocates of one locale by columns, read once for all of its messages."""

    columns: dict[str, list[str]]
    widest: dict[str, str]
    absent: dict[str, str]
    """Per word somebody who lacks it."""
    gift: bool


def message_problems(editorial: Editorial, people: People) -> list[Problem]:
    """What is wrong with the messages that somebody of this program would send, in their locale."""
    program = editorial.program
    by_locale: dict[str, list[Advocate]] = {code: [] for code in program.locales}
    for advocate in people.advocates:
        by_locale[program.locale_for(advocate.locale)].append(advocate)
    senders = {code: _senders(code, them, editorial) for code, them in by_locale.items()}
    sent = {*program.media, "ask", "refer"} - {"copy-link"}
    problems = []
    for message in editorial.messages:
        if message.medium in sent and message.locale in senders:
            problems += _lint(message, senders[message.locale], editorial, people)
    return problems


def _senders(locale: str, advocates: Sequence[Advocate], editorial: Editorial) -> _Senders:
    columns = _columns(advocates, editorial)
    lacking = {name: column.index("") for name, column in columns.items() if "" in column}
    absent = {
        name: f"{advocates[place].name} (advocates.csv:{advocates[place].line})"
        for name, place in lacking.items()
    }
    own = {advocate.reward.casefold() for advocate in advocates} - {"", "none", "no"}
    return _Senders(
        columns,
        {name: value for name, column in columns.items() if (value := widest(column))},
        absent,
        gift=bool(own or any(t.reward_advocate for t in every_text(editorial.program, locale))),
    )


def _columns(advocates: Sequence[Advocate], editorial: Editorial) -> dict[str, list[str]]:
    """Each advocate's words, by word; of a story those that its own advocate's messages may say."""
    stories = {story.slug: story for story in editorial.stories}
    said: dict[str, tuple[str, str]] = {}
    for name in {advocate.case_study for advocate in advocates}:
        slug = editorial.public_slugs.get(name, name)
        story = stories.get(slug) if slug not in editorial.forbidden else None
        said[name] = (story.title, story.customer) if story else ("", "")
    return {
        "first_name": [first_name(a.name) for a in advocates],
        "name": [a.name for a in advocates],
        "company": [a.company for a in advocates],
        "role": [a.role for a in advocates],
        "result": [said[a.case_study][0] for a in advocates],
        "customer": [said[a.case_study][1] for a in advocates],
    }


def _lint(
    message: Message, senders: _Senders, editorial: Editorial, people: People
) -> list[Problem]:
    base = _program_words(message, editorial, people)

    def rows() -> Iterator[dict[str, str]]:
        for values in zip(*senders.columns.values(), strict=True):
            yield base | dict(zip(senders.columns, values, strict=True))

    words, absent = base | senders.widest, senders.absent
    if message.medium == "refer":  # advocates may name somebody and no company
        absent = absent | {"referee_company": "whoever is named without one"}
    return lint(message, words, gift=senders.gift, absent=absent, rows=rows)


def _program_words(message: Message, editorial: Editorial, people: People) -> dict[str, str]:
    program, texts = editorial.program, [*every_text(editorial.program, message.locale)]
    phrases = [phrase for text in texts for phrase in (text.ask, *text.ask_by_industry.values())]
    words = {
        "brand": program.brand.name,
        "overview": widest(text.overview for text in texts),
        "link": share_link(program.base_url, _CODE, message.medium),
        "looking_for": widest(phrases),
        "disclosure": widest(text.disclosure for text in texts),
        "host_first": widest(first_name(host.name) for host in program.booking.hosts),
    }
    if message.medium == "refer":
        suggested = [r for r in people.referees if r.status == "suggested"]
        words["referee_first"] = widest(first_name(r.name) for r in suggested) or "Tomas"
        words["referee_company"] = widest(r.company for r in suggested)
    return words
