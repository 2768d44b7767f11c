"""The report as it is served, in Chromium: live beside a booking, by keys, scripts off, on paper.

The server is the one of ``build.py serve``; what there is to see is a played year, or nothing yet.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import sample
from tests.browser.journey import AGENT, Who, book
from tests.browser.test_every_page import OVERFLOW, faults
from tests.browser.test_the_whole_way import reach
from tests.conftest import Seen
from tests.functional.test_demo import played
from tests.programs import TODAY
from tests.sample import PAGES, Site

Open = Callable[..., Page]
YEAR = f"?period=custom&from={TODAY - timedelta(days=364)}&to={TODAY}"
WITHIN = 3000
"""Milliseconds until an open report shows a booking."""


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample after a year."""
    made, _ = played(tmp_path_factory.mktemp("lived"))
    with sample.serving(made, follows=False) as site:
        yield site


@pytest.fixture
def new(tmp_path: Path) -> Iterator[Site]:
    """The sample before anything has happened."""
    with sample.serving(sample.sample(tmp_path)) as site:
        yield site


def link(site: Site) -> str:
    """The path of the report with a key that opens it."""
    assert site.backstage
    (door,) = site.backstage.doors()
    return door.path


def key(site: Site) -> str:
    return link(site).partition("#")[2]


def sentence(page: Page) -> str:
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text(re.compile("were asked|nothing", re.IGNORECASE))
    return heading.inner_text()


# --- Live -------------------------------------------------------------------------------------


def test_a_booking_in_another_browser_shows_within_seconds(new: Site, open_page: Open) -> None:
    report, referee = open_page(), open_page(user_agent=AGENT)
    report.goto(new.url(link(new)))
    assert "Nothing has happened yet" in sentence(report)
    referee.goto(new.url(PAGES["referee"]))
    expect(report.get_by_role("row", name="Saw a page")).to_be_visible()
    referee.get_by_role("button", name="Pick a time").click()
    book(referee, Who())
    expect(referee.get_by_role("heading", name="You meet")).to_be_visible()
    booked = report.get_by_role("row", name="Booked").get_by_role("button", name="1")
    expect(booked).to_be_visible(timeout=WITHIN)
    expect(report.get_by_role("heading", level=1)).to_contain_text("In the last 90 days")


# --- Ways through -----------------------------------------------------------------------------


def test_by_keyboard_alone(lived_in: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(lived_in.url("/report/"))
    reach(page, "#key")
    page.keyboard.insert_text(lived_in.url(link(lived_in)))
    page.keyboard.press("Enter")
    first = sentence(page)
    reach(page, "#period")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(first)
    expect(page.locator("#period")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    number = page.locator("#said button.number").last
    expect(number).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#rows-part h2")).to_be_focused()
    reach(page, "#rows-part .csv")
    with page.expect_download() as rows:
        page.keyboard.press("Enter")
    assert rows.value.suggested_filename.startswith("rows-")
    reach(page, "#rows-part .back button")
    page.keyboard.press("Enter")
    expect(number).to_be_focused()
    reach(page, "#medium-part .csv")
    with page.expect_download() as media:
        page.keyboard.press("Enter")
    assert Path(media.value.path()).read_text("utf-8").startswith("medium,name,visited")


def test_without_scripts(lived_in: Site, open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.goto(lived_in.url("/report/"))
    page.get_by_label("Your key").fill(lived_in.url(link(lived_in)))
    page.get_by_role("button", name="Open the report").click()
    assert "In the last 90 days" in sentence(page)
    page.get_by_label("Period").select_option("365")
    page.get_by_label("Broken down by").select_option("medium")
    page.get_by_role("button", name="Show").click()
    assert "In the last 365 days" in sentence(page)
    page.get_by_label("Only").select_option("email")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("#said")).to_contain_text("Medium: E-mail")
    page.locator("#medium-part tbody .number").first.click()
    expect(page.get_by_role("heading", name="row by row")).to_be_visible()
    with page.expect_download() as rows:
        page.locator("#rows-part .csv").click()
    assert len(Path(rows.value.path()).read_text("utf-8").splitlines()) > 1
    page.get_by_role("button", name="Back to the report").click()
    expect(page.locator("#medium-part")).to_be_visible()
    assert key(lived_in) not in page.url


def test_a_link_that_was_taken_away_closes_the_open_page(
    new: Site, open_page: Open, seen: Seen
) -> None:
    page = open_page()
    page.goto(new.url(link(new)))
    sentence(page)
    done = new.made.run("revoke", "report:whoever serves this")
    assert done.returncode == 0, done.stderr
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This key opens no report, or no longer."
    )
    expect(page.get_by_label("Your key")).to_be_visible()
    seen.errors.clear()  # Chromium writes down that the answer was no good


# --- What it looks like with a year in it -----------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("about", [YEAR, f"{YEAR}&by=medium", f"{YEAR}&rows=met"])
def test_axe_finds_nothing_on_a_year(
    lived_in: Site, open_page: Open, scheme: str, about: str
) -> None:
    page = open_page(color_scheme=scheme)
    page.goto(lived_in.url(link(lived_in) + about))
    sentence(page)
    assert faults(page, {"rules": {"target-size": {"enabled": True}}}) == []


@pytest.mark.parametrize("about", [YEAR, f"{YEAR}&by=medium", f"{YEAR}&rows=won"])
def test_a_year_fits_every_screen(lived_in: Site, open_page: Open, about: str) -> None:
    page = open_page()
    page.goto(lived_in.url(link(lived_in) + about))
    sentence(page)
    for width in (320, 360, 768, 1280, 2560):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERFLOW) == [], width


def test_a_year_prints_on_one_page(lived_in: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(lived_in.url(link(lived_in) + YEAR))
    sentence(page)
    pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1


def test_a_report_in_which_nothing_happened_yet_says_what_to_do(new: Site, open_page: Open) -> None:
    page = open_page()
    page.goto(new.url(link(new)))
    assert sentence(page) == "Nothing has happened yet. This is how it begins."
    expect(page.get_by_text("python build.py links")).to_be_visible()
    assert faults(page, {"rules": {"target-size": {"enabled": True}}}) == []
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERFLOW) == []
