"""Every kind of page in Chromium: on every screen, for every reader, by keyboard alone.

That no page asks another host for anything, breaks its own CSP or writes an error to the console
is held by the watch under which every page of every test here is opened (tests/conftest.py).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from urllib.error import HTTPError
from urllib.request import urlopen

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Kind
from tests.sample import Site

Visit = Callable[..., Page]

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
  ...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')
].filter((element) => element.checkVisibility({ visibilityProperty: true }))
  .filter((element) => !element.closest('[aria-hidden=true]'))"""

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

# How light the page and its text are, from 0 to 255.
PAPER_AND_INK = """() => {
  const { backgroundColor, color } = getComputedStyle(document.body);
  return [backgroundColor, color].map((rgb) => Number(rgb.match(/\\d+/)[0]));
}"""

# Controls under 24 pixels that are not words within a sentence (WCAG 2.2, 2.5.8).
SMALL = """(controls) => controls.filter((element) => {
  const { width, height } = element.getBoundingClientRect();
  const alone = element.parentElement.textContent.trim() === element.textContent.trim();
  const inSentence = getComputedStyle(element).display === 'inline' && !alone;
  return Math.min(width, height) < 24 && !inSentence;
}).map((element) => element.outerHTML.slice(0, 120))"""


def test_on_every_screen_a_page_fits_and_its_controls_can_be_hit(kind: Kind, visit: Visit) -> None:
    page = visit(kind.url)
    for width in (320, 360, 640, 1280):  # 640 is what a screen of 1280 has at a zoom of 200 %
        page.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(OVERFLOW) == [], (width, scheme)
        assert page.evaluate(SMALL, page.evaluate_handle(CONTROLS)) == [], width
    page.evaluate("document.documentElement.style.fontSize = '200%'")  # larger type alone
    assert page.evaluate(OVERFLOW) == []


def test_paper_and_ink_change_places_in_the_dark(site: Site, visit: Visit) -> None:
    page = visit(site.url("/"))
    light = page.evaluate(PAPER_AND_INK)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(PAPER_AND_INK)
    assert light[0] > 200 > light[1]
    assert dark[1] > 200 > dark[0]


def test_axe_finds_nothing_in_light_and_dark(kind: Kind, visit: Visit) -> None:
    page = visit(kind.url)
    assert faults(page, {"rules": {"target-size": {"enabled": True}}}) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 360, "height": 800})
    assert faults(page, {"runOnly": ["color-contrast", "target-size"]}) == []


def faults(page: Page, options: dict[str, object]) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"]} | options)
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
    ]


def test_every_control_is_reached_by_tab_in_reading_order_and_shows_it(
    kind: Kind, visit: Visit
) -> None:
    page = visit(kind.url, 320, 640, reduced_motion="reduce")  # so that it is where it scrolls to
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


def test_a_page_has_one_heading_its_language_and_its_direction(kind: Kind) -> None:
    try:
        answer = urlopen(kind.url)  # noqa: S310 - our own server
    except HTTPError as missing:
        answer = missing
    with answer:
        html = answer.read().decode()
    direction = "rtl" if kind.language == "ar" else "ltr"
    assert f'<html lang="{kind.language}" dir="{direction}">' in html
    assert html.count("<h1") == html.count("<main ") == 1
