"""The whole way, step by step: an advocate shares and introduces, a referee books, moves, cancels.

Where the site is served is no matter: here, or from stand-ins for AWS.
"""

from __future__ import annotations

import email
import email.policy
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import icalendar
from playwright.sync_api import Page, expect

from passalong.events import Event
from tests.sample import personal

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
WORDS = "Your gate has the queue that ours had."


@dataclass(frozen=True)
class Who:
    """An advocate by their id, and whom they introduce; ``shown`` is the name that they read."""

    advocate: str = "adv-1001"
    name: str = "Ana Ruiz"
    shown: str = "Ana R."
    company: str = "Ferrol Lines"
    mail: str = "ana.ruiz@ferrol-lines.example"


@dataclass(frozen=True)
class Place:
    """Where the sample is served: ``address`` has no slash at its end. ``mails`` are those that
    were sent, ``events`` an advocate's in the ledger."""

    address: str
    mails: Callable[[], Sequence[bytes]]
    events: Callable[[str], Sequence[Event]]
    who: Who = Who()

    @property
    def advocate_page(self) -> str:
        return self.address + personal("advocate", self.who.advocate)


def by_phone(page: Page, here: Place) -> str:
    """The whole way on a phone; the address of the referee's page."""
    page.goto(here.advocate_page)
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
    page.locator("#name-name").fill(here.who.name)
    page.locator("#name-company").fill(here.who.company)
    page.locator("#name-reason").fill(WORDS)
    page.locator("#name .button").tap()
    link = page.locator("#new-link").input_value()
    assert link.startswith(here.address + "/p/")

    page.goto(link)
    expect(page.get_by_text(WORDS)).to_be_visible()
    page.get_by_role("button", name="Pick a time").tap()
    book(page, here.who)
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

    page.goto(here.advocate_page)
    page.locator("details[data-live] summary").tap()
    expect(page.locator("details[data-live]").get_by_text(here.who.shown)).to_be_visible()
    assert written_to(here, page) == LETTERS
    return link


def without_scripts(page: Page, here: Place) -> None:
    """The whole way in a browser that runs no scripts."""
    page.goto(here.advocate_page)
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
    page.locator("#name-name").fill(here.who.name)
    page.locator("#name-company").fill(here.who.company)
    page.locator("#name-reason").fill(WORDS)
    page.locator("#name .button").tap()
    page.goto(page.locator("#new-link").input_value())
    page.get_by_role("button", name="Pick a time").tap()
    book(page, here.who)
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
    page.goto(here.advocate_page)
    page.locator("details[data-live] summary").tap()
    page.locator("details[data-live] button").tap()
    expect(page.get_by_text(here.who.shown)).to_be_visible()
    assert written_to(here, page) == LETTERS


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
"""What the ledger holds at the end of the way."""
LETTERS = Counter(referee=3, host=3, advocate=2)
"""Who was written to on it, and how often."""


def book(page: Page, who: Who) -> None:
    """Picks the second free time, and says who comes."""
    page.locator(".slots input[type=radio]").nth(1).locator("xpath=..").click()
    page.get_by_label("Your name").fill(who.name)
    page.get_by_label("Your mail").fill(who.mail)
    if page.locator("[name=phone]").count():
        page.locator("[name=phone]").fill("+34 981 000 000")
    page.wait_for_timeout(2100)
    page.locator(".slots button.button").click()


class Invitation:
    """What a mail tells a calendar."""

    def __init__(self, data: bytes) -> None:
        mail = email.message_from_bytes(data, policy=email.policy.default)
        part = next(p for p in mail.walk() if p.get_content_type() == "text/calendar")
        calendar = icalendar.Calendar.from_ical(part.get_content())
        (event,) = calendar.walk("VEVENT")
        self.to = str(mail["To"])
        self.method = str(calendar["METHOD"])
        self.uid = str(event["UID"])
        self.sequence = int(str(event["SEQUENCE"]))
        self.start = event.decoded("DTSTART")


def invitation(here: Place, page: Page, nth: int) -> Invitation:
    """The ``nth`` invitation to the referee, once the relay has sent it.

    Meanwhile the page goes on: its requests pass through this process.
    """
    for _ in range(400):
        found = [data for data in here.mails() if _invites(data, here.who.mail)]
        if len(found) >= nth:
            return max(map(Invitation, found), key=lambda one: one.sequence)
        page.wait_for_timeout(50)
    raise AssertionError(f"{nth} invitations were expected, after {happened(here)}")


def written_to(here: Place, page: Page) -> Counter[str]:
    """To whom letters went, once all have gone that go on the whole way, or too many."""
    for _ in range(400):
        mails = here.mails()
        if len(mails) >= LETTERS.total():
            break
        page.wait_for_timeout(50)
    return Counter(_role(here, data) for data in mails)


def _role(here: Place, data: bytes) -> str:
    to = str(email.message_from_bytes(data, policy=email.policy.default)["To"])
    return "referee" if here.who.mail in to else "host" if "@leeway.example" in to else "advocate"


def _invites(data: bytes, to: str) -> bool:
    mail = email.message_from_bytes(data, policy=email.policy.default)
    return to in str(mail["To"]) and any(
        part.get_content_type() == "text/calendar" for part in mail.walk()
    )


def happened(here: Place) -> Counter[tuple[str, str]]:
    """What the advocate's people did by the ledger, by type and medium, but for hits."""
    done = (e for e in here.events(here.who.advocate) if e.type not in ("assigned", "hit"))
    return Counter((event.type, event.medium) for event in done)
