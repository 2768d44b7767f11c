"""What templates see of a story, a host and a page: plain records of text, ready to be printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from passalong.names import first_name

if TYPE_CHECKING:
    from markupsafe import Markup

    from passalong.editorial import Metric, Quote, Story
    from passalong.locales import Locale
    from passalong.pages.assets import Assets
    from passalong.program import Host, Program, Texts

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True, slots=True)
class File:
    """Material to download; ``size`` is for people ("84 kB")."""

    url: str
    label: str
    size: str


@dataclass(frozen=True, slots=True)
class Card:
    """A story as other pages show it."""

    slug: str
    url: str
    title: str
    customer: str
    industry: str
    people: int
    facts: str
    summary: str
    lang: str
    dir: str
    metrics: tuple[Metric, ...]
    quote: Quote | None
    logo: str
    monogram: str
    anonymised: bool
    assets: tuple[File, ...]


@dataclass(frozen=True, slots=True)
class HostView:
    """A host in the words of one locale."""

    id: str
    name: str
    first: str
    role: str
    bio: str
    email: str
    phone: str
    monogram: str


@dataclass(frozen=True, slots=True)
class Page:
    """What the head of a page says; an address is absolute, or empty where it must not be."""

    kind: str
    path: str
    title: str
    description: str
    indexable: bool = False
    canonical: str = ""
    image: str = ""
    image_alt: str = ""
    jsonld: Markup | str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its words; ``code`` is the locale behind it where that matters."""

    label: str
    url: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class ProgramView:
    """The program in the words of one locale."""

    id: str
    base_url: str
    brand: object
    texts: Texts
    minutes: int


def program_view(program: Program, locale: str) -> ProgramView:
    """The program as a page in ``locale`` shows it."""
    texts = program.texts[locale]
    return ProgramView(program.id, program.base_url, program.brand, texts, program.booking.minutes)


def direction(locale: str) -> Literal["ltr", "rtl"]:
    """Which way a language is written."""
    return "rtl" if locale.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def monogram(name: str) -> str:
    """Up to two initials, for where there is no picture."""
    words = [word for word in name.split() if word[:1].isalnum()]
    chosen = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0] for word in chosen).upper()


def host_view(host: Host, texts: Texts) -> HostView:
    """A host, with role and bio in the words of the page's locale."""
    role, bio = texts.hosts.get(host.id, ("", ""))
    first = first_name(host.name)
    return HostView(
        host.id,
        host.name,
        first,
        role or host.role,
        bio or host.bio,
        host.email,
        host.phone,
        monogram(host.name),
    )


def card(
    story: Story,
    texts: Texts,
    locale: Locale,
    assets: Assets,
    *,
    lang: str,
    anonymised: bool,
) -> Card:
    """A story, in language ``lang``, for pages in ``locale``."""
    industry = texts.industries.get(story.industry, story.industry)
    logo = assets.find(story.logo)
    return Card(
        slug=story.slug,
        url=f"/stories/{story.slug}/",
        title=story.title,
        customer=story.customer,
        industry=industry,
        people=story.company_size,
        facts=_facts(industry, story.company_size, locale),
        summary=story.summary,
        lang=lang,
        dir=direction(lang),
        metrics=story.metrics[:3],
        quote=story.quote,
        logo=assets.add(logo) if logo else "",
        monogram=monogram(story.customer),
        anonymised=anonymised,
        assets=tuple(_files(story, assets)),
    )


def _facts(industry: str, people: int, locale: Locale) -> str:
    if industry and people:
        return locale.count("facts", people, industry=industry, people=locale.number(people))
    return industry or (
        locale.count("people", people, people=locale.number(people)) if people else ""
    )


def _files(story: Story, assets: Assets) -> list[File]:
    files = []
    for asset in story.assets:
        source = assets.find(asset.file)
        if source:
            size = f"{max(1, round(source.stat().st_size / 1000))}\u00a0kB"
            files.append(File(assets.add(source), asset.label, size))
    return files
