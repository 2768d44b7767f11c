"""What can be wrong with a drafted message, said with its file and line before anybody reads it.

Nothing here runs over people: the caller gives the widest value of each word once
(`passalong.lengths.widest`), which bounds the message for everybody. Only where the bound is broken
are people looked at one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, Literal

from passalong.drafts import Draft, Placeholder, parse, placeholders
from passalong.errors import DraftError, Problem, UnfilledPlaceholder
from passalong.lengths import X_LIMIT, X_LINK, longest, mail_length, x_length
from passalong.sharing import LINK_IN_TEXT, mailto

if TYPE_CHECKING:
    from passalong.editorial import Message

OF_THE_ADVOCATE: Final = frozenset({"first_name", "name", "company", "role"})
OF_THE_PROGRAM: Final = frozenset({"brand", "overview", "looking_for", "disclosure", "host_first"})
OF_THE_STORY: Final = frozenset({"result", "customer"})

WORDS: Final = OF_THE_ADVOCATE | OF_THE_PROGRAM | OF_THE_STORY | {"link"}
"""The words that every message may use."""

REFER_WORDS: Final = WORDS | {"referee_first", "referee_company"}
"""The words of the letter to one referee."""

WITH_SUBJECT: Final = frozenset({"email", "ask", "refer"})
MAIL_LIMIT: Final = 2000
"""Characters of a ``mailto:`` address that mail programs are known to take."""

SUBJECT_LIMIT: Final = 78
"""Characters of a line of a mail (RFC 5322, 2.1.1)."""

Rows = Callable[[], Iterable[Mapping[str, str]]]
"""Every person's words, made when asked for."""


def lint(
    message: Message,
    words: Mapping[str, str],
    *,
    gift: bool,
    absent: Mapping[str, str] | None = None,
    rows: Rows | None = None,
) -> list[Problem]:
    """Everything wrong with one message.

    ``words`` holds the widest value of each word; ``gift`` says that some advocate receives
    something, which the message must disclose; ``absent`` maps each word that somebody lacks to
    whom ("advocates.csv:12"); ``rows`` is called only when the widest values together are too long.
    """
    try:
        subject, draft = parse(message.subject), parse(message.text)
        found = placeholders(message.text)
        in_subject = [spot._replace(offset=-1) for spot in placeholders(message.subject)]
    except DraftError as error:
        return [_problem(message, error.offset, f"{error}.")]
    problems = [
        *_names(message, [*in_subject, *found], absent or {}),
        *_link(message, found),
        *_disclosure(message, found, gift=gift),
        *_subject(message, subject, words),
    ]
    if not any(problem.severity == "error" for problem in problems):
        problems += _length(message, subject, draft, words, rows)
    return problems


def _problem(
    message: Message,
    offset: int,
    text: str,
    hint: str = "",
    severity: Literal["error", "warning"] = "error",
) -> Problem:
    line = 1 if offset < 0 else message.line + offset
    return Problem(message.file, line, text, hint, severity)


def _names(
    message: Message, found: Iterable[Placeholder], absent: Mapping[str, str]
) -> Iterator[Problem]:
    known = REFER_WORDS if message.medium == "refer" else WORDS
    for name, fallback, offset in dict.fromkeys(found):
        if name not in known:
            near = get_close_matches(name, known, 1)
            meant = f"Did you mean {{{near[0]}}}?" if near else f"There are: {_listed(known)}."
            yield _problem(message, offset, f"{{{name}}} is not a word that messages know.", meant)
        elif fallback is None and name in absent and name != "disclosure":
            fault = f"{{{name}}} is empty for somebody ({absent[name]})."
            hint = f"Write {{{name}|…}} with the words to use instead."
            yield _problem(message, offset, fault, hint)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in sorted(names))


def _link(message: Message, found: Iterable[Placeholder]) -> Iterator[Problem]:
    at = next((spot.offset for spot in found if spot.name == "link"), None)
    if at is None and message.medium in LINK_IN_TEXT:
        yield _problem(
            message, 0, "the message lacks its link.", "Put {link} on a line of its own."
        )
    elif at is not None and message.medium not in LINK_IN_TEXT:
        fault = f"{{link}} would stand there twice: {message.medium} adds the link by itself."
        yield _problem(message, at, fault, "Take {link} out.")


def _disclosure(message: Message, found: Iterable[Placeholder], *, gift: bool) -> Iterator[Problem]:
    said = any(spot.name == "disclosure" for spot in found)
    if gift and not said and message.medium != "ask":
        fault = "the advocate receives something, and the message does not say so."
        yield _problem(message, 0, fault, "Put {disclosure} on a line of its own.")


def _subject(message: Message, subject: Draft, words: Mapping[str, str]) -> Iterator[Problem]:
    if message.medium not in WITH_SUBJECT:
        if message.subject:
            fault = f"a {message.medium} message has no subject: this line is not used."
            yield _problem(message, -1, fault, severity="warning")
    elif not message.subject:
        hint = 'Begin the file with "Subject: …" and an empty line.'
        yield _problem(message, -1, "the message has no subject.", hint)
    elif (length := longest(subject, words, len)) > SUBJECT_LIMIT:
        fault = f"the subject takes up to {length} characters; mail programs show {SUBJECT_LIMIT}."
        yield _problem(message, -1, fault, severity="warning")


def _length(
    message: Message,
    subject: Draft,
    draft: Draft,
    words: Mapping[str, str],
    rows: Rows | None,
) -> Iterator[Problem]:
    severity: Literal["error", "warning"]
    if message.medium == "x":
        bound = longest(draft, words) + X_LINK
        limit, severity, where = X_LIMIT, "error", "a post on X with its link"
    elif message.medium in ("email", "refer"):
        bound = longest(draft, words, mail_length) + longest(subject, words, mail_length)
        bound += len(mailto("", "", ""))
        limit, severity, where = MAIL_LIMIT, "warning", "the address that opens the mail"
    else:
        return
    whose = ""
    if bound > limit and rows is not None:
        bound, whose = _exact(message.medium, subject, draft, rows())
    if bound > limit:
        text = f"{where} takes {bound:,} characters{whose}; {limit:,} are the most."
        hint = f"Shorten it by {bound - limit:,}."
        yield _problem(message, 0, text, hint, severity)


def _exact(
    medium: str, subject: Draft, draft: Draft, rows: Iterable[Mapping[str, str]]
) -> tuple[int, str]:
    """The length of the longest message that anybody has, and whose it is."""
    most, whose = 0, ""
    for row in rows:
        try:
            text = draft.fill(row)
            title = subject.fill(row)
        except UnfilledPlaceholder:
            continue
        length = x_length(text) + X_LINK if medium == "x" else len(mailto("", title, text))
        if length > most:
            most, whose = length, f" for {row['name']}" if row.get("name") else ""
    return most, whose
