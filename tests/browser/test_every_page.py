"""Every kind of page in Chromium: on every screen, for every reader, by keyboard alone.

That no page asks another host for anything, breaks its own CSP or writes an error to the console
is held by the watch under which every page of every test here is opened (tests/conftest.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Kind

Visit = Callable[..., Page]

AXE = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}

# What does not fit: a page that scrolls sideways, an element over the edge, text that is cut off.
# A wide table scrolls in its own frame, and a link's field shows its beginning.
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  const say = (element, what) => found.push(`${what}: ${element.outerHTML.slice(0, 90)}`);
  if (document.documentElement.scrollWidth > wide) found.push('the page scrolls sideways');
  for (const element of document.body.querySelectorAll('*')) {
    const aside = element.closest('.unseen, .skip, .scroll, .people thead');
    if (aside || !element.checkVisibility()) continue;
    const { left, right, width } = element.getBoundingClientRect();
    if (width && (left < -0.5 || right > wide + 0.5)) say(element, 'over the edge');
    const style = getComputedStyle(element);
    const cuts = style.overflowX !== 'visible' && !element.matches('input');
    if (cuts && element.scrollWidth > element.clientWidth + 1) say(element, 'cut off');
  }
  return found;
}"""

# Everything that can be pressed or typed into, in the order of the document.
CONTROLS = """() => [
  ...document.querySelectorAll('a[href], button, input, textarea, summary, [tabindex="0"]')
].filter((element) => element.checkVisibility({ visibilityProperty: true }))"""

# What has the focus: which control, whether it is outlined and on the screen, and where it stands.
FOCUS = """(controls) => {
  const focused = document.activeElement;
  const rect = focused.getBoundingClientRect();
  const outlined = (element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  };
  const around = focused.closest('.draft');
  return {
    at: controls.indexOf(focused),
    what: focused.outerHTML.slice(0, 90),
    outlined: outlined(focused) || (around !== null && outlined(around)),
    onScreen: rect.width > 0 && rect.bottom > 0 && rect.top < innerHeight,
    top: rect.top + scrollY, bottom: rect.bottom + scrollY, left: rect.left, right: rect.right,
  };
}"""

# Controls under 24 pixels that are not words within a sentence (WCAG 2.2, 2.5.8).
SMALL = """(controls) => controls.filter((element) => {
  const { width, height } = element.getBoundingClientRect();
  const alone = element.parentElement.textContent.trim() === element.textContent.trim();
  const inSentence = getComputedStyle(element).display === 'inline' && !alone;
  return Math.min(width, height) < 24 && !inSentence;
}).map((element) => element.outerHTML.slice(0, 120))"""


def test_a_page_fits_every_screen_in_light_and_dark(kind: Kind, visit: Visit) -> None:
    page = visit(kind.url)
    papers = set()
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(OVERFLOW) == [], (width, scheme)
            papers.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert len(papers) == 2


def test_a_page_fits_at_twice_the_size(kind: Kind, visit: Visit) -> None:
    page = visit(kind.url, 640, 400, device_scale_factor=2)  # what a browser's zoom does
    assert page.evaluate(OVERFLOW) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    page.evaluate("document.documentElement.style.fontSize = '200%'")  # larger type alone
    assert page.evaluate(OVERFLOW) == []


def test_axe_finds_nothing_in_light_and_dark(kind: Kind, visit: Visit) -> None:
    page = visit(kind.url)
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 800})
    assert faults(page) == []


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def test_every_control_is_reached_by_tab_in_reading_order_and_shows_it(
    kind: Kind, visit: Visit
) -> None:
    page = visit(kind.url, 320, 640, reduced_motion="reduce")  # or it would still be scrolling
    controls = page.evaluate_handle(CONTROLS)
    stops = []
    for _ in range(page.evaluate("(controls) => controls.length", controls)):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUS, controls))
    assert [stop["at"] for stop in stops] == [*range(len(stops))]
    assert [stop["what"] for stop in stops if not stop["outlined"]] == []
    assert [stop["what"] for stop in stops if not stop["onScreen"]] == []
    start, end, sign = ("right", "left", -1) if kind.language == "ar" else ("left", "right", 1)
    for before, after in itertools.pairwise(stops[1:]):  # the first is the way past them
        below = after["bottom"] > before["bottom"] - 1
        beside = sign * after[start] >= sign * before[end] - 1
        assert below or beside, f"{after['what']} stands before {before['what']}"


def test_every_control_is_large_enough_to_be_hit(kind: Kind, visit: Visit) -> None:
    page = visit(kind.url, 360)
    assert page.evaluate(SMALL, page.evaluate_handle(CONTROLS)) == []
    page.set_viewport_size({"width": 1280, "height": 800})
    assert page.evaluate(SMALL, page.evaluate_handle(CONTROLS)) == []


def test_a_page_has_one_heading_its_language_and_its_direction(kind: Kind, visit: Visit) -> None:
    page = visit(kind.url)
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    html = page.locator("html")
    direction = "rtl" if kind.language == "ar" else "ltr"
    assert html.get_attribute("lang") == kind.language
    assert html.get_attribute("dir") == direction
    assert page.evaluate("getComputedStyle(document.body).direction") == direction
