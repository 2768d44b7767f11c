"""Every drafted message held against the people who would send it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.lengths import widest
from passalong.message_lint import lint
from passalong.sharing import share_link

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from passalong.model import Advocate, Editorial, Message, People, Problem, Story

_CODE = "0" * 13


def message_problems(editorial: Editorial, people: People) -> list[Problem]:
    """What is wrong with the messages that somebody of this program would send, in their locale."""
    program = editorial.program
    by_locale: dict[str, list[Advocate]] = {code: [] for code in program.locales}
    for advocate in people.advocates:
        by_locale[program.locale_for(advocate.locale)].append(advocate)
    sent = {*program.media, "ask", "refer"} - {"copy-link"}
    problems = []
    for message in editorial.messages:
        if message.medium in sent and message.locale in by_locale:
            senders = by_locale[message.locale]
            problems += _lint(message, senders, editorial, people)
    return problems


def _lint(
    message: Message, senders: Sequence[Advocate], editorial: Editorial, people: People
) -> list[Problem]:
    stories = {story.slug: story for story in editorial.stories}
    gift = bool(editorial.program.texts[message.locale].reward_advocate) or any(
        a.reward and a.reward.casefold() not in ("none", "no") for a in senders
    )
    base = _program_words(message, editorial, people)
    columns: dict[str, set[str]] = {}
    absent: dict[str, str] = {}
    for advocate in senders:
        for name, value in _sender_words(advocate, stories, editorial).items():
            if value:
                columns.setdefault(name, set()).add(value)
            else:
                absent.setdefault(name, f"{advocate.name} (advocates.csv:{advocate.line})")
    words = base | {name: widest(values) for name, values in columns.items()}

    def rows() -> Iterator[dict[str, str]]:
        for advocate in senders:
            yield base | _sender_words(advocate, stories, editorial)

    return lint(message, words, gift=gift, absent=absent, rows=rows)


def _program_words(message: Message, editorial: Editorial, people: People) -> dict[str, str]:
    program, texts = editorial.program, editorial.program.texts[message.locale]
    phrases = (texts.ask, *texts.ask_by_industry.values())
    words = {
        "brand": program.brand.name,
        "overview": texts.overview,
        "link": share_link(program.base_url, _CODE, message.medium),
        "looking_for": widest(phrases),
        "disclosure": texts.disclosure,
        "host_first": widest(host.name.split()[0] for host in program.booking.hosts),
    }
    if message.medium == "refer":
        suggested = [r for r in people.referees if r.status == "suggested"]
        words["referee_first"] = widest(r.name.split()[0] for r in suggested) or "Tomas"
        words["referee_company"] = widest(r.company for r in suggested)
    return words


def _sender_words(
    advocate: Advocate, stories: dict[str, Story], editorial: Editorial
) -> dict[str, str]:
    slug = editorial.public_slugs.get(advocate.case_study, advocate.case_study)
    story = stories.get(slug) if slug not in editorial.forbidden else None
    return {
        "first_name": advocate.name.split()[0] if advocate.name else "",
        "name": advocate.name,
        "company": advocate.company,
        "role": advocate.role,
        "result": story.title if story else "",
        "customer": story.customer if story else "",
    }
