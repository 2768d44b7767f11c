"""What the browser tests look at: every kind of page of three programs, each built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests import sample
from tests.browser.journey import PHONE
from tests.conftest import Seen
from tests.sample import ARABIC, PAGES, WITHOUT_STORIES, Site

expect.set_options(timeout=30_000)  # a build takes its time on a busy machine

PROGRAMS = {"site": PAGES, "bare_site": WITHOUT_STORIES, "arabic_site": ARABIC}


@pytest.fixture(scope="session")
def bare_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample without a single story."""
    with sample.serving(sample.without_stories(tmp_path_factory.mktemp("bare"))) as site:
        yield site


@pytest.fixture(scope="session")
def arabic_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample in Arabic, from right to left."""
    with sample.serving(sample.arabic(tmp_path_factory.mktemp("arabic"))) as site:
        yield site


@dataclass(frozen=True)
class Kind:
    """A kind of page: the program it is of, its name in tests, and where it is served."""

    program: str
    name: str
    url: str

    @property
    def language(self) -> str:
        if self.program == "arabic_site":
            return "ar"
        return "de" if self.name in sample.GERMAN else "en"


@pytest.fixture(
    params=[(program, name) for program, pages in PROGRAMS.items() for name in pages],
    ids=lambda param: f"{param[1]} ({param[0].replace('_', ' ')})",
)
def kind(request: pytest.FixtureRequest) -> Kind:
    """Each kind of page in turn."""
    program, name = request.param
    site: Site = request.getfixturevalue(program)
    return Kind(program, name, site.url(PROGRAMS[program][name]))


def take(route: Route) -> None:
    """Answers what a page sends with nothing: what is tested here is the page alone."""
    route.fulfill(status=204)


@dataclass(frozen=True)
class Shared:
    """A page that tests use one after another, for a new one costs more than what it shows."""

    page: Page
    seen: Seen = field(default_factory=Seen)

    def look_clean(self) -> None:
        """Fails if anything went wrong since the last look."""
        foreign, errors = self.seen.foreign[:], self.seen.errors[:]
        self.seen.foreign.clear()
        self.seen.errors.clear()
        assert foreign == [], "the page asked another host for something"
        assert errors == [], "the page broke its CSP or wrote an error to the console"


@pytest.fixture(scope="session")
def shared(chromium: Browser) -> Iterator[Callable[..., Shared]]:
    """The page that is shared by all who want it with the same options of a context."""
    pages: dict[str, Shared] = {}

    def page_with(**options: Any) -> Shared:
        key = repr(sorted(options.items()))
        if key not in pages:
            context = chromium.new_context(**options)
            context.set_default_timeout(10_000)
            pages[key] = Shared(context.new_page())
            pages[key].seen.watch(context)
            context.route("**/api/**", take)
        return pages[key]

    yield page_with
    for each in pages.values():
        each.page.context.close()


@pytest.fixture
def visit(
    shared: Callable[..., Shared], open_page: Callable[..., Page], seen: Seen
) -> Iterator[Callable[..., Page]]:
    """Open an address: ``visit(url, width=320)``; further options are those of a context.

    ``fresh`` is for tests that leave something behind in the page's context.
    """
    used: list[Shared] = []

    def visited(
        url: str, width: int = 1280, height: int = 800, *, fresh: bool = False, **options: Any
    ) -> Page:
        chosen = Shared(open_page(**options), seen) if fresh else shared(**options)
        used.append(chosen)
        page = chosen.page
        if fresh:
            page.context.route("**/api/**", take)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(media="null", color_scheme=options.get("color_scheme", "light"))
        answer = page.goto(url)
        assert answer is not None
        if answer.status == 404:  # which Chromium calls an error: the neutral page is none
            errors = chosen.seen.errors
            errors[:] = [error for error in errors if "status of 404" not in error]
        return page

    yield visited
    for chosen in used:
        chosen.look_clean()


@pytest.fixture
def opened(open_page: Callable[..., Page], seen: Seen) -> Iterator[Callable[..., Page]]:
    """A page on a phone whose ways to other sites end in the test; they are no fault of it."""

    def new_page(**options: Any) -> Page:
        page = open_page(**PHONE, **options)
        page.context.route("https://**", leave)
        return page

    def leave(route: Route) -> None:
        seen.foreign.append(route.request.url)
        route.fulfill(status=200, content_type="text/html", body="<title>Elsewhere</title>")

    yield new_page
    assert all(
        url.startswith(("https://www.linkedin.com/", "https://wa.me/")) for url in seen.foreign
    )
    seen.foreign.clear()
