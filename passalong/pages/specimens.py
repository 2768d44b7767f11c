"""Pages and messages as they would be for made-up people: what a customer sees before it agrees.

Nobody's name may leave the program for a customer's lawyers, not even that of a colleague of
theirs; so everybody on these pages is invented, and all else is what a build would write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from passalong.booking.hosts import hosts_for
from passalong.drafting import letter_to, passed_on, words_of
from passalong.given import frame_of, pieces_of
from passalong.names import first_name
from passalong.pages.compiler import render
from passalong.pages.state import Bound
from passalong.plan import (
    ADVOCATE_FIELDS,
    REFEREE_FIELDS,
    SHARE_FIELDS,
    Shape,
)
from passalong.sharing import share_link
from passalong.variants import code_of, running

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from passalong.pages.fill import Values
    from passalong.pages.site import Site

CODE = "example"
"""What stands in a specimen's addresses where a person's own code would."""

_FIELDS = {"referee": REFEREE_FIELDS, "share": SHARE_FIELDS, "advocate": ADVOCATE_FIELDS}
_LEFT_OUT = {"reward", "advocate.context", "introductions", "suggestions"}


class Drafted(NamedTuple):
    """A message as its sender finds it; ``media`` names each way that has the same one."""

    media: tuple[str, ...]
    locale: str
    subject: str
    text: str


def pages(site: Site, slug: str, more: tuple[str, ...]) -> dict[str, str]:
    """A referee's, a share and an advocate's page that show a story, as HTML by kind.

    ``more`` are the stories that the share page shows besides.
    """
    made = {}
    for kind in ("referee", "share", "advocate"):
        shape = _shape(site, slug, kind, _locale(site, slug), more if kind == "share" else ())
        bound, values = _bound(site, shape)
        made[kind] = render(site, bound, shape, values)
    return made


def messages(site: Site, slug: str, locales: Iterable[str]) -> list[Drafted]:
    """Every drafted message that would name the customer of a story; alike ones are one."""
    story = site.stories[slug]
    found: dict[tuple[str, str, str], tuple[str, ...]] = {}
    drafts = (
        (code, *drafted)
        for code in locales
        for view in (site, *_varied(site))
        for drafted in _drafts(view, slug, code)
    )
    for code, medium, subject, text in drafts:
        said = f"{subject}\n{text}".casefold()
        if any(word.casefold() in said for word in (story.customer, story.title)):
            alike = found.setdefault((code, subject, text), ())
            found[code, subject, text] = alike if medium in alike else (*alike, medium)
    return [Drafted(media, *alike) for alike, media in found.items()]


def _varied(site: Site) -> Iterator[Site]:
    """The site under each variant that is not plain."""
    for one in running(site.program):
        for variant in one.variants[1:]:
            yield site.seen((code_of(one, variant),))


def _drafts(site: Site, slug: str, code: str) -> Iterator[tuple[str, str, str]]:
    """Medium, subject and text of each message; ``ask`` is ours, ``refer`` to somebody by name."""
    shape = _shape(site, slug, "advocate", code, ())
    bound, values = _bound(site, shape)
    named: dict[str, Any] = dict(zip(shape.present, values, strict=True))
    words = words_of(
        site.program, site.locale(code), {**bound.given, **named}, gift=bound.frame.gift
    )
    yield "ask", *_ask(site, slug, code, named)
    base_url, first = site.program.base_url, first_name(_say(site, code, "referee"))
    person = {"link": f"{base_url}/p/{CODE}/", "referee_first": first, "referee_company": ""}
    letter = letter_to(site.drafts, code, words | person)
    yield "refer", letter.subject, letter.text
    for medium in site.program.media:
        link = {"link": share_link(base_url, CODE, medium)}
        passed = passed_on(site.drafts, medium, code, words | link)
        yield medium, passed.subject, passed.text


def _ask(site: Site, slug: str, code: str, named: dict[str, Any]) -> tuple[str, str]:
    """The mail that asks an advocate, empty where nobody has drafted it."""
    texts, story = site.program.texts[code], site.stories[slug]
    host = site.host(_host(site, slug, code), code)
    words = {
        "first_name": named["advocate.first"],
        "name": named["advocate.name"],
        "company": story.customer,
        "role": named["advocate.role"],
        "brand": site.program.brand.name,
        "overview": texts.overview,
        "looking_for": texts.ask_by_industry.get(story.industry, texts.ask),
        "result": story.title,
        "customer": story.customer,
        "disclosure": texts.disclosure,
        "host_first": host.first,
        "link": f"{site.program.base_url}/a/{CODE}/",
    }
    try:
        draft = site.drafts("ask", code)
    except KeyError:
        return "", ""
    return draft.subject.fill(words), draft.text.fill(words)


def _shape(site: Site, slug: str, kind: str, code: str, more: tuple[str, ...]) -> Shape:
    story, texts = site.stories[slug], site.program.texts[code]
    return Shape(
        kind,
        code,
        tuple(name for name in _FIELDS[kind] if name not in _LEFT_OUT),
        _host(site, slug, code),
        story=slug,
        more=more,
        industry=story.industry if story.industry in texts.ask_by_industry else "",
        gift=bool(texts.reward_advocate),
        named=True,
    )


def _bound(site: Site, shape: Shape) -> tuple[Bound, Values]:
    pieces = pieces_of(shape, site.piece)
    return Bound(frame_of(site.editorial, shape, pieces), pieces), _values(site, shape)


def _values(site: Site, shape: Shape) -> Values:
    advocate, referee, role, reason = (
        _say(site, shape.locale, key) for key in ("advocate", "referee", "role", "reason")
    )
    customer = site.stories[shape.story].customer
    invented = {
        "referee.first": first_name(referee),
        "referee.name": referee,
        "advocate.first": first_name(advocate),
        "advocate.name": advocate,
        "advocate.byline": f"{role}, {customer}",
        "advocate.company": customer,
        "advocate.role": role,
        "reason": reason,
        "code": CODE,
        "token": CODE,
    }
    return tuple(invented[name] for name in shape.present)


def _say(site: Site, code: str, key: str) -> str:
    return site.locale(code).text(f"approval.specimen.{key}")


def _locale(site: Site, slug: str) -> str:
    return site.program.locale_for(site.stories[slug].locale)


def _host(site: Site, slug: str, code: str) -> str:
    return hosts_for(site.program, "", site.stories[slug].region, code)[0].id
