"""Forms on the pages: answered in their place with scripts, by a page of their own without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.answers import SAID, Answers
from tests.browser.forms import Endpoints
from tests.conftest import Seen
from tests.sample import PAGES, Site

Visit = Callable[..., Page]
Open = Callable[..., Page]

REFEREE = PAGES["referee"]
ADVOCATE = PAGES["advocate with story and suggestions"]
SHARE = PAGES["named share"]
BUSY = "Failed to load resource: the server responded with a status of"


@pytest.fixture(scope="session")
def answers(site: Site) -> Answers:
    return Answers(site.made)


@pytest.fixture
def endpoints(answers: Answers) -> Endpoints:
    return Endpoints(answers)


@pytest.fixture
def blank(site: Site, visit: Visit, endpoints: Endpoints) -> Callable[..., Page]:
    """Opens nothing yet, in a context of its own, with ``endpoints`` behind it."""

    def open_it(**options: Any) -> Page:
        return endpoints.serve(visit(site.url("/robots.txt"), fresh=True, **options))

    return open_it


@pytest.fixture
def opened(site: Site, blank: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page of the sample."""

    def open_it(path: str, **options: Any) -> Page:
        page = blank(**options)
        page.goto(site.url(path))
        return page

    return open_it


def pick(page: Page) -> None:
    page.get_by_role("button", name="Pick a time with Jonas").click()
    expect(page.get_by_role("heading", name="Pick a time with Jonas")).to_be_focused()


def fill_in(page: Page) -> None:
    page.get_by_role("radio", name="10:30").first.locator("xpath=..").click()
    page.get_by_label("Your name").fill("Tomas Berg")
    page.get_by_label("Your mail address").fill("tomas@kestrel.example")


# --- Booking ----------------------------------------------------------------------------------


def test_a_time_is_picked_and_booked_without_leaving_the_page(
    opened: Open, endpoints: Endpoints
) -> None:
    endpoints.reply("slots", "times")
    endpoints.reply("bookings", "meeting", 201)
    page = opened(REFEREE, timezone_id="America/New_York")
    address = page.url
    pick(page)
    token = page.locator("body").get_attribute("data-token")
    (asked,) = endpoints.sent("slots")
    assert (asked["token"], asked["timezone"]) == (token, "America/New_York")
    fill_in(page)
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_role("heading", name="You meet Jonas.")).to_be_focused()
    (booked,) = endpoints.sent("bookings")
    assert booked["start"] == "2026-11-24T10:30:00+01:00"
    assert (booked["name"], booked["email"]) == ("Tomas Berg", "tomas@kestrel.example")
    assert booked["website"] == ""
    assert booked["shown"] == SAID["times"]["shown"]
    assert len(booked["id"]) == 36
    assert page.url == address
    expect(page.locator("#talk")).to_contain_text("Tuesday 24 November, 10:30")
    expect(page.get_by_text("Jonas planned yards for eleven years")).to_be_visible()


def test_other_times_and_another_zone_keep_what_is_typed(
    opened: Open, endpoints: Endpoints
) -> None:
    endpoints.reply("slots", "times")
    page = opened(REFEREE)
    pick(page)
    page.get_by_label("Your name").fill("Tomas Berg")
    page.get_by_label("Shown in").select_option("London time")
    page.get_by_role("button", name="Change").click()
    page.get_by_role("button", name="Later times").wait_for()
    expect(page.get_by_label("Shown in")).to_have_value("Europe/Berlin")
    page.get_by_role("button", name="Later times").click()
    expect(page.get_by_role("heading", name="Pick a time with Jonas")).to_be_focused()
    _, changed, later = endpoints.sent("slots")
    assert (changed["timezone"], changed["name"]) == ("Europe/London", "Tomas Berg")
    assert later["from"] == "2026-11-27T00:00:00+01:00"


def test_a_time_that_has_just_gone_is_answered_with_others(
    opened: Open, endpoints: Endpoints, seen: Seen
) -> None:
    endpoints.reply("slots", "times")
    gone = "That time has just gone. These are free."
    endpoints.reply("bookings", "times", 409, problem=[{"text": gone}], name="Tomas Berg")
    page = opened(REFEREE)
    pick(page)
    fill_in(page)
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_role("alert")).to_have_text(gone)
    expect(page.get_by_label("Your name")).to_have_value("Tomas Berg")
    assert seen.errors.pop().startswith(BUSY)


def test_a_meeting_is_moved_and_called_off_where_it_stands(
    opened: Open, endpoints: Endpoints
) -> None:
    endpoints.reply("status", "meeting")
    endpoints.reply("slots", "times", person=[], change="1", action="/api/bookings/change")
    endpoints.reply("bookings/change", "said", title="The meeting is cancelled.", again=[])
    page = opened(REFEREE)
    page.get_by_role("button", name="Choose another time").click()
    page.get_by_role("radio", name="10:30").first.locator("xpath=..").click()
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_role("heading", name="The meeting is cancelled.")).to_be_focused()
    assert endpoints.sent("slots")[0]["change"] == "1"
    (moved,) = endpoints.sent("bookings/change")
    assert (moved["action"], moved["start"]) == ("reschedule", "2026-11-24T10:30:00+01:00")


def test_whoever_has_booked_finds_the_meeting_in_place_and_keeps_their_place(
    opened: Open, endpoints: Endpoints
) -> None:
    endpoints.reply("status", "meeting")
    page = opened(REFEREE)
    expect(page.locator("#talk")).to_contain_text("You meet Jonas.")
    expect(page.get_by_role("button", name="Pick a time")).to_have_count(0)
    assert page.evaluate("document.activeElement === document.body")
    assert page.evaluate("scrollY") == 0
    assert len(endpoints.sent("status")) == 1


def test_whoever_has_not_booked_sees_no_change(opened: Open, endpoints: Endpoints) -> None:
    endpoints.reply("status", "said", title="No meeting is booked.")
    page = opened(REFEREE)
    expect(page.get_by_role("button", name="Already booked?")).to_be_hidden()
    expect(page.get_by_role("button", name="Pick a time with Jonas")).to_be_visible()
    expect(page.get_by_text("No meeting is booked.")).to_have_count(0)


def test_a_booking_says_by_which_medium_somebody_came(opened: Open, endpoints: Endpoints) -> None:
    endpoints.reply("slots", "times")
    page = opened(f"{SHARE}?v=linkedin&utm_medium=social")
    pick(page)
    assert endpoints.sent("slots")[0]["medium"] == "linkedin"
    page.goto(page.url.partition("?")[0] + "?v=<b>&v=x")
    pick(page)
    assert endpoints.sent("slots")[1]["medium"] == ""


# --- Deciding ---------------------------------------------------------------------------------


def test_a_decision_is_answered_where_it_was_made_and_can_be_undone_there(
    opened: Open, endpoints: Endpoints
) -> None:
    endpoints.reply("preferences", "said")
    page = opened(ADVOCATE)
    page.get_by_role("button", name="Please stop asking me").click()
    expect(page.get_by_role("heading", name="We will not ask you again.")).to_be_focused()
    page.get_by_role("button", name="You may ask me after all").click()
    expect(page.locator("h3:focus")).to_have_text("We will not ask you again.")
    assert [said["action"] for said in endpoints.sent("preferences")] == ["stop", "resume"]


def test_a_press_too_many_sends_nothing_more(opened: Open, endpoints: Endpoints) -> None:
    endpoints.reply("preferences", "said")
    page = opened(ADVOCATE)
    page.get_by_role("button", name="Not now").evaluate(
        "(button) => { button.click(); button.click(); button.click(); }"
    )
    expect(page.get_by_role("heading", name="We will not ask you again.")).to_be_focused()
    assert len(endpoints.sent("preferences")) == 1


@pytest.mark.parametrize(
    ("status", "wrong"),
    [(422, ["A name is missing.", "No address.", "No address."]), (429, []), (503, [])],
)
def test_a_refusal_is_read_out_beside_the_button_and_nothing_typed_is_lost(
    status: int, wrong: list[str], opened: Open, endpoints: Endpoints, seen: Seen
) -> None:
    endpoints.reply(
        "introductions",
        "said",
        status,
        title="That is a lot at once.",
        text="Please wait a while.",
        again=[],
        facts=[{"label": "Name", "text": text} for text in wrong],
    )
    page = opened(ADVOCATE)
    page.get_by_label("Their name").fill("Tomas Berg")
    page.get_by_role("button", name="Make their page").click()
    told = (
        "A name is missing. No address." if wrong else "That is a lot at once. Please wait a while."
    )
    expect(page.get_by_role("alert")).to_have_text(told)
    expect(page.get_by_label("Their name")).to_have_value("Tomas Berg")
    expect(page.get_by_role("button", name="Make their page")).to_be_visible()
    assert seen.errors.pop().startswith(f"{BUSY} {status}")


def test_what_does_not_get_through_can_be_sent_again_and_counts_once(
    opened: Open, endpoints: Endpoints, seen: Seen
) -> None:
    endpoints.reply("introductions", "introduced", 201)
    endpoints.down = True
    page = opened(ADVOCATE)
    page.get_by_label("Their name").fill("Tomas Berg")
    page.get_by_role("button", name="Make their page").click()
    expect(page.get_by_role("alert")).to_contain_text("did not get through")
    endpoints.down = False
    page.get_by_role("button", name="Make their page").click()
    expect(page.get_by_role("heading", name="The page for Tomas is ready.")).to_be_focused()
    expect(page.get_by_role("alert")).to_have_count(0)
    first, second = endpoints.sent("introductions")
    assert first == second
    seen.errors[:] = [error for error in seen.errors if "ERR_FAILED" not in error]


# --- Naming -----------------------------------------------------------------------------------


def test_a_named_persons_link_and_message_stand_under_the_form_which_is_free_again(
    opened: Open, endpoints: Endpoints
) -> None:
    endpoints.reply("introductions", "introduced", 201)
    page = opened(ADVOCATE)
    for name in ("Tomas Berg", "Ada Lund"):
        page.get_by_label("Their name").fill(name)
        page.locator("#name-reason").fill("Ships.\nAnd a queue.")
        page.get_by_role("button", name="Make their page").click()
        expect(page.get_by_role("heading", name="The page for Tomas is ready.")).to_be_focused()
        expect(page.get_by_label("Their name")).to_have_value("")
    first, second = endpoints.sent("introductions")
    assert (first["name"], second["name"]) == ("Tomas Berg", "Ada Lund")
    assert first["reason"] == "Ships.\nAnd a queue."
    assert first["locale"] == "en"
    assert first["id"] != second["id"]
    expect(page.get_by_label("Their link")).to_have_count(1)


def test_somebody_suggested_is_named_with_one_press(opened: Open, endpoints: Endpoints) -> None:
    endpoints.reply("introductions", "introduced", 201)
    page = opened(ADVOCATE)
    page.get_by_role("button", name="Yes, make a page for Leena").click()
    expect(page.get_by_role("heading", name="The page for Tomas is ready.")).to_be_focused()
    (said,) = endpoints.sent("introductions")
    assert len(said["suggestion"]) == 26
    assert said["name"].startswith("Leena")


def test_the_message_to_a_named_person_is_edited_copied_and_mailed(
    opened: Open, endpoints: Endpoints
) -> None:
    endpoints.reply("introductions", "introduced", 201)
    page = opened(ADVOCATE, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_label("Their name").fill("Tomas Berg")
    page.get_by_role("button", name="Make their page").click()
    made = page.locator("#named")
    made.get_by_role("button", name="Copy the link").click()
    expect(made.get_by_role("status").first).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == SAID["introduced"]["url"]
    made.get_by_label("The message").fill("Hi & hello,\n#")
    mail = made.get_by_role("link", name="Open it as a mail")
    expect(mail).to_have_attribute(
        "href", "mailto:?subject=For%20you&body=Hi%20%26%20hello%2C%0D%0A%23"
    )
    look = made.get_by_role("link", name="Look at the page")
    expect(look).to_have_attribute("href", SAID["introduced"]["url"] + "#look")


def test_introductions_stand_as_they_are_now_once_they_are_opened(
    opened: Open, endpoints: Endpoints
) -> None:
    endpoints.reply("status", "status")
    page = opened(ADVOCATE)
    assert endpoints.sent("status") == []
    page.locator("summary", has_text="Show where they stand").click()
    expect(page.get_by_text("meeting arranged")).to_be_visible()
    expect(page.get_by_role("button", name="Show where they stand today")).to_have_count(0)


# --- What a page counts -----------------------------------------------------------------------


def test_a_visit_is_told_once_after_a_page_was_on_a_screen(
    site: Site, blank: Open, endpoints: Endpoints
) -> None:
    page = blank()
    with page.expect_response("**/api/visits"):
        page.goto(site.url(f"{SHARE}?v=linkedin&utm_source=x"))
    page.clock.install()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(60_000)
    (told,) = endpoints.told("visits")
    assert told == {
        "token": page.locator("body").get_attribute("data-token"),
        "medium": "linkedin",
        "query": "v=linkedin&utm_source=x",
        "visible": True,
        "look": False,
    }


def test_a_page_that_nobody_sees_tells_nothing_until_somebody_does(
    site: Site, blank: Open, endpoints: Endpoints
) -> None:
    page = blank()
    page.clock.install()
    page.add_init_script(
        "const get = () => window.sight ?? 'hidden';"
        "Object.defineProperty(document, 'visibilityState', { get })"
    )
    page.goto(site.url(REFEREE))
    page.clock.run_for(60_000)
    assert (endpoints.beacons, endpoints.forms) == ([], [])
    page.evaluate(
        "() => { window.sight = 'visible'; document.dispatchEvent(new Event('visibilitychange')); }"
    )
    page.clock.run_for(900)
    assert endpoints.told("visits") == []
    with page.expect_response("**/api/visits"):
        page.clock.run_for(200)


def test_a_look_at_a_page_one_made_is_told_as_a_look(
    site: Site, blank: Open, endpoints: Endpoints
) -> None:
    page = blank()
    with page.expect_response("**/api/visits"):
        page.goto(site.url(f"{REFEREE}#look"))
    assert "#" not in page.url  # so that a link copied from here is the person's
    with page.expect_response("**/api/visits"):
        page.reload()
    assert [told["look"] for told in endpoints.told("visits")] == [True, True]


def test_a_press_of_a_share_control_is_told_with_its_medium_and_no_words(
    opened: Open, endpoints: Endpoints
) -> None:
    page = opened(ADVOCATE, permissions=["clipboard-write"])
    page.evaluate("addEventListener('click', (event) => event.preventDefault())")
    token = page.locator("body").get_attribute("data-token")
    for medium in ("linkedin", "email", "whatsapp", "copy-link", "copy-message"):
        with page.expect_response("**/api/share"):
            page.locator(f".medium.{medium} .send").click()
        assert endpoints.told("share")[-1] == {"token": token, "medium": medium}
    with page.expect_response("**/api/share"):
        page.locator(".medium.whatsapp .send").click(button="middle")
    page.locator(".medium.whatsapp .send").click(button="right")
    page.locator(".medium.whatsapp .hint").click()
    assert len(endpoints.told("share")) == 6


def test_whoever_wants_not_to_be_counted_is_not(
    site: Site, blank: Open, endpoints: Endpoints
) -> None:
    page = blank()
    page.clock.install()
    page.add_init_script(
        "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
    )
    page.goto(site.url(ADVOCATE))
    page.clock.run_for(60_000)
    page.locator(".medium.copy-link .send").click()
    endpoints.reply("preferences", "said")
    page.get_by_role("button", name="Not now").click()
    expect(page.get_by_role("heading", name="We will not ask you again.")).to_be_focused()
    assert endpoints.beacons == []


def test_nothing_is_kept_in_the_browser(site: Site, blank: Open, endpoints: Endpoints) -> None:
    endpoints.reply("slots", "times")
    page = blank()
    with page.expect_response("**/api/visits"):
        page.goto(site.url(REFEREE))
    pick(page)
    assert page.context.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


# --- Without scripts --------------------------------------------------------------------------


def test_without_scripts_a_meeting_is_booked_by_keyboard_alone(
    opened: Open, endpoints: Endpoints
) -> None:
    endpoints.reply("slots", "times", back=REFEREE)
    endpoints.reply("bookings", "meeting", 201, back=REFEREE)
    page = opened(REFEREE, java_script_enabled=False)
    page.get_by_role("button", name="Pick a time with Jonas").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pick a time with Jonas")
    page.get_by_role("radio", name="09:00").first.focus()
    for key in ("ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    page.get_by_label("Your name").fill("Tomas Berg")
    page.get_by_label("Your mail address").fill("tomas@kestrel.example")
    page.get_by_label("Your mail address").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You meet Jonas.")
    (booked,) = endpoints.sent("bookings")
    assert booked["start"] == "2026-11-24T10:30:00+01:00"
    assert [path for path, _ in endpoints.forms] == ["slots", "bookings"]
    page.get_by_role("link", name="Back to the page").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("thought of you")


def test_without_scripts_every_form_leads_to_a_page_that_leads_back(
    opened: Open, endpoints: Endpoints, site: Site
) -> None:
    endpoints.reply("status", "status", back=ADVOCATE)
    endpoints.reply("preferences", "said", back=ADVOCATE)
    endpoints.reply("introductions", "introduced", 201, back=ADVOCATE)
    endpoints.reply("share", "shared", back=ADVOCATE)
    page = opened(ADVOCATE, java_script_enabled=False)
    for name, title in (
        ("Show where they stand today", "Where they stand"),
        ("Not now", "We will not ask you again."),
        ("Yes, make a page for Leena", "The page for Tomas is ready."),
    ):
        page.goto(site.url(ADVOCATE))
        if "stand" in name:
            page.locator("summary", has_text="Show where they stand").click()
        page.get_by_role("button", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.locator("button:visible:not([type=submit])")).to_have_count(0)
        page.get_by_role("link", name="Back to the page").click()
        expect(page).to_have_url(site.url(ADVOCATE))
    assert endpoints.beacons == []
