"""The approval pack: one printable document with everything that a customer's lawyers must see.

It stands alone (style inline, pictures as ``data:``), names nobody of the program's lists, and is
made of the very pages that a build would write once the story is signed off.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from markupsafe import Markup, escape

from passalong.headers import TYPES
from passalong.matching import chooser
from passalong.pages import public, screenshots, specimens
from passalong.pages.policy import policy
from passalong.pages.previews import preview_images
from passalong.pages.prose import converted
from passalong.pages.screenshots import View
from passalong.pages.site import Site
from passalong.plan import Planner

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from passalong.editorial import Editorial, Story
    from passalong.holders import Holders
    from passalong.pages.reading import Order
    from passalong.people import People
    from passalong.plan import Group, Shape

_WIDTHS = {"laptop": (1280, 2500), "phone": (390, 1930)}
"""Width and height in CSS pixels: side by side they fill a sheet of paper."""

_UNMARKED = r"<(?:script|style|title|textarea)\b.*?</(?:script|style|title|textarea)>|<[^>]*>"
_LETTER = r"[0-9A-Za-z\u00c0-\u024f]"
"""What a name may not run into; a Chinese sentence has no spaces round a Latin name."""
_ASSET = re.compile(r'\bsrc="/(assets/[^"]+)"')
_INTERNAL = re.compile(r'\bhref="/(?!/)')


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: a story as if signed under its name, and without it where it says how.

    ``program`` is the Chromium that takes pictures, empty for none.
    """

    slug: str
    digest: str
    named: Editorial
    anonymised: Editorial | None
    people: People
    holders: Holders
    program: str


class Pack(NamedTuple):
    """The document, and how many pictures of pages are in it."""

    html: str
    pictures: int


class Uses(NamedTuple):
    """How many pages show the story: of referees, behind share links as first or further story,
    other stories' pages, and public lists.
    """

    referees: int
    shares: int
    further: int
    beside: int
    lists: int


class Attached(NamedTuple):
    """A file that goes with the story; ``digest`` tells it from any other of that name."""

    label: str
    name: str
    digest: str


class Seen(NamedTuple):
    """A kind of page as pictures, each a ``data:`` address."""

    kind: str
    path: str
    laptop: str
    phone: str


def approval_pack(order: Order, asked: Asked) -> Pack:
    """The pack for one story, in the story's language or the program's closest to it."""
    site = Site(asked.named, order.content, order.site)
    site.images = preview_images(site, order.var / "builds" / "images", [])
    code = site.program.locale_for(site.stories[asked.slug].locale)
    pages = dict(public.public_pages(site, order.content, []))
    personal = specimens.pages(site, asked.slug, _more(site, asked.slug, code))
    groups = Planner(asked.named, asked.people, asked.holders).plan()
    seen = _pictures(site, asked, pages, personal, code)
    context = _context(site, asked, order, code) | {
        "uses": uses(asked.slug, pages, groups),
        "messages": specimens.messages(site, asked.slug, _locales(asked, code)),
        "seen": seen,
        "browser": bool(asked.program),
    }
    html = site.theme.render("approval.html", context)
    return Pack(_alone(html, site), 2 * len(seen))


def uses(slug: str, pages: Mapping[str, str], groups: Mapping[Shape, Group]) -> Uses:
    """Counts the pages that show a story, in what a build would write."""
    link = f'href="/stories/{slug}/"'
    own = f"stories/{slug}/index.html"
    public_uses = [path for path, html in pages.items() if link in html and path != own]
    beside = [p for p in public_uses if p.startswith("stories/") and p != "stories/index.html"]
    counts = {"referee": 0, "share": 0, "further": 0}
    for shape, group in groups.items():
        if shape.story == slug and shape.kind in counts:
            counts[shape.kind] += len(group.paths)
        counts["further"] += len(group.paths) if slug in shape.more else 0
    lists = len(public_uses) - len(beside)
    return Uses(counts["referee"], counts["share"], counts["further"], len(beside), lists)


def names_of(story: Story) -> list[str]:
    """The words that name the customer of a story, longest first."""
    found = [story.customer, story.domain, story.quote.name if story.quote else ""]
    short = [story.slug, max(story.domain.split(".")[:-1], key=len, default="")]
    found += [word for word in short if word in story.customer.casefold()]
    return sorted({word for word in found if word}, key=lambda word: (-len(word), word))


def marked(html: str, words: Iterable[str]) -> str:
    """A page with each of ``words`` in its text marked, as a lawyer would with a pen."""
    any_word = "|".join(re.escape(str(escape(word))) for word in words)
    pattern = re.compile(
        rf"({_UNMARKED})|(?<!{_LETTER})((?:{any_word})s?)(?!{_LETTER})", re.DOTALL | re.IGNORECASE
    )
    return pattern.sub(lambda found: found[1] or f"<mark>{found[2]}</mark>", html)


def _context(site: Site, asked: Asked, order: Order, code: str) -> dict[str, Any]:
    """What the template asks for, but what is counted, drafted and pictured."""
    story, card = site.stories[asked.slug], site.card(asked.slug, code)
    digest = " ".join(re.findall(".{4}", asked.digest))
    base = site.base("approval", code, *site.image(asked.slug, code), customer=card.customer)
    # Chromium alone prints these margins; their text is hex digits, so it ends no string
    css = str(base["css"]) + f'@page{{@bottom-left{{content:"{digest}"}}}}'
    return base | {
        "css": Markup(css),  # noqa: S704 - the theme's own, and digits
        "csp": policy(css, "").replace("img-src 'self'", "img-src data:"),
        "story": card,
        "body": Markup(converted(site, story, code, order.content, []).html),  # noqa: S704 - clean
        "digest": digest,
        "today": site.locale(code).date(order.today),
        "attached": _attached(site, story),
        "card": site.images[asked.slug, ""][0],
        "without": _without(asked, order, code),
        "link": f"{site.program.base_url}/stories/{asked.slug}/",
    }


def _without(asked: Asked, order: Order, code: str) -> dict[str, Any] | None:
    """The story without its customer's name, where it says how."""
    if asked.anonymised is None:
        return None
    site = Site(asked.anonymised, order.content, order.site)
    slug = asked.anonymised.public_slugs[asked.slug]
    body = converted(site, site.stories[slug], code, order.content, []).html
    link = f"{site.program.base_url}/stories/{slug}/"
    return {"story": site.card(slug, code), "body": Markup(body), "link": link}  # noqa: S704 - clean


def _attached(site: Site, story: Story) -> list[Attached]:
    """Logo and files; the digest of the text does not cover them, so each has its own."""
    named = [(story.logo, ""), *((asset.file, asset.label) for asset in story.assets)]
    found = [(site.assets.find(file), label) for file, label in named]
    return [
        Attached(label, path.name, hashlib.blake2b(path.read_bytes(), digest_size=8).hexdigest())
        for path, label in found
        if path
    ]


def _locales(asked: Asked, code: str) -> list[str]:
    """The story's own locale, then those of the customer's people who may pass it on."""
    own = [
        asked.named.program.locale_for(advocate.locale)
        for advocate in asked.people.advocates
        if advocate.case_study == asked.slug
    ]
    return list(dict.fromkeys([code, *sorted(own)]))


def _more(site: Site, slug: str, code: str) -> tuple[str, ...]:
    """Two further stories, as a share page of this customer's people would have them."""
    story = site.stories[slug]
    choose = chooser(site.editorial.stories)
    return choose(slug, story.industry, str(story.company_size), "", code)[1:3]


def _pictures(
    site: Site, asked: Asked, pages: Mapping[str, str], personal: Mapping[str, str], code: str
) -> list[Seen]:
    """Every kind of page that names the customer; none where no picture can be taken."""
    if not asked.program:
        return []
    home = site.home(code).lstrip("/")
    paths = {
        "story": f"stories/{asked.slug}/index.html",
        "program": f"{home}index.html",
        "stories": f"{home}stories/index.html",
        "referee": f"p/{specimens.CODE}/index.html",
        "share": f"r/{specimens.CODE}/index.html",
        "advocate": f"a/{specimens.CODE}/index.html",
    }
    words = names_of(site.stories[asked.slug])
    html = {path: personal.get(kind) or pages[path] for kind, path in paths.items()}
    files: dict[str, bytes | Path] = {p: marked(text, words).encode() for p, text in html.items()}
    views = [View(path, *size) for path in paths.values() for size in _WIDTHS.values()]
    taken = screenshots.take(asked.program, files | site.assets.files, views)
    if not all(taken):
        return []
    uris = [_data("image/png", data) for data in taken]
    return [
        Seen(kind, f"/{path.removesuffix('index.html')}", uris[2 * n], uris[2 * n + 1])
        for n, (kind, path) in enumerate(paths.items())
    ]


def _alone(html: str, site: Site) -> str:
    """The document with its pictures in it, and its links leading to the site."""

    def inline(found: re.Match[str]) -> str:
        content = site.assets.files[found[1]]
        data = content if isinstance(content, bytes) else content.read_bytes()
        return f'src="{_data(TYPES[found[1].rpartition(".")[2]], data)}"'

    return _INTERNAL.sub(f'href="{site.program.base_url}/', _ASSET.sub(inline, html))


def _data(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
