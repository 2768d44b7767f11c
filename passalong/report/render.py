"""A report as the HTML of its page: parts that a script puts in place one by one.

What stands around them is the static page at ``/report/`` or, for whoever has no scripts, the
skeleton of an answer (`page`). The token goes into the form that every press belongs to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from passalong.report.html import Html, join, say, tag
from passalong.report.opening import PATH, begin, opening, picks_form
from passalong.report.sections import opened_rows, sections
from passalong.report.words import Words

if TYPE_CHECKING:
    from datetime import tzinfo

    from passalong.locales import Locale
    from passalong.pages.fill import Skeleton
    from passalong.report.model import Report


SKELETON: Final = "report"
"""The name of the whole page among a bundle's answers, before a dot and the locale."""


def parts(report: Report, locale: Locale, token: str, zone: tzinfo) -> Html:
    """Everything that the report says, in parts; times are those of the program's ``zone``.

    Raises `UnknownWord` where the locale lacks a word.
    """
    words = Words(locale, report.currency)
    said = [opening(report, words, zone), picks_form(report.picks, token, words)]
    if report.rows:
        said += [opened_rows(report.rows, report.opened, words)]
    elif report.began is None:
        said = [begin(report.version, words), picks_form(report.picks, token, words, hidden=True)]
    else:
        said += sections(report, words)
    return join(said)


def refused(locale: Locale) -> Html:
    """What whoever comes with a wrong key or an old one is told, and the form for another key."""
    text = say(locale, "report.expired_next")
    opening = tag(
        "header",
        tag("h1", say(locale, "report.expired"), tabindex=-1),
        tag("p", text, class_="lead"),
        class_="opening",
        id="said",
        data_part=True,
    )
    return join([opening, key_form(locale)])


def key_form(locale: Locale) -> Html:
    """The form that takes a key; it works without scripts."""
    field = tag(
        "input", id="key", name="token", required=True, autocomplete="off", spellcheck="false"
    )
    button = tag("button", say(locale, "report.open"), type="submit", class_="button")
    label = tag("label", say(locale, "report.key"), for_="key")
    return tag(
        "form",
        tag("div", label, field, class_="field"),
        button,
        method="post",
        action=PATH,
        class_="key",
        id="open",
        data_part=True,
    )


def page(skeleton: Skeleton, inner: Html) -> bytes:
    """The whole page around these parts, for a browser without scripts."""
    return b"".join(part if isinstance(part, bytes) else inner.encode() for part in skeleton.parts)
