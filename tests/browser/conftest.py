"""What the browser tests look at: every kind of page of three programs, each built once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import sample
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


@pytest.fixture
def visit(open_page: Callable[..., Page], seen: Seen) -> Callable[..., Page]:
    """Open an address: ``visit(url, width=320)``; further options are those of a context."""

    def visited(url: str, width: int = 1280, height: int = 800, **options: Any) -> Page:
        page = open_page(viewport={"width": width, "height": height}, **options)
        answer = page.goto(url)
        assert answer is not None
        if answer.status == 404:  # which Chromium calls an error: the neutral page is none
            page.wait_for_function("document.readyState === 'complete'")
            seen.errors[:] = [error for error in seen.errors if "status of 404" not in error]
        return page

    return visited
