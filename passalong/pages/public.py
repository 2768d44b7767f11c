"""The pages for everybody: program, stories, the firm's own texts, and the missing page."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from passalong.pages import views
from passalong.pages.policy import policy
from passalong.pages.prose import converted
from passalong.pages.reporting import PATH as REPORT
from passalong.pages.reporting import report_context

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from passalong.editorial import TextPage
    from passalong.errors import Problem
    from passalong.pages.site import Site
    from passalong.pages.views import Card, Link

MISSING = "404.html"
UNLISTED = frozenset({MISSING, REPORT})
"""Pages that nobody shall find who was not given their address."""


def public_pages(site: Site, content: Path, warnings: list[Problem]) -> Iterator[tuple[str, str]]:
    """Every public page as its path and its HTML; what Markdown lost is added to ``warnings``."""
    for code in site.program.locales:
        yield _program(site, code)
        yield _stories(site, code)
    for slug in site.stories:
        yield _story(site, slug, content, warnings)
    for text in site.editorial.pages:
        yield _text(site, text, content, warnings)
    code = site.program.locale
    context = _context(site, "missing", code, MISSING)
    yield MISSING, site.theme.render("missing.html", context)
    context = _context(site, "report", code, REPORT) | report_context(site, code)
    yield REPORT, site.theme.render("report.html", context)


def sitemap(paths: Sequence[str], base_url: str) -> bytes:
    """The sitemap (sitemaps.org) of the indexable pages."""
    urls = "".join(f"<url><loc>{base_url}{_url(path)}</loc></url>\n" for path in sorted(paths))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{urls}</urlset>\n"
    ).encode()


def robots(base_url: str) -> bytes:
    """robots.txt (RFC 9309). Personal pages say noindex themselves, which needs them fetched."""
    return f"User-agent: *\nAllow: /\nSitemap: {base_url}/sitemap.xml\n".encode()


def _url(path: str) -> str:
    return "/" + path.removesuffix("index.html")


def _context(
    site: Site, kind: str, code: str, path: str, story: Card | None = None, **words: str
) -> dict[str, Any]:
    """The base of a public page: it may be indexed, and says its address."""
    base = site.base(kind, code, *site.image(story.slug if story else "", code), **words)
    indexable = path not in UNLISTED
    page = dataclasses.replace(
        base["page"],
        path=_url(path),
        indexable=indexable,
        canonical=site.program.base_url + _url(path) if indexable else "",
    )
    return base | {"page": page}


def _others(site: Site, code: str, path: str) -> list[Link]:
    """The same page in the program's other locales."""
    tail = _url(path).removeprefix(site.home(code).rstrip("/"))
    return [
        views.Link(site.locale(other).pattern("name"), site.home(other).rstrip("/") + tail, other)
        for other in site.program.locales
        if other != code
    ]


def _by_industry(site: Site, code: str) -> list[dict[str, Any]]:
    groups: dict[str, list[Card]] = {}
    for slug in site.stories:
        card = site.card(slug, code)
        groups.setdefault(card.industry, []).append(card)
    return [
        {"name": name, "stories": sorted(cards, key=lambda card: card.customer)}
        for name, cards in sorted(groups.items())
    ]


def _program(site: Site, code: str) -> tuple[str, str]:
    path = f"{site.home(code).lstrip('/')}index.html"
    context = _context(site, "program", code, path)
    firm = {"@context": "https://schema.org", "@type": "Organization"}
    brand = site.program.brand
    about = {"name": brand.name, "legalName": brand.legal_name, "url": brand.website}
    _describe(context, firm | about)
    context |= {"industries": _by_industry(site, code), "others": _others(site, code, path)}
    return path, site.theme.render("program.html", context)


def _stories(site: Site, code: str) -> tuple[str, str]:
    path = f"{site.home(code).lstrip('/')}stories/index.html"
    context = _context(site, "stories", code, path)
    context |= {"industries": _by_industry(site, code), "others": _others(site, code, path)}
    return path, site.theme.render("stories.html", context)


def _story(site: Site, slug: str, content: Path, warnings: list[Problem]) -> tuple[str, str]:
    source = site.stories[slug]
    code = site.program.locale_for(source.locale)
    card = site.card(slug, code)
    path = f"stories/{slug}/index.html"
    context = _context(site, "story", code, path, card, title=card.title, summary=card.summary)
    body = converted(site, source, code, content, warnings)
    link = context["page"].canonical
    words = {"customer": card.customer, "title": card.title, "link": link}
    _describe(context, _article(site, card, link))
    context |= {
        "story": card,
        "body": Markup(body.html),  # noqa: S704 - sanitised
        "toc": body.toc,
        "send": site.mail("send_story", code, "", words),
        "write": site.mail("write_program", code, site.mailbox, words),
        "next": _next(site, slug, code),
    }
    return path, site.theme.render("story.html", context)


def _next(site: Site, slug: str, code: str) -> list[Card]:
    """Two more stories: of the same industry first, then whatever follows."""
    others = [site.card(other, code) for other in site.stories if other != slug]
    own = site.card(slug, code)
    others.sort(
        key=lambda card: (card.industry != own.industry, card.lang != own.lang, card.slug < slug)
    )
    return others[:2]


def _text(site: Site, text: TextPage, content: Path, warnings: list[Problem]) -> tuple[str, str]:
    path = f"{site.home(text.locale).lstrip('/')}{text.slug}/index.html"
    context = _context(site, "text", text.locale, path, title=text.title)
    body = converted(site, text, text.locale, content, warnings)
    context |= {"title": text.title, "body": Markup(body.html)}  # noqa: S704 - sanitised
    return path, site.theme.render("text.html", context)


def _article(site: Site, card: Card, link: str) -> dict[str, Any]:
    return {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": card.title,
        "description": card.summary,
        "inLanguage": card.lang,
        "url": link,
        "image": site.image(card.slug, site.program.locale_for(card.lang))[0],
        "about": {"@type": "Organization", "name": card.customer},
        "publisher": {"@type": "Organization", "name": site.program.brand.name},
    }


def _describe(context: dict[str, Any], document: dict[str, Any]) -> None:
    """Adds JSON-LD to a page, and to what its policy admits: checkers take it for a script."""
    filled = {key: value for key, value in document.items() if value}
    text = json.dumps(filled, ensure_ascii=False).replace("<", "\\u003c")
    described = Markup(text)  # noqa: S704 - no "<" is left to end the element with
    context["page"] = dataclasses.replace(context["page"], jsonld=described)
    context["csp"] = policy(context["css"], context["script"], text)
