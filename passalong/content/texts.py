"""Drafted messages and the pages of the firm's own words: one file for each and locale."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from passalong.content.bodies import Body, check_pictures, check_tags
from passalong.content.clean import decode, tidy, tidy_text
from passalong.content.experiments import OF_OURS, check_messages, check_unused
from passalong.content.forms import is_locale, is_slug
from passalong.content.links import check_links
from passalong.content.places import markdown_in, name_of
from passalong.content.problems import did_you_mean
from passalong.editorial import Message, TextPage
from passalong.program import MEDIA

if TYPE_CHECKING:
    from pathlib import Path

    from passalong.content.links import Surroundings
    from passalong.content.problems import Problems
    from passalong.program import Program

KINDS = (*(medium for medium in MEDIA if medium != "copy-link"), *OF_OURS)
"""What can be drafted: a message per medium, the mail that asks, and the advocate's own letter."""

PAGES = ("privacy", "terms", "imprint")
_SUBJECT = re.compile(r"subject:[ \t]*(.*)", re.IGNORECASE)
_TITLE = re.compile(r"#[ \t]+(.+?)[ \t]*#*[ \t]*$")


def read_messages(
    folder: Path, site: Path, program: Program, problems: Problems
) -> tuple[Message, ...]:
    """The drafts, by medium, locale and variant: the content folder's, else those of the site.

    A medium that the program shares by and that nobody drafted in the program's own locale is
    given the site's English draft, with a warning.
    """
    ours = [
        _message(path, "site/messages", program, problems, own=False)
        for path in markdown_in(site / "messages")
    ]
    theirs = [
        _message(path, "messages", program, problems, own=True)
        for path in markdown_in(folder / "messages")
    ]
    defaults = [message for message in ours if message]
    wanted = {_key(message): message for message in defaults if message.locale in program.texts}
    written: dict[tuple[str, str, str], Message] = {}
    for message in filter(None, theirs):
        if _key(message) in written:
            problems.error(
                message.file,
                0,
                f"says the same as {written[_key(message)].file}; keep one of them.",
            )
        written.setdefault(_key(message), message)
    found = wanted | written
    english = {
        message.medium: message
        for message in defaults
        if message.locale == "en" and not message.variant
    }
    for medium in program.media:
        key = (medium, program.locale, "")
        if medium in KINDS and key not in found:
            _fall_back(found, key, english.get(medium), problems)
    check_messages(program, found.keys(), problems)
    check_unused(program, written.values(), problems)
    return tuple(found[key] for key in sorted(found))


def _fall_back(
    found: dict[tuple[str, str, str], Message],
    key: tuple[str, str, str],
    english: Message | None,
    problems: Problems,
) -> None:
    medium, locale, _ = key
    file = f"messages/{medium}.md"
    if english is None:
        problems.error(file, 0, f"is missing: a message to share by {medium}.")
        return
    problems.warn(file, 0, f"is missing for {locale}; the English message is shown.")
    found[key] = Message(
        medium, locale, "", english.subject, english.text, english.file, english.line
    )


def _key(message: Message) -> tuple[str, str, str]:
    return message.medium, message.locale, message.variant


def _message(
    path: Path, place: str, program: Program, problems: Problems, *, own: bool
) -> Message | None:
    file = f"{place}/{path.name}"
    medium, *rest = path.stem.split(".")
    if medium not in KINDS:
        hint = did_you_mean(medium, KINDS) if medium != "copy-link" else "It is the bare link."
        problems.error(file, 0, f"“{medium}” has no message.", hint)
        return None
    variant, locale = _variant_and_locale(rest, program)
    if len(rest) > 2 or (own and locale not in program.texts):
        expected = "<medium>.md, <medium>.<variant>.md or with a locale of the program at the end"
        problems.error(file, 0, f"is named wrongly; a message is called {expected}.")
        return None
    text = _text(path, file, problems)
    if text is None:
        return None
    subject, text, line = _split(text)
    if not text.strip():
        problems.error(file, line, "the message has no text.")
    return Message(medium, locale, variant, subject, text.strip("\n"), file, line)


def _variant_and_locale(rest: list[str], program: Program) -> tuple[str, str]:
    if len(rest) >= 2:
        return rest[0], rest[-1]
    if rest and (
        rest[0] in program.texts or (len(rest[0].split("-")[0]) == 2 and is_locale(rest[0]))
    ):
        return "", rest[0]
    return (rest[0] if rest else ""), program.locale


def _split(text: str) -> tuple[str, str, int]:
    """Subject, text, and the line at which the text begins."""
    first, _, rest = text.partition("\n")
    found = _SUBJECT.fullmatch(first)
    body = rest if found else text
    blank = len(body) - len(body.lstrip("\n"))
    return tidy(found[1]) if found else "", body, 1 + bool(found) + blank


def _text(path: Path, file: str, problems: Problems) -> str | None:
    text = decode(path.read_bytes(), file, problems)
    return None if text is None else tidy_text(text, file, problems)


def read_pages(
    folder: Path, program: Program, around: Surroundings, problems: Problems
) -> tuple[TextPage, ...]:
    """Privacy, terms, imprint, by slug and locale; privacy must be there."""
    pages = [
        _page(path, folder, program, around, problems) for path in markdown_in(folder / "pages")
    ]
    found = {(page.slug, page.locale): page for page in pages if page}
    if ("privacy", program.locale) not in found and not (folder / "pages" / "privacy.md").is_file():
        hint = "Who is named on a page has a right to know why, by whom and for how long."
        problems.error("pages/privacy.md", 0, "is missing.", hint)
    for code in program.locales[1:]:
        if ("privacy", program.locale) in found and ("privacy", code) not in found:
            problems.warn(
                f"pages/privacy.{code}.md", 0, f"is missing; {program.locale} is shown instead."
            )
    return tuple(found[key] for key in sorted(found))


def _page(
    path: Path, folder: Path, program: Program, around: Surroundings, problems: Problems
) -> TextPage | None:
    file = name_of(path, folder)
    slug, *rest = path.stem.split(".")
    locale = rest[0] if rest else program.locale
    if not is_slug(slug) or len(rest) > 1 or locale not in program.texts:
        expected = "<name>.md or <name>.<locale>.md, with a locale of the program"
        problems.error(file, 0, f"is named wrongly; a page is called {expected}.")
        return None
    if slug not in PAGES:
        problems.error(file, 0, f"“{slug}” is not a page of the site.", did_you_mean(slug, PAGES))
        return None
    text = _text(path, file, problems)
    if text is None:
        return None
    first, _, rest_of_text = text.lstrip("\n").partition("\n")
    title = _TITLE.fullmatch(first)
    if not title:
        problems.error(file, 1, "must begin with its title: “# Privacy”.")
        return None
    line = text.count("\n") - rest_of_text.count("\n") + 1
    body = Body(rest_of_text, file, line, f"/{slug}/", soft=False)
    check_pictures(body, path.parent, folder, problems)
    check_links(body, around, problems)
    check_tags(body, problems)
    if not rest_of_text.strip():
        problems.error(file, line, "the page has no text.")
    return TextPage(slug, locale, tidy(title[1]), body.text, file, line)
