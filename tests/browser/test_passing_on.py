"""The advocate's page: every way to pass the link on, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from passalong.sharing import NO_HREF, href, share_link
from tests.conftest import Seen
from tests.programs import BASE_URL, keys
from tests.sample import PAGES, Site

Visit = Callable[..., Page]

MEDIA = ("linkedin", "email", "whatsapp", "teams", "x", "telegram", "sms", "native", "copy-link",
         "copy-message")  # fmt: skip
WITH_ADDRESS = [medium for medium in MEDIA if medium not in NO_HREF]
WITH_WORDS = [medium for medium in WITH_ADDRESS if medium != "linkedin"]
EDITED = (
    "Grüß dich 👋🏽 & co,\n\n#1 100 % “echt” \"so\" 'so' — 50%25 + 2 = ?\n"
    "<b>$& $1 \\ ~(x)*!</b>\t日本語 مرحبا\n\n"
)
LINKEDIN = "https://www.linkedin.com/sharing/share-offsite/?url="
CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}
ON_A_PHONE = {"has_touch": True, "is_mobile": True}


@dataclass(frozen=True)
class Row:
    """One way to pass the link on, as it stands on the page."""

    place: Locator
    medium: str

    @property
    def control(self) -> Locator:
        return self.place.locator(".send")

    @property
    def field(self) -> Locator:
        return self.place.locator("textarea, .link")

    @property
    def status(self) -> Locator:
        return self.place.get_by_role("status")

    def open(self) -> None:
        """Shows the drafted message."""
        if self.place.locator("details:not([open])").count():
            self.place.locator("summary").click()

    def address_for(self, text: str) -> str:
        """The address that the build would make of this text."""
        subject = self.place.locator(".subject")
        words = (subject.text_content() or "").removeprefix("Subject ") if subject.count() else ""
        return href(self.medium, link(self.medium), text, words)


def link(medium: str) -> str:
    return share_link(BASE_URL, keys().code("adv-1001"), medium)


def rows(page: Page) -> Iterator[Row]:
    for medium in MEDIA:
        yield Row(page.locator(f".medium.{medium}"), medium)


def row(page: Page, medium: str) -> Row:
    return Row(page.locator(f".medium.{medium}"), medium)


@pytest.fixture
def url(site: Site) -> str:
    return site.url(PAGES["advocate with story and suggestions"])


def read_clipboard(page: Page) -> str:
    page.bring_to_front()
    text: str = page.evaluate("navigator.clipboard.readText()")
    return text


# --- Without scripts --------------------------------------------------------------------------


def test_without_scripts_every_control_is_a_link_that_says_the_drafted_message(
    visit: Visit, url: str
) -> None:
    page = visit(url, java_script_enabled=False, **ON_A_PHONE)
    for each in rows(page):
        if each.medium in WITH_ADDRESS:
            expect(each.control).to_be_visible()
            text = each.field.text_content() or ""
            assert len(text) > 40
            assert each.control.get_attribute("href") == each.address_for(text)


def test_without_scripts_nothing_is_shown_that_needs_them(visit: Visit, url: str) -> None:
    page = visit(url, java_script_enabled=False, **ON_A_PHONE)
    expect(page.locator("button:not([type=submit]):visible")).to_have_count(0)
    expect(row(page, "native").place).to_be_hidden()
    for status in page.get_by_role("status").all():
        assert status.text_content() == ""


def test_without_scripts_edited_words_are_sent_and_come_back_finished(
    visit: Visit, url: str
) -> None:
    page = visit(url, fresh=True, java_script_enabled=False)
    each = row(page, "whatsapp")
    each.open()
    each.field.fill(EDITED)
    with page.expect_request("**/api/share") as asked:
        each.place.get_by_role("button", name="Use these words").click()
    said = parse_qs(asked.value.post_data or "", keep_blank_values=True)
    assert said["medium"] == ["whatsapp"]
    assert said["message"] == [EDITED.replace("\n", "\r\n")]
    assert said["token"] == [page.locator("body").get_attribute("data-token")]


def test_with_scripts_the_link_has_the_words_and_no_button_is_needed(
    visit: Visit, url: str
) -> None:
    page = visit(url)
    each = row(page, "whatsapp")
    each.open()
    expect(each.place.get_by_role("button", name="Use these words")).to_be_hidden()


def test_without_scripts_link_and_message_can_be_selected(visit: Visit, url: str) -> None:
    page = visit(url, java_script_enabled=False)
    for medium in ("copy-link", "copy-message", "linkedin"):
        each = row(page, medium)
        each.open()
        expect(each.field).to_be_visible()
        each.field.press("Control+a")
        selected = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"
        assert link(medium) in each.field.evaluate(selected) or medium == "linkedin"
        assert each.field.evaluate(selected) == each.field.input_value()


def test_a_message_is_shown_whole_without_scripts(visit: Visit, url: str) -> None:
    page = visit(url, 360, java_script_enabled=False)
    for each in rows(page):
        if each.medium not in ("copy-link", "native", "sms"):
            each.open()
            assert each.field.evaluate("(field) => field.scrollHeight <= field.clientHeight + 1")


# --- Copying ----------------------------------------------------------------------------------


def test_copying_the_link_copies_the_advocates_own_link(visit: Visit, url: str) -> None:
    page = visit(url, **CLIPBOARD)
    each = row(page, "copy-link")
    each.control.click()
    expect(each.status).to_have_text("Copied.")
    assert read_clipboard(page) == link("copy-link")


def test_copying_the_message_copies_what_stands_in_the_field(visit: Visit, url: str) -> None:
    page = visit(url, **CLIPBOARD)
    each = row(page, "copy-message")
    drafted = each.field.input_value()
    each.control.click()
    expect(each.status).to_have_text("Copied.")
    assert read_clipboard(page) == drafted
    assert link("copy-message") in drafted
    each.open()
    each.field.fill(EDITED)
    each.control.click()
    page.evaluate(
        "async () => { while (!(await navigator.clipboard.readText()).startsWith('Gr'))"
        " await new Promise(requestAnimationFrame); }"
    )
    assert read_clipboard(page) == EDITED


@pytest.mark.parametrize("clipboard", ["undefined", "{ writeText: () => Promise.reject() }"])
def test_where_nothing_can_be_copied_the_message_is_selected(
    clipboard: str, visit: Visit, url: str
) -> None:
    page = visit(url, fresh=True)
    page.add_init_script(f"Object.defineProperty(navigator, 'clipboard', {{ value: {clipboard} }})")
    page.reload()
    each = row(page, "copy-message")
    each.control.click()
    expect(each.status).to_have_text("Select the text and copy it by hand.")
    expect(each.field).to_be_visible()
    selected = "(field) => field.value.slice(field.selectionStart, field.selectionEnd)"
    assert each.field.evaluate(selected) == each.field.input_value()


def test_linkedin_opens_its_exact_address_and_the_message_is_on_the_clipboard(
    visit: Visit, url: str
) -> None:
    page = visit(url, fresh=True, **CLIPBOARD)
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(body="")

    page.context.route("https://www.linkedin.com/**", answer)
    each = row(page, "linkedin")
    each.field.fill(EDITED)
    with page.context.expect_page() as opened:
        each.control.click()
    opened.value.wait_for_load_state()
    assert opened.value.url == LINKEDIN + link("linkedin").translate(
        {ord(":"): "%3A", ord("/"): "%2F", ord("?"): "%3F", ord("="): "%3D"}
    )
    assert asked == [opened.value.url]
    assert opened.value.evaluate("window.opener") is None
    expect(each.status).to_have_text("The message is copied: paste it into your post.")
    assert read_clipboard(page) == EDITED


# --- Editing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [EDITED, "x", ""], ids=["hostile", "short", "nothing"])
def test_an_edited_message_is_what_the_link_says(text: str, visit: Visit, url: str) -> None:
    page = visit(url, **ON_A_PHONE)
    for medium in WITH_WORDS:
        each = row(page, medium)
        each.open()
        each.field.fill(text)
        assert each.control.get_attribute("href") == each.address_for(text)
    for medium in WITH_WORDS:
        each = row(page, medium)
        drafted = each.field.evaluate("(field) => field.defaultValue")
        each.field.fill(drafted)
        assert each.control.get_attribute("href") == each.address_for(drafted)


def test_typing_changes_the_link_with_every_key(visit: Visit, url: str) -> None:
    page = visit(url)
    each = row(page, "whatsapp")
    each.open()
    each.field.press("Control+Home")
    each.field.press_sequentially("Hi & hello,\n#")
    assert each.field.input_value().startswith("Hi & hello,\n#")
    assert each.control.get_attribute("href") == each.address_for(each.field.input_value())


def test_a_field_grows_with_what_is_typed(visit: Visit, url: str) -> None:
    page = visit(url, 360)
    each = row(page, "linkedin")
    each.field.fill("line\n" * 30)
    assert each.field.evaluate("(field) => field.scrollHeight <= field.clientHeight + 1")


# --- What only some devices can do -----------------------------------------------------------


def test_a_text_message_is_offered_on_touch_devices_only(visit: Visit, url: str) -> None:
    for width in (360, 1280):
        expect(row(visit(url, width), "sms").place).to_be_hidden()
        expect(row(visit(url, width, **ON_A_PHONE), "sms").control).to_be_visible()


def test_the_devices_own_sharing_is_offered_where_there_is_one(visit: Visit, url: str) -> None:
    page = visit(url, fresh=True)
    page.add_init_script("delete Navigator.prototype.share")
    page.reload()
    expect(row(page, "copy-link").control).to_be_visible()
    expect(row(page, "native").place).to_be_hidden()

    page = visit(url, fresh=True)
    page.add_init_script(
        "navigator.share = (data) => { window.shared = data; return Promise.resolve(); }"
    )
    page.reload()
    each = row(page, "native")
    each.open()
    each.field.fill(EDITED)
    each.control.click()
    assert page.evaluate("window.shared") == {
        "title": "Why somebody sent you to Leeway",
        "text": EDITED,
        "url": link("native"),
    }


def test_sharing_that_is_broken_off_is_no_error(visit: Visit, url: str, seen: Seen) -> None:
    page = visit(url, fresh=True)
    page.add_init_script(
        "navigator.share = () => Promise.reject(new DOMException('no', 'AbortError'))"
    )
    page.reload()
    row(page, "native").control.click()
    page.evaluate("new Promise((done) => setTimeout(done))")
    assert seen.errors == []
