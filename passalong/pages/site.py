"""What all pages of one build have in common: theme, words, stories, hosts and drafts."""

from __future__ import annotations

from copy import copy
from functools import lru_cache, partial
from string import Formatter
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from passalong import sharing
from passalong.drafting import Drafts
from passalong.errors import UnknownWord
from passalong.locales import Locale, load
from passalong.pages import colour, views
from passalong.pages.assets import Assets
from passalong.pages.pieces import Pieces
from passalong.pages.theme import Theme
from passalong.variants import Views

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from passalong.editorial import Editorial


class Site:
    """Renders everything that belongs to one content folder; ``editorial`` is free of errors."""

    def __init__(self, editorial: Editorial, content: Path, site: Path) -> None:
        self.editorial = editorial
        self.program = editorial.program
        self.folders = (content / "theme", site)
        self.theme = Theme(self.folders)
        grounds = colour.grounds(self.theme.text("core.css"))
        self.palette = colour.accent(self.program.brand.colour, grounds)
        self.theme.root_css = colour.css(self.palette)
        self.assets = Assets([content])
        self.stories = {story.slug: story for story in editorial.stories}
        self.mailbox = sharing.mailbox(self.program.brand.email)
        self.hosts = {host.id: host for host in self.program.booking.hosts}
        self.locale = lru_cache(maxsize=None)(self._locale)
        self.card = lru_cache(maxsize=None)(self._card)
        self.host = lru_cache(maxsize=None)(self._host)
        self.base_of = lru_cache(maxsize=None)(self._base)
        self.piece = Pieces(self)
        self.drafts = Drafts(editorial)
        self._views = Views(editorial)
        self._seen: dict[tuple[str, ...], Site] = {(): self}
        self.images: dict[tuple[str, str], tuple[str, str]] = {}
        """Per story and locale ("" for the program) the preview image's address and its words."""

    def seen(self, variants: tuple[str, ...]) -> Site:
        """The site in the words of these variants; all but words is one and the same."""
        if variants not in self._seen:
            other = self._seen[variants] = copy(self)
            other.editorial = self._views.editorial(variants)
            other.program = other.editorial.program
            other.drafts = Drafts(other.editorial)
            other.base_of = lru_cache(maxsize=None)(other._base)
        return self._seen[variants]

    def _locale(self, code: str) -> Locale:
        return load([folder / "locales" for folder in self.folders], code)

    def _card(self, slug: str, code: str) -> views.Card:
        story = self.stories[slug]
        return views.card(
            story,
            self.program.texts[code],
            self.locale(code),
            self.assets,
            lang=story.locale or self.program.locale,
            anonymised=slug in self.editorial.forbidden,
        )

    def _host(self, host_id: str, code: str) -> views.HostView:
        return views.host_view(self.hosts[host_id], self.program.texts[code])

    def mail(self, name: str, code: str, to: str, words: Mapping[str, Any]) -> str:
        """A ``mailto:`` address with the interface's own draft ``mail.<name>``."""
        texts = self.program.texts[code]
        common: dict[str, Any] = {
            "brand": self.program.brand.name,
            "overview": texts.overview,
            "minutes": str(self.program.booking.minutes),
            "link": self.program.base_url,
        }
        said = common | dict(words)
        locale = self.locale(code)
        subject = locale.text(f"mail.{name}.subject", **said)
        return sharing.mailto(to, subject, locale.text(f"mail.{name}.body", **said).strip())

    def base(
        self, kind: str, code: str, image: str, image_alt: str, **words: str
    ) -> dict[str, Any]:
        """What every template may use; a personal page never has a name in its head."""
        base = self.base_of(kind, code)
        texts = self.program.texts[code]
        words |= {"brand": self.program.brand.name, "overview": texts.overview}
        locale = self.locale(code)
        page = views.Page(
            kind=kind,
            path="",
            title=locale.text(f"meta.{kind}.title", **words),
            description=locale.text(f"meta.{kind}.description", **words),
            image=image,
            image_alt=image_alt,
        )
        return base | {"page": page}

    def image(self, slug: str, code: str) -> tuple[str, str]:
        """The absolute address and the words of a preview image."""
        url, alt = self.images.get((slug, "")) or self.images.get(("", code)) or ("", "")
        return (self.program.base_url + url if url else ""), alt

    def home(self, code: str) -> str:
        """The root of a locale's public pages."""
        return "/" if code == self.program.locale else f"/{code}/"

    def _base(self, kind: str, code: str) -> dict[str, Any]:
        locale, home = self.locale(code), self.home(code)
        say = _Words(locale)
        logo = self.assets.find(self.program.brand.logo)
        logo_url = self.assets.add(logo) if logo else ""
        pages = {page.slug: page for page in self.editorial.pages if page.locale == code}
        return self.theme.inline(kind) | {
            "t": say,
            "tn": partial(_say_count, locale, say),
            "locale": locale,
            "number": locale.number,
            "program": views.program_view(self.program, code),
            "logo": logo_url,
            "icon": logo_url if logo_url.endswith(".svg") else "",
            "home": home,
            "stories_url": f"{home}stories/",
            "privacy_url": f"{home if 'privacy' in pages else '/'}privacy/",
            "links": [
                views.Link(page.title, f"{home}{slug}/")
                for slug, page in sorted(pages.items())
                if slug != "privacy"
            ],
            "others": [],
        }


class _Words:
    """Interface words as HTML: they are escaped, and so is everything that they are filled with.

    Does what ``Markup.format`` would, but takes each pattern apart only once.
    """

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._known: dict[str, list[tuple[str, str | None]]] = {}

    def __call__(self, key: str, **words: Any) -> Markup:
        """The words of a key, with ``words`` in their places. Raises `UnknownWord`."""
        if key not in self._known:
            parts = Formatter().parse(self._locale.pattern(key))
            self._known[key] = [(str(escape(text)), name) for text, name, _, _ in parts]
        said = []
        for text, name in self._known[key]:
            said.append(text)
            if name is not None:
                if name not in words:
                    raise UnknownWord(key, self._locale.code, f"needs a word for {{{name}}}")
                said.append(escape(words[name]))
        return Markup("".join(said))  # noqa: S704 - every part is escaped just here


def _say_count(locale: Locale, say: _Words, key: str, n: int, **words: Any) -> Markup:
    """The plural form that goes with ``n``, which may be said as ``{n}``."""
    return say(locale.plural(key, n), n=locale.number(n), **words)
