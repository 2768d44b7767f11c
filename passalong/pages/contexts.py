"""What each personal template is given: the Frame's own choices, and the values by name.

The same code serves twice: with unknown values to compile a skeleton, and with known ones to render
a page by Jinja alone, which is what every filled skeleton must equal.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from passalong import drafting, sharing
from passalong.given import NAMES, ROW_NAMES
from passalong.pages import views
from passalong.pages.skeleton import row_shapes
from passalong.plan import ADVOCATE_FIELDS, REFEREE_FIELDS, SHARE_FIELDS
from passalong.sharing import FORWARD

if TYPE_CHECKING:
    from collections.abc import Callable

    from passalong.given import Frame
    from passalong.locales import Locale
    from passalong.pages.site import Site

FIELDS = {"referee": REFEREE_FIELDS, "advocate": ADVOCATE_FIELDS, "share": SHARE_FIELDS}
PERSONAL_ROWS = {
    "suggestions": row_shapes(["first", "name", "ref"], ["company"]),
    "introductions": row_shapes(["label"], []),
}

Values = dict[str, Any]


def row_shapes_of(frame: Frame) -> dict[str, tuple[tuple[str, ...], ...]]:
    """The shapes of every field of rows that the frame has."""
    personal = {name: tuple(PERSONAL_ROWS[name]) for name in frame.fields if name in PERSONAL_ROWS}
    return personal | dict(frame.rows)


def row_names(field: str) -> set[str]:
    """Every value that a row of ``field`` may have."""
    return {*ROW_NAMES.get(field, ())}.union(*PERSONAL_ROWS.get(field, ()))


def personal_context(site: Site, frame: Frame, values: Values) -> Values:
    """Everything the template of ``frame.kind`` asks for; ``values`` by the names in ``fields``."""
    site = site.seen(frame.variants)
    known = {name: values.get(name, "") for name in (*FIELDS[frame.kind], *NAMES)}
    texts = site.program.texts[frame.locale]
    own = _nested(known) | {
        "more_count": frame.more,
        "retention": _span(site.locale(frame.locale), site.program.retention_people_days),
        "reward": known.get("reward") or (texts.reward_advocate if frame.gift else ""),
        "agenda": texts.agenda,
        "minutes": site.program.booking.minutes,
        "place": frame.place,
    }
    own["story"] = _story(own["story"], frame) if known["story.title"] else None
    own |= _MORE[frame.kind](site, frame, own, known)
    return site.base(frame.kind, frame.locale, known["image"], known["image_alt"]) | own


def _span(locale: Locale, days: int) -> str:
    """A number of days as people say it: whole years as years."""
    years, rest = divmod(days, 365)
    return locale.count("days", days) if rest else locale.count("years", years)


def _nested(known: Values) -> Values:
    """``{"a.b": 1}`` as ``{"a": {"b": 1}}``, as templates say it."""
    out: Values = {}
    for name, value in known.items():
        *path, last = name.split(".")
        inner = out
        for step in path:
            inner = inner.setdefault(step, {})
        inner[last] = value
    return out


def _story(story: Values, frame: Frame) -> Values:
    quoted = "story.quote.text" in frame.fields
    more = {"quote": story["quote"] if quoted else None, "anonymised": frame.anonymised}
    return story | more


def _referee(site: Site, frame: Frame, _own: Values, known: Values) -> Values:
    words = {
        "referee": known["referee.name"],
        "advocate": known["advocate.name"],
        "host_first": known["host.first"],
    } | _link(site, known["code"], FORWARD)
    return {
        "write": site.mail("write", frame.locale, known["host.mailbox"], words),
        "colleague": site.mail("colleague", frame.locale, "", words),
        "not_me": f"/r/{known['code']}/?v={FORWARD}",
    }


def _share(site: Site, frame: Frame, own: Values, known: Values) -> Values:
    words = {"host_first": known["host.first"]} | _link(site, known["code"], FORWARD)
    return {
        "colleague": site.mail("colleague", frame.locale, "", words),
        "advocate": own["advocate"] if frame.named else None,
        "partner": frame.partner,
        "write": site.mail("write_share", frame.locale, known["host.mailbox"], words),
    }


def _advocate(site: Site, frame: Frame, own: Values, known: Values) -> Values:
    locale = site.locale(frame.locale)
    words = drafting.words_of(site.program, locale, known, gift=frame.gift)
    return {
        "suggestions": _each(known["suggestions"], lambda row: _with(row, who=_who(locale, row))),
        "introductions": known["introductions"],
        "link": sharing.share_link(site.program.base_url, known["code"], "copy-link"),
        "media": [
            _medium(site, medium, frame, words | _link(site, known["code"], medium))
            for medium in site.program.media
        ],
        "named": frame.named,
        "owner": own["host"],
        "languages": _languages(site),
        "not_me": site.mail(
            "wrong_person", frame.locale, site.mailbox, _link(site, known["code"], FORWARD)
        ),
        "assets": own["story"]["assets"] if own["story"] else [],
    }


def _languages(site: Site) -> list[views.Link]:
    """The program's languages, each in its own words, if there is a choice."""
    codes = [*site.program.texts]
    named = [views.Link(site.locale(code).pattern("name"), "", code) for code in codes]
    return named if len(named) > 1 else []


_MORE = {"referee": _referee, "share": _share, "advocate": _advocate}


def _link(site: Site, code: str, medium: str) -> dict[str, str]:
    return {"link": sharing.share_link(site.program.base_url, code, medium)}


def _who(locale: Locale, row: Values) -> str:
    if row["company"]:
        return locale.text("words.who", name=row["name"], company=row["company"])
    return str(row["name"])


def _each(rows: Any, change: Callable[[Values], Values]) -> Any:
    """The rows changed one by one, still of unknown number if they were; no rows stay none."""
    return type(rows)(map(change, rows)) if rows else rows


def _with(row: Values, **more: Any) -> Values:
    """A row with more values, still marked as unknown if it was."""
    out = copy.copy(row)
    out.update(more)
    return out


def _medium(site: Site, medium: str, frame: Frame, words: Values) -> dict[str, str]:
    locale = site.locale(frame.locale)
    said = {name: locale.text(f"media.{medium}.{name}") for name in ("label", "hint")}
    passed = drafting.passed_on(site.drafts, medium, frame.locale, words)
    return {"id": medium, **said, **passed._asdict()}
