"""What an advocate passes on: the words of their drafted messages, and where each medium leads.

The build asks this with values that are not known yet, functions with an advocate's own; both are
given the same. Words and links are opaque here as in `passalong.drafts` and `passalong.sharing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from passalong import sharing
from passalong.drafts import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.drafts import Draft
    from passalong.editorial import Editorial
    from passalong.locales import Locale
    from passalong.program import Program, Texts

WITHOUT_TEXT: Final = "copy-link"
"""The medium that passes on the link and no message."""


class Drafted(NamedTuple):
    """A drafted message, read."""

    subject: Draft
    text: Draft


class Drafts:
    """The drafted messages of a program, each read when it is first asked for."""

    def __init__(self, editorial: Editorial) -> None:
        self._program = editorial.program
        self._messages = {(m.medium, m.locale): m for m in editorial.messages if not m.variant}
        self._read: dict[tuple[str, str], Drafted] = {}

    def __call__(self, medium: str, code: str) -> Drafted:
        """The message for a medium in a locale, or in the program's own. Raises KeyError."""
        if (medium, code) not in self._read:
            self._read[medium, code] = self._found(medium, code)
        return self._read[medium, code]

    def _found(self, medium: str, code: str) -> Drafted:
        for wanted in (code, self._program.locale, "en"):
            message = self._messages.get((medium, wanted))
            if message:
                return Drafted(parse(message.subject), parse(message.text))
        raise KeyError(medium)


class Passed(NamedTuple):
    """A message on its way: ``href`` opens the medium with it, or is empty where nothing opens."""

    link: str
    href: str
    text: str
    subject: str


def looking_for(texts: Texts, industry: str) -> str:
    """Whom an advocate of an industry is asked for."""
    return texts.ask_by_industry.get(industry, texts.ask)


def words_of(
    program: Program, locale: Locale, values: Mapping[str, Any], *, gift: bool
) -> dict[str, str]:
    """What fills an advocate's messages; ``values`` are their page's, an absent one is empty.

    ``gift`` says that they receive the program's reward.
    """
    texts = program.texts[locale.code]
    return {
        "first_name": values.get("advocate.first", ""),
        "name": values.get("advocate.name", ""),
        "company": values.get("advocate.company", ""),
        "role": values.get("advocate.role", ""),
        "advocate": values.get("advocate.name", ""),
        "brand": program.brand.name,
        "overview": texts.overview,
        "looking_for": values.get("looking_for", ""),
        "result": values.get("story.title", ""),
        "customer": values.get("story.customer", ""),
        "disclosure": _disclosure(locale, texts, values.get("reward", ""), gift=gift),
        "host_first": values.get("host.first", ""),
    }


def _disclosure(locale: Locale, texts: Texts, reward: str, *, gift: bool) -> str:
    """What a message says of the reward: the program's words, or a sentence on their own."""
    if reward:
        return locale.text("advocate.disclosure", reward=reward)
    return texts.disclosure if gift else ""


def passed_on(
    drafts: Drafts, medium: str, code: str, words: Mapping[str, str], text: str = ""
) -> Passed:
    """A message for a medium in a locale; ``text`` is the advocate's own, in the draft's place.

    ``words`` hold the ``link``, too.
    """
    link, subject = words["link"], ""
    if medium != WITHOUT_TEXT:
        draft = drafts(medium, code)
        text, subject = text or draft.text.fill(words), draft.subject.fill(words)
    return Passed(link, sharing.href(medium, link, text, subject), text, subject)


def letter_to(drafts: Drafts, code: str, words: Mapping[str, str]) -> Passed:
    """The letter from an advocate to somebody by name, to go with the ``link`` to their page.

    ``words`` hold their ``referee_first`` and ``referee_company``, too.
    """
    draft = drafts("refer", code)
    text, subject = draft.text.fill(words), draft.subject.fill(words)
    return Passed(words["link"], sharing.mailto("", subject, text), text, subject)
