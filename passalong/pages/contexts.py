"""What each personal template is given: the static half from the Shape, the rest from the person.

The same code serves twice: with unknown values to compile a skeleton, and with known ones to render
a page by Jinja alone, which is what every filled skeleton must equal.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from passalong import sharing
from passalong.pages.plan import ADVOCATE_FIELDS, REFEREE_FIELDS, SHARE_FIELDS
from passalong.pages.skeleton import row_shapes

if TYPE_CHECKING:
    from passalong.locales import Locale
    from passalong.pages.plan import Shape
    from passalong.pages.site import Site

FIELDS = {"referee": REFEREE_FIELDS, "advocate": ADVOCATE_FIELDS, "share": SHARE_FIELDS}
ROWS = {
    "suggestions": row_shapes(["first", "name"], ["company"]),
    "introductions": row_shapes(["label"], []),
}
FORWARD = "forward"
"""The medium of a page that a referee hands on or reads without their name."""


def personal_context(site: Site, shape: Shape, values: dict[str, Any]) -> dict[str, Any]:
    """Everything the template of ``shape.kind`` asks for; ``values`` by their full names."""
    locale = site.locale(shape.locale)
    known = {name: values.get(name, "") for name in FIELDS[shape.kind]}
    texts = site.program.texts[shape.locale]
    own: dict[str, Any] = {
        "locale": locale,
        "host": site.host(shape.host, shape.locale),
        "story": site.card(shape.story, shape.locale) if shape.story else None,
        "own_story": shape.own_story,
        "reward": known["reward"] or (texts.reward_advocate if shape.gift else ""),
        "agenda": texts.agenda,
        "minutes": site.program.booking.minutes,
        "place": "link" if site.hosts[shape.host].link else "phone",
    }
    for name, value in known.items():
        person, dot, attribute = name.partition(".")
        if dot:
            own.setdefault(person, {})[attribute] = value
    own |= _MORE[shape.kind](site, shape, own, known)
    return site.base(shape.kind, shape.locale, own["story"]) | own


def _referee(
    site: Site, shape: Shape, own: dict[str, Any], known: dict[str, Any]
) -> dict[str, Any]:
    link = sharing.share_link(site.program.base_url, known["code"], FORWARD)
    words = {
        "referee": known["referee.name"],
        "advocate": known["advocate.name"],
        "host_first": own["host"].first,
        "link": link,
    }
    write = site.mail("write", shape.locale, own["host"].email, words)
    return {
        "reason": known["reason"],
        "write": write,
        "remove": site.mail("remove", shape.locale, site.program.brand.email, words),
        "colleague": site.mail("colleague", shape.locale, "", words),
        "not_me": f"/r/{known['code']}/?v={FORWARD}",
    }


def _share(site: Site, shape: Shape, own: dict[str, Any], _known: dict[str, Any]) -> dict[str, Any]:
    words = {"host_first": own["host"].first}
    return {
        "advocate": own["advocate"] if shape.named else None,
        "partner": shape.partner,
        "write": site.mail("write_share", shape.locale, own["host"].email, words),
        "more": [site.card(slug, shape.locale) for slug in shape.more],
    }


def _advocate(
    site: Site, shape: Shape, own: dict[str, Any], known: dict[str, Any]
) -> dict[str, Any]:
    locale, texts = site.locale(shape.locale), site.program.texts[shape.locale]
    looking_for = texts.ask_by_industry.get(shape.industry, texts.ask)
    words = {
        "first_name": known["advocate.first"],
        "name": known["advocate.name"],
        "company": known["advocate.company"],
        "role": known["advocate.role"],
        "advocate": known["advocate.name"],
        "brand": site.program.brand.name,
        "overview": texts.overview,
        "looking_for": looking_for,
        "result": own["story"].title if own["story"] else "",
        "customer": own["story"].customer if own["story"] else "",
        "disclosure": texts.disclosure if own["reward"] else "",
        "host_first": own["host"].first,
        "owner_first": own["host"].first,
    }
    firm = site.program.brand.email
    return {
        "looking_for": looking_for,
        "suggestions": [
            _suggestion(site, shape, row, words | _link(site, known["code"], "email"))
            for row in known["suggestions"]
        ],
        "introductions": [
            _with(row, stage=locale.text("stage.asked")) for row in known["introductions"]
        ],
        "link": sharing.share_link(site.program.base_url, known["code"], "copy-link"),
        "media": [
            _medium(site, medium, shape, words | _link(site, known["code"], medium))
            for medium in site.program.media
        ],
        "named": shape.named,
        "owner": own["host"],
        "tell": site.mail("owner", shape.locale, own["host"].email, words),
        "stop": site.mail("stop", shape.locale, firm, words),
        "not_me": site.mail("wrong_person", shape.locale, firm, {}),
        "assets": own["story"].assets if own["story"] else (),
    }


_MORE = {"referee": _referee, "share": _share, "advocate": _advocate}


def _link(site: Site, code: str, medium: str) -> dict[str, str]:
    return {"link": sharing.share_link(site.program.base_url, code, medium)}


def _suggestion(
    site: Site, shape: Shape, row: dict[str, Any], words: dict[str, Any]
) -> dict[str, Any]:
    locale = site.locale(shape.locale)
    words = words | {"referee_first": row["first"], "referee_company": row.get("company", "")}
    draft = site.draft("refer", shape.locale)
    mail = sharing.mailto("", draft.subject.fill(words), draft.text.fill(words))
    return _with(row, who=_who(locale, row), mail=mail)


def _who(locale: Locale, row: dict[str, Any]) -> str:
    if row.get("company", ""):
        return locale.text("words.who", name=row["name"], company=row["company"])
    return str(row["name"])


def _with(row: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A row with more values, still marked as unknown if it was."""
    out = copy.copy(row)
    out.update(more)
    return out


def _medium(site: Site, medium: str, shape: Shape, words: dict[str, Any]) -> dict[str, str]:
    locale = site.locale(shape.locale)
    text = subject = ""
    if medium != "copy-link":
        draft = site.draft(medium, shape.locale)
        text, subject = draft.text.fill(words), draft.subject.fill(words)
    return {
        "id": medium,
        "label": locale.text(f"media.{medium}.label"),
        "hint": locale.text(f"media.{medium}.hint"),
        "link": words["link"],
        "href": sharing.href(medium, words["link"], text, subject),
        "text": text,
        "subject": subject,
    }
