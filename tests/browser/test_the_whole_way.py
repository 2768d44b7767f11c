"""The whole way on a phone: pass on, introduce, book, move, cancel; with scripts, without, by keys.

The server is the one of ``build.py serve``, with its functions, its relay and a fresh ledger.
"""

from __future__ import annotations

import email
import email.policy
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import icalendar
import pytest
from playwright.sync_api import Page, Route, expect

from passalong.events import Event
from passalong.ledger import open_ledger
from tests import sample
from tests.conftest import Seen
from tests.sample import PAGES, Site

Open = Callable[..., Page]

AGENT = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/142.0.0.0 Mobile Safari/537.36"
)
"""A person's: the name that Chromium goes by in tests is one of a bot."""
PHONE = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "user_agent": AGENT,
}
ADVOCATE = PAGES["advocate with story and suggestions"]
NAME, MAIL = "Ana Ruiz", "ana.ruiz@ferrol-lines.example"
WORDS = "Your gate has the queue that ours had."


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with sample.serving(sample.sample(tmp_path)) as served:
        yield served


@pytest.fixture
def opened(open_page: Open, seen: Seen) -> Iterator[Open]:
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


def test_the_whole_way_on_a_phone(here: Site, opened: Open) -> None:
    page = opened()
    page.goto(here.url(ADVOCATE))
    for medium in "linkedin", "whatsapp":
        row = page.locator(f"[data-medium={medium}]")
        row.wait_for()
        if row.locator("details:not([open])").count():
            row.locator("summary").tap()
        row.locator("textarea").fill("In my own words.")
        with page.context.expect_page() as other:
            row.locator(".send").tap()
        other.value.close()
    page.locator("[data-medium=copy-message] summary").tap()
    page.locator("[data-medium=copy-message] .send").tap()
    page.locator("#name-name").fill(NAME)
    page.locator("#name-company").fill("Ferrol Lines")
    page.locator("#name-reason").fill(WORDS)
    page.locator("#name .button").tap()
    link = page.locator("#new-link").input_value()
    assert link.startswith(here.address + "/p/")

    page.goto(link)
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_role("button", name="Pick a time").tap()
    book(page)
    expect(page.get_by_role("heading", name="You meet")).to_be_visible()
    first = invitation(here, page, 1)
    assert first.method == "REQUEST"

    page.get_by_role("button", name="another time").tap()
    page.locator(".slots input[type=radio]").nth(3).locator("xpath=..").click()
    page.locator(".slots button.button").tap()
    moved = invitation(here, page, 2)
    assert (moved.method, moved.uid) == ("REQUEST", first.uid)
    assert moved.start != first.start
    assert moved.sequence > first.sequence

    page.reload()
    page.get_by_role("button", name="Cancel").tap()
    gone = invitation(here, page, 3)
    assert (gone.method, gone.uid) == ("CANCEL", first.uid)
    assert happened(here) == THE_WAY

    page.goto(here.url(ADVOCATE))
    page.locator("details[data-live] summary").tap()
    expect(page.locator("details[data-live]").get_by_text("Ana R.")).to_be_visible()


def test_the_whole_way_without_scripts(here: Site, opened: Open) -> None:
    page = opened(java_script_enabled=False)
    page.goto(here.url(ADVOCATE))
    for medium in "linkedin", "whatsapp", "copy-message":
        row = page.locator(f"[data-medium={medium}]")
        row.wait_for()
        if row.locator("details:not([open])").count():
            row.locator("summary").tap()
        row.locator("textarea").fill("In my own words.")
        row.get_by_role("button", name="Use these words").tap()
        expect(page.locator("#shared-message")).to_have_value("In my own words.")
        if medium == "whatsapp":
            assert "In%20my%20own%20words." in str(page.locator("a.button").get_attribute("href"))
        page.locator(".back a").tap()
    page.locator("#name-name").fill(NAME)
    page.locator("#name-company").fill("Ferrol Lines")
    page.locator("#name-reason").fill(WORDS)
    page.locator("#name .button").tap()
    page.goto(page.locator("#new-link").input_value())
    page.get_by_role("button", name="Pick a time").tap()
    book(page)
    first = invitation(here, page, 1)
    page.get_by_role("button", name="another time").tap()
    page.locator(".slots input[type=radio]").nth(3).locator("xpath=..").click()
    page.locator(".slots button.button").tap()
    assert invitation(here, page, 2).start != first.start
    page.locator(".back a").tap()
    page.get_by_role("button", name="my meeting").tap()
    page.get_by_role("button", name="Cancel").tap()
    assert invitation(here, page, 3).method == "CANCEL"
    assert happened(here) == THE_WAY - Counter({("visited", ""): 1})
    page.goto(here.url(ADVOCATE))
    page.locator("details[data-live] summary").tap()
    page.locator("details[data-live] button").tap()
    expect(page.get_by_text("Ana R.")).to_be_visible()


def test_the_whole_way_by_keyboard_alone(here: Site, opened: Open) -> None:
    page = opened()
    page.goto(here.url(ADVOCATE))
    for medium in "linkedin", "whatsapp":
        with page.context.expect_page() as other:
            press(page, f"[data-medium={medium}] .send", "Enter")
        other.value.close()
    press(page, "[data-medium=copy-message] .send", "Enter")
    for field, words in ("name", NAME), ("company", "Ferrol Lines"), ("reason", WORDS):
        reach(page, f"#name-{field}")
        page.keyboard.type(words)
    press(page, "#name .button", "Enter")
    page.goto(page.locator("#new-link").input_value())
    press(page, "#talk .button", "Enter")
    expect(page.locator("#talk h2, #talk h3").first).to_be_focused()
    reach(page, ".slots input[type=radio]")
    page.keyboard.press("ArrowDown")
    reach(page, "#times-name")
    page.keyboard.type(NAME)
    reach(page, "#times-email")
    page.keyboard.type(MAIL)
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


THE_WAY = Counter(
    {
        ("shared", "linkedin"): 1,
        ("shared", "whatsapp"): 1,
        ("shared", "copy-message"): 1,
        ("introduced", ""): 1,
        ("visited", ""): 1,
        ("booked", ""): 1,
        ("rescheduled", ""): 1,
        ("cancelled", ""): 1,
    }
)


def book(page: Page) -> None:
    """Picks the second free time, and says who comes."""
    page.locator(".slots input[type=radio]").nth(1).locator("xpath=..").click()
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("Your mail").fill(MAIL)
    if page.locator("[name=phone]").count():
        page.locator("[name=phone]").fill("+34 981 000 000")
    page.wait_for_timeout(2100)
    page.locator(".slots button.button").click()


class Invitation:
    """What a mail tells a calendar."""

    def __init__(self, path: Path) -> None:
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
        calendar = icalendar.Calendar.from_ical(part.get_content())
        (event,) = calendar.walk("VEVENT")
        self.to = str(mail["To"])
        self.method = str(calendar["METHOD"])
        self.uid = str(event["UID"])
        self.sequence = int(str(event["SEQUENCE"]))
        self.start = event.decoded("DTSTART")


def invitation(here: Site, page: Page, nth: int) -> Invitation:
    """The ``nth`` invitation to the referee, once the relay has sent it.

    Meanwhile the page goes on: its requests pass through this process.
    """
    for _ in range(400):
        found = [
            path for path in sorted((here.made.var / "mail").glob("*.eml")) if _is_to(path, MAIL)
        ]
        if len(found) >= nth:
            return max(map(Invitation, found), key=lambda one: one.sequence)
        page.wait_for_timeout(50)
    raise AssertionError(f"{nth} invitations were expected, after {happened(here)}")


def _is_to(path: Path, to: str) -> bool:
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return to in str(mail["To"]) and any(
        part.get_content_type() == "text/calendar" for part in mail.walk()
    )


def happened(here: Site) -> Counter[tuple[str, str]]:
    """The events of the ledger by type and medium, but for hits."""
    return Counter((e.type, e.medium) for e in events(here) if e.type != "hit")


def events(here: Site) -> list[Event]:
    address = f"sqlite:///{here.made.var.absolute() / 'ledger.db'}"
    with closing(open_ledger(address, program="leeway")) as ledger:
        return list(ledger.after("", 1000)[0])
