"""The local list of everybody: found by name, looked at as they would, their address copied."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.programs import BASE_URL
from tests.sample import Site, personal

Visit = Callable[..., Page]
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


@pytest.fixture
def url(site: Site) -> str:
    return site.url("/_people/")


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("lindqvist", "Maria Lindqvist"),
        ("  MARIA lind ", "Maria Lindqvist"),
        ("jurgen", "Jürgen Albers"),
        ("nordhavn fleet", ""),
        ("ek nordhavn", "Karin Ek"),
        ("kestrel", "Tomas Berg"),
        ("思远", "陈思远"),
    ],
)
def test_somebody_is_found_by_name_and_company(
    words: str, name: str, visit: Visit, url: str
) -> None:
    page = visit(url)
    everybody = page.locator("#count").inner_text()
    page.get_by_role("searchbox").fill(words)
    found = page.locator("#people tbody tr:visible")
    if name:
        expect(found).to_have_count(1)
        expect(found.get_by_role("rowheader")).to_have_text(name)
        expect(page.locator("#count")).to_contain_text("1 / ")
    else:
        expect(found).to_have_count(0)
        expect(page.locator("#count")).to_have_text("Nobody by that name.")
    page.get_by_role("searchbox").fill("")
    expect(page.locator("#count")).to_have_text(everybody)


def test_everybody_with_a_page_is_listed_once(site: Site, visit: Visit, url: str) -> None:
    page = visit(url)
    links = [a.get_attribute("href") for a in page.locator(".acts a:first-child").all()]
    pages = [f"/{path.parent.relative_to(site.made.out)}/#look"  # so that it is no visit
             for kind in "ap" for path in site.made.out.glob(f"{kind}/*/index.html")]  # fmt: skip
    assert sorted(map(str, links)) == sorted(pages)


def test_one_looks_at_a_page_as_its_reader_would(visit: Visit, url: str) -> None:
    page = visit(url)
    page.get_by_role("link", name="View as Tomas").click()
    expect(page.locator("h1")).to_have_text("Tomas, Maria Lindqvist thought of you.")
    page.go_back()
    row = page.locator("tr", has_text="Maria Lindqvist")
    row.get_by_role("link", name="Share page").click()
    expect(page.locator("h1")).to_contain_text("Maria Lindqvist")


def test_the_public_address_is_copied_not_the_local_one(visit: Visit, url: str) -> None:
    page = visit(url, **CLIPBOARD)
    button = page.locator("tr", has_text="Tomas Berg").get_by_role("button")
    expect(button).to_have_text("Copy link")
    button.click()
    expect(button).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == BASE_URL + personal("referee", "ref-2001")


def test_without_scripts_there_is_the_list_and_nothing_that_needs_them(
    visit: Visit, url: str
) -> None:
    page = visit(url, java_script_enabled=False)
    expect(page.get_by_role("link", name="View as Tomas")).to_be_visible()
    expect(page.locator("input:visible, button:visible")).to_have_count(0)
