"""On paper, in the colours of the reader's own system, and without motion."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_every_page import CONTROLS, FOCUS, OVERFLOW
from tests.sample import NAMED, PAGES, Site

Visit = Callable[..., Page]

STORIES = (*NAMED, "solvents-belgium")
A4_AT_96_DPI = {"width": 794, "height": 1123}


# --- Paper ------------------------------------------------------------------------------------


def test_a_story_prints_on_two_or_three_pages(site: Site, visit: Visit) -> None:
    page = visit(site.url(PAGES["story"]))
    lengths = {}
    for slug in STORIES:
        page.goto(site.url(f"/stories/{slug}/"))
        lengths[slug] = sheets(page.pdf(format="A4", prefer_css_page_size=True))
    assert max(lengths.values()) <= 3, lengths
    assert lengths["nordhavn"] == 2


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def test_a_printed_story_is_the_story_and_no_way_around(site: Site, visit: Visit) -> None:
    page = visit(site.url(PAGES["story"]))
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size(A4_AT_96_DPI)  # type: ignore[arg-type]
    for gone in (".toc", ".foot nav", ".back", ".onward", ".material", ".skip", ".button"):
        for element in page.locator(gone).all():
            expect(element).to_be_hidden()
    for kept in ("h1", ".figures", ".prose", ".said", ".brand"):
        expect(page.locator(kept).first).to_be_visible()
    style = "(element) => getComputedStyle(element)"
    assert page.locator("body").evaluate(f"{style}.backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".prose p").first.evaluate(f"{style}.color") == "rgb(0, 0, 0)"
    assert page.evaluate(OVERFLOW) == []


# --- The reader's own colours, and no motion -------------------------------------------------


@pytest.mark.parametrize("name", ["referee", "advocate with story and suggestions", "story"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_forced_colours_controls_and_focus_are_still_seen(
    name: str, scheme: str, site: Site, visit: Visit
) -> None:
    page = visit(site.url(PAGES[name]), 360, forced_colors="active", color_scheme=scheme)
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    assert page.evaluate(OVERFLOW) == []
    for button in page.locator(".button:visible, .send:visible").all():
        edge = button.evaluate("(element) => getComputedStyle(element).borderTopStyle")
        assert edge == "solid"
    controls = page.evaluate_handle(CONTROLS)
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS, controls)["outlined"]


@pytest.mark.parametrize("name", ["referee", "advocate with story and suggestions", "story"])
def test_who_wants_no_motion_gets_none(name: str, site: Site, visit: Visit) -> None:
    page = visit(site.url(PAGES[name]), reduced_motion="reduce")
    moving = """() => [...document.querySelectorAll('*')].filter((element) => {
      const { animationName, transitionDuration, scrollBehavior } = getComputedStyle(element);
      return animationName !== 'none' || transitionDuration !== '0s' || scrollBehavior !== 'auto';
    }).map((element) => element.outerHTML.slice(0, 90))"""
    assert page.evaluate(moving) == []
    assert page.evaluate("document.getAnimations().length") == 0
