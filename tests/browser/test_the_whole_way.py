"""The whole way on a phone: pass on, introduce, book, move, cancel; with scripts, without, by keys.

The server is the one of ``build.py serve``, with its functions, its relay and a fresh ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from passalong.ledger import open_ledger
from passalong.ledger.port import Ledger
from tests import sample
from tests.browser import journey
from tests.browser.journey import THE_WAY, WORDS, Place, happened, invitation
from tests.programs import Made

Open = Callable[..., Page]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    made = sample.sample(tmp_path)
    with sample.serving(made) as served, closing(ledger_of(made)) as ledger:
        yield Place(served.address, lambda: mails_of(made), ledger.events_of)


def ledger_of(made: Made) -> Ledger:
    return open_ledger(f"sqlite:///{made.var.absolute() / 'ledger.db'}", program="leeway")


def mails_of(made: Made) -> list[bytes]:
    return [path.read_bytes() for path in sorted((made.var / "mail").glob("*.eml"))]


def test_the_whole_way_on_a_phone(here: Place, opened: Open) -> None:
    journey.by_phone(opened(), here)


def test_the_whole_way_without_scripts(here: Place, opened: Open) -> None:
    journey.without_scripts(opened(java_script_enabled=False), here)


def test_the_whole_way_by_keyboard_alone(here: Place, opened: Open) -> None:
    page = opened()
    page.goto(here.advocate_page)
    for medium in "linkedin", "whatsapp":
        with page.context.expect_page() as other:
            press(page, f"[data-medium={medium}] .send", "Enter")
        other.value.close()
    press(page, "[data-medium=copy-message] .send", "Enter")
    for field, words in ("name", here.who.name), ("company", here.who.company), ("reason", WORDS):
        reach(page, f"#name-{field}")
        page.keyboard.type(words)
    press(page, "#name .button", "Enter")
    page.goto(page.locator("#new-link").input_value())
    press(page, "#talk .button", "Enter")
    expect(page.locator("#talk h2, #talk h3").first).to_be_focused()
    reach(page, ".slots input[type=radio]")
    page.keyboard.press("ArrowDown")
    reach(page, "#times-name")
    page.keyboard.type(here.who.name)
    reach(page, "#times-email")
    page.keyboard.type(here.who.mail)
    if page.locator("[name=phone]").count():
        reach(page, "#times-phone")
        page.keyboard.type("+34 981 000 000")
    page.wait_for_timeout(2100)
    page.keyboard.press("Enter")
    first = invitation(here, page, 1)
    press(page, "#talk .acts button >> nth=0", "Enter")
    reach(page, ".slots input[type=radio]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    press(page, ".slots button.button", "Enter")
    assert invitation(here, page, 2).uid == first.uid
    press(page, "#talk .acts button >> nth=1", "Enter")
    assert invitation(here, page, 3).method == "CANCEL"
    assert happened(here) == THE_WAY


def press(page: Page, selector: str, key: str) -> None:
    """Goes to a control by tab, and presses it."""
    reach(page, selector)
    page.keyboard.press(key)


def reach(page: Page, selector: str) -> None:
    """Presses tab until the control has the focus."""
    wanted = page.locator(selector).first
    wanted.wait_for()
    for _ in range(150):
        if wanted.evaluate("node => node === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by tab")
