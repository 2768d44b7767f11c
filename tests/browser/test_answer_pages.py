"""The pages that answer a form: on every screen, in both directions, for every reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.answers import SAID, Answers
from tests.browser.test_every_page import CONTROLS, OVERFLOW, SMALL, faults
from tests.sample import Site

Visit = Callable[..., Page]
LONG = "Konstantinos-Alexandros Papadopoulos-Wolfeschlegelsteinhausenbergerdorff"
FULL: dict[str, dict[str, Any]] = {
    "said": {"facts": [{"label": "Mail address", "text": LONG}]},
    "times": {"problem": [{"text": LONG}], "call": [{"label": "Your phone"}], "name": LONG},
    "introduced": {"title": f"The page for {LONG} is ready.", "mail_label": f"Write to {LONG}"},
    "outcome": {"worth": [{"label": LONG}], "problem": [{"text": LONG}], "title": LONG},
    "meeting": {"with": LONG, "where": f"{LONG} calls you on +49 40 66969 121"},
}


@pytest.fixture(scope="session")
def pages(site: Site, arabic_site: Site) -> dict[str, str]:
    """Every answer at its fullest, in English and in Arabic."""
    programs = {"en": Answers(site.made), "ar": Answers(arabic_site.made)}
    return {
        f"{name}.{code}": answers.page(name, code, **FULL.get(name, {}))
        for code, answers in programs.items()
        for name in SAID
    }


@pytest.fixture(params=[f"{name}.{code}" for code in ("en", "ar") for name in SAID])
def answered(
    request: pytest.FixtureRequest, pages: dict[str, str], site: Site, visit: Visit
) -> Page:
    """Each of these pages in turn."""
    page = visit(site.url("/robots.txt"), fresh=True)
    html = pages[request.param]
    page.context.route(
        "**/answered/", lambda route: route.fulfill(body=html, content_type="text/html")
    )
    page.goto(site.url("/answered/"))
    return page


def test_on_every_screen_an_answer_fits_and_its_controls_can_be_hit(answered: Page) -> None:
    for width in (320, 360, 640, 1280):
        answered.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            answered.emulate_media(color_scheme=scheme)
            assert answered.evaluate(OVERFLOW) == [], (width, scheme)
        assert answered.evaluate(SMALL, answered.evaluate_handle(CONTROLS)) == [], width
    answered.evaluate("document.documentElement.style.fontSize = '200%'")
    assert answered.evaluate(OVERFLOW) == []


def test_axe_finds_nothing_on_an_answer(answered: Page) -> None:
    assert faults(answered, {"rules": {"target-size": {"enabled": True}}}) == []
    answered.emulate_media(color_scheme="dark")
    answered.set_viewport_size({"width": 360, "height": 800})
    assert faults(answered, {"runOnly": ["color-contrast", "target-size"]}) == []


def test_a_time_is_large_enough_for_a_thumb_and_shows_that_it_is_chosen(
    pages: dict[str, str], site: Site, visit: Visit
) -> None:
    page = visit(site.url("/robots.txt"), 360, fresh=True)
    page.context.route(
        "**/answered/",
        lambda route: route.fulfill(body=pages["times.en"], content_type="text/html"),
    )
    page.goto(site.url("/answered/"))
    for time in page.locator(".day label").all():
        box = time.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    first, second = (page.locator(".day label").nth(place) for place in (0, 1))
    first.click()
    expect(first.get_by_role("radio")).to_be_checked()
    shade = "(label) => getComputedStyle(label.querySelector('span')).backgroundColor"
    assert first.evaluate(shade) != second.evaluate(shade)
    page.keyboard.press("ArrowRight")
    expect(second.get_by_role("radio")).to_be_checked()
    outline = "(label) => getComputedStyle(label.querySelector('span')).outlineStyle"
    assert second.evaluate(outline) == "solid"
