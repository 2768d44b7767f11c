"""The report in Chromium: with a key, without scripts, live, on every screen and on paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, Route, expect

from passalong.locales import Locale
from passalong.pages.fill import Skeleton
from passalong.pages.reading import read
from passalong.pages.reporting import report_skeletons
from passalong.pages.site import Site as Rendered
from passalong.report.html import Html
from passalong.report.model import Report
from passalong.report.render import page as whole_page
from passalong.report.render import parts, refused
from tests.browser.test_every_page import CONTROLS, OVERFLOW, SMALL, faults
from tests.conftest import Seen
from tests.programs import SITE
from tests.report_samples import EMPTY, QUIET, RICH, ROWS, SAMPLES, count
from tests.sample import Site

Visit = Callable[..., Page]
KEY = "WyJyIiwwLDBd.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
ZONE = ZoneInfo("Europe/Berlin")
PARTS = "[...document.querySelectorAll('#report > [data-part]')].map((part) => part.id)"


class Reports:
    """What ``/api/report`` answers in these tests, and what it was asked."""

    def __init__(self, skeleton: Skeleton, locale: Locale) -> None:
        self.skeleton, self.locale = skeleton, locale
        self.report: Report = RICH
        self.asked: list[dict[str, str]] = []
        self.status = 200

    def page(self, inner: Html) -> str:
        return whole_page(self.skeleton, inner).decode()

    def answer(self, route: Route) -> None:
        said = {name: values[0] for name, values in parse_qs(route.request.post_data or "").items()}
        self.asked.append(said)
        if said.get("csv"):
            headers = {"Content-Disposition": "attachment; filename=report.csv"}
            route.fulfill(body="a,b\r\n", content_type="text/csv", headers=headers)
        elif self.status != 200:
            route.fulfill(status=self.status, body=self.page(refused(self.locale)))
        elif said.get("seen") == self.report.version:
            route.fulfill(status=204)
        else:
            report = ROWS if said.get("rows") else self.report
            picks = replace(report.picks, period=said.get("period", "90"), by=said.get("by", "all"))
            tables = tuple(each for each in report.tables if picks.by in ("all", each.code))
            report = replace(report, picks=picks, tables=tables)
            inner = parts(report, self.locale, said["token"], ZONE)
            route.fulfill(body=self.page(inner), content_type="text/html; charset=utf-8")


def made(site: Site) -> tuple[dict[str, Skeleton], Rendered]:
    rendered = Rendered(read(site.made.order()).editorial, site.made.content, SITE)
    return report_skeletons(rendered), rendered


@pytest.fixture(scope="session")
def skeletons(site: Site, arabic_site: Site) -> dict[str, tuple[Skeleton, Locale]]:
    """The page around a report, with the words in it."""
    (english, one), (arabic, other) = made(site), made(arabic_site)
    return {
        "en": (english["report.en"], one.locale("en")),
        "de": (english["report.de"], one.locale("de")),
        "ar": (arabic["report.ar"], other.locale("ar")),
    }


@pytest.fixture
def reports(skeletons: dict[str, tuple[Skeleton, Locale]]) -> Reports:
    return Reports(*skeletons["en"])


@pytest.fixture
def open_report(site: Site, reports: Reports, visit: Visit) -> Callable[..., Page]:
    """The built page, its answers given by ``reports``."""

    def opened(path: str = f"/report/#{KEY}", **options: object) -> Page:
        page = visit(site.url("/robots.txt"), fresh=True, **options)
        page.context.route("**/api/report", reports.answer)
        page.clock.install()
        page.goto(site.url(path))
        return page

    return opened


def pass_time(page: Page, seconds: int, step: int = 1) -> None:
    """Lets time go by in the page; whatever it asks in a step is answered before the next."""
    for _ in range(0, seconds, step):
        page.clock.run_for(step * 1000)
        page.evaluate("fetch('/robots.txt').then((answer) => answer.text())")


# --- The page, on every screen and on paper ---------------------------------------------------


SHOWN = [(name, "en") for name in (*SAMPLES, "refused")]
SHOWN += [(name, "ar") for name in ("rich", "extreme", "rows")]


@pytest.fixture(params=SHOWN, ids="-".join)
def answered(
    request: pytest.FixtureRequest,
    skeletons: dict[str, tuple[Skeleton, Locale]],
    site: Site,
    visit: Visit,
) -> Page:
    """Each kind of report in turn, as a browser without scripts gets it."""
    name, code = request.param
    skeleton, locale = skeletons[code]
    inner = refused(locale) if name == "refused" else parts(SAMPLES[name], locale, KEY, ZONE)
    html = whole_page(skeleton, inner).decode()
    page = visit(site.url("/robots.txt"), fresh=True)
    page.context.route(
        "**/answered/", lambda route: route.fulfill(body=html, content_type="text/html")
    )
    page.goto(site.url("/answered/"))
    return page


def test_on_every_screen_a_report_fits_and_its_numbers_can_be_hit(answered: Page) -> None:
    for width in (320, 360, 640, 1280):
        answered.set_viewport_size({"width": width, "height": 800})
        for scheme in ("light", "dark"):
            answered.emulate_media(color_scheme=scheme)
            assert answered.evaluate(OVERFLOW) == [], (width, scheme)
        assert answered.evaluate(SMALL, answered.evaluate_handle(CONTROLS)) == [], width
    answered.evaluate("document.documentElement.style.fontSize = '200%'")
    assert answered.evaluate(OVERFLOW) == []


def test_axe_finds_nothing_on_a_report(answered: Page) -> None:
    assert faults(answered, {"rules": {"target-size": {"enabled": True}}}) == []
    answered.emulate_media(color_scheme="dark")
    answered.set_viewport_size({"width": 360, "height": 800})
    assert faults(answered, {"runOnly": ["color-contrast", "target-size"]}) == []


def test_a_report_prints_on_one_page(answered: Page) -> None:
    pdf = answered.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", pdf)) == 1


@pytest.mark.parametrize("by", ["all", "medium"])
def test_nothing_is_cut_off_on_paper(
    by: str, reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report(f"/report/#{KEY}?by={by}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("120 were asked")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 695, "height": 1039})  # A4 within its margins
    place = "document.getElementById('report')"
    heights = page.evaluate(f"[{place}.scrollHeight, {place}.clientHeight]")
    assert heights[0] <= heights[1]


def test_the_static_page_says_nothing_of_anybody_and_asks_for_a_key(
    site: Site, reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report("/report/")
    expect(page.get_by_role("heading", level=1)).to_have_text("The report")
    expect(page.get_by_label("Your key")).to_be_visible()
    pass_time(page, 10)
    assert reports.asked == []
    assert faults(page, {"rules": {"target-size": {"enabled": True}}}) == []
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(OVERFLOW) == []


# --- With a key -------------------------------------------------------------------------------


def test_the_key_in_the_address_opens_the_report_and_is_sent_in_no_address(
    reports: Reports, open_report: Callable[..., Page]
) -> None:
    sent: list[str] = []
    page = open_report("/robots.txt")
    page.on("request", lambda request: sent.append(request.url))
    page.goto(page.url.replace("/robots.txt", f"/report/#{KEY}"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("120 were asked")
    assert reports.asked[0] == {"token": KEY}
    assert [url for url in sent if KEY in url and "#" not in url] == []


def test_a_key_that_is_pasted_opens_the_report_whole_link_or_not(
    reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report("/report/")
    page.get_by_label("Your key").fill(f" https://friends.leeway.example/report/#{KEY} ")
    page.get_by_role("button", name="Open the report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("120 were asked")
    assert reports.asked[-1]["token"] == KEY
    assert page.url.endswith(f"/report/#{KEY}")


def test_a_key_that_opens_nothing_has_its_sentence_and_is_not_asked_again(
    reports: Reports, open_report: Callable[..., Page], seen: Seen
) -> None:
    reports.status = 404
    page = open_report("/report/")
    page.get_by_label("Your key").fill(KEY)
    page.get_by_role("button", name="Open the report").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "This key opens no report, or no longer."
    )
    expect(page.get_by_label("Your key")).to_be_visible()
    pass_time(page, 20)
    assert len(reports.asked) == 1
    seen.errors.clear()  # Chromium writes down that the answer was no good
    page.evaluate("console.clear()")


def test_without_scripts_the_form_leads_to_the_whole_report(
    site: Site, reports: Reports, visit: Visit
) -> None:
    page = visit(site.url("/robots.txt"), fresh=True, java_script_enabled=False)
    page.context.route("**/api/report", reports.answer)
    page.goto(site.url("/report/"))
    page.get_by_label("Your key").fill(KEY)
    page.get_by_role("button", name="Open the report").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("120 were asked")
    page.get_by_role("button", name="€41,000").first.click()
    expect(page.get_by_role("heading", name="Met, row by row")).to_be_visible()
    page.get_by_role("button", name="Back to the report").click()
    page.get_by_label("Period").select_option("365")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("In the last 365 days")
    assert reports.asked[1]["rows"] == "won"
    assert {said["token"] for said in reports.asked} == {KEY}


# --- Live -------------------------------------------------------------------------------------


def test_a_booking_shows_within_seconds_and_nothing_moves(
    reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report(height=500, reduced_motion="reduce")
    table = page.get_by_role("button", name="€74,000")
    page.locator("summary").click()
    table.focus()
    before = table.bounding_box()
    news = page.locator("#news")
    said = news.text_content()
    pass_time(page, 6)
    assert reports.asked[-1]["seen"] == RICH.version
    assert news.text_content() == said, "nothing is announced that has not changed"
    sentence = replace(RICH.sentence, meetings=count(13, 3, rows="met"))
    reports.report = replace(RICH, version="rich-2", sentence=sentence)
    pass_time(page, 3)
    expect(page.get_by_role("heading", level=1)).to_contain_text("13 meetings")
    expect(news).to_contain_text("13 meetings")
    assert table.bounding_box() == before
    expect(table).to_be_focused()
    expect(page.locator("#series-table")).to_have_attribute("open", "")


def test_a_number_that_changes_under_the_focus_keeps_it(
    reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report()
    page.get_by_role("heading", level=1).get_by_role("button", name="12", exact=True).focus()
    sentence = replace(RICH.sentence, meetings=count(13, rows="met"))
    reports.report = replace(RICH, version="rich-3", sentence=sentence)
    pass_time(page, 3)
    expect(page.get_by_role("heading", level=1).get_by_role("button", name="13")).to_be_focused()


def test_nobody_looking_and_ten_quiet_minutes_are_asked_less(
    reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report()
    expect(page.get_by_role("heading", level=1)).to_contain_text("120")
    pass_time(page, 60)
    lively = len(reports.asked)
    assert 30 <= lively <= 42
    pass_time(page, 600, 15)
    quiet = len(reports.asked)
    pass_time(page, 60)
    assert 2 <= len(reports.asked) - quiet <= 5
    page.evaluate("""() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }""")
    asleep = len(reports.asked)
    pass_time(page, 120)
    assert len(reports.asked) == asleep


def test_what_cannot_be_had_just_now_leaves_what_is_there(
    reports: Reports, open_report: Callable[..., Page], seen: Seen
) -> None:
    page = open_report()
    expect(page.get_by_role("heading", level=1)).to_contain_text("120")
    page.context.unroute("**/api/report")
    page.context.route("**/api/report", lambda route: route.abort())
    pass_time(page, 3)
    expect(page.locator("#stale")).to_contain_text("did not get through just now")
    expect(page.get_by_role("heading", level=1)).to_contain_text("120")
    page.context.unroute("**/api/report")
    page.context.route("**/api/report", reports.answer)
    pass_time(page, 3)
    expect(page.locator("#stale")).to_be_hidden()
    seen.errors.clear()  # Chromium writes down that there was no answer


# --- Going about in it ------------------------------------------------------------------------


def test_a_number_opens_its_rows_and_back_leads_to_the_number(
    reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report()
    page.get_by_role("button", name="€41,000").first.click()
    heading = page.get_by_role("heading", name="Met, row by row")
    expect(heading).to_be_focused()
    assert reports.asked[-1]["rows"] == "won"
    assert page.url.endswith("?rows=won") or "rows=won" in page.url
    page.get_by_role("button", name="Back to the report").click()
    expect(page.get_by_role("button", name="€41,000").first).to_be_focused()
    page.go_back()
    expect(heading).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="From asked to won")).to_be_visible()


def test_what_was_picked_stays_picked_and_is_in_the_address(
    reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report()
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    page.get_by_label("Period").select_option("quarter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("This quarter")
    page.get_by_label("Broken down by").focus()
    page.get_by_label("Broken down by").select_option("medium")
    expect(page.get_by_label("Broken down by")).to_be_focused()
    pass_time(page, 5)
    last = reports.asked[-1]
    assert (last["period"], last["by"]) == ("quarter", "medium")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This quarter")
    expect(page.get_by_label("Broken down by")).to_have_value("medium")


def test_what_it_is_broken_down_by_comes_first_and_goes_back_to_its_place(
    open_report: Callable[..., Page],
) -> None:
    page = open_report()
    page.get_by_label("Broken down by").select_option("medium")
    expect(page.get_by_role("heading", name="By medium")).to_be_visible()
    assert page.evaluate(PARTS)[:4] == ["said", "picks", "medium-part", "funnel-part"]
    page.get_by_label("Broken down by").select_option("all")
    expect(page.get_by_role("heading", name="Media")).to_be_visible()
    assert page.evaluate(PARTS)[2:7] == [
        f"{part}-part" for part in ("funnel", "series", "numbers", "story", "medium")
    ]


def test_days_are_asked_for_only_where_they_are_chosen(
    reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report()
    expect(page.get_by_label("From", exact=True)).to_be_hidden()
    page.get_by_label("Period").select_option("custom")
    page.get_by_label("From", exact=True).fill("2026-09-01")
    page.get_by_label("From", exact=True).blur()
    expect(page.get_by_role("heading", level=1)).to_contain_text("From 25 August")
    assert reports.asked[-1]["from"] == "2026-09-01"


def test_a_table_is_handed_out_as_csv_and_the_page_stays(
    reports: Reports, open_report: Callable[..., Page]
) -> None:
    page = open_report()
    with page.expect_download() as download:
        page.get_by_role("button", name="Media as CSV").click()
    assert download.value.suggested_filename == "report.csv"
    assert reports.asked[-1]["csv"] == "medium"
    assert reports.asked[-1]["token"] == KEY
    expect(page.get_by_role("heading", level=1)).to_contain_text("120")


def test_the_way_to_the_text_does_not_lose_the_key(open_report: Callable[..., Page]) -> None:
    page = open_report()
    expect(page.get_by_role("heading", level=1)).to_contain_text("120")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("location.hash.includes('.')")
    assert page.url.endswith(f"#{KEY}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("120")


@pytest.mark.parametrize("report", [EMPTY, QUIET], ids=["empty", "quiet"])
def test_a_report_that_begins_with_nothing_comes_to_life(
    report: Report, reports: Reports, open_report: Callable[..., Page]
) -> None:
    reports.report = report
    page = open_report()
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("nothing", re.I))
    reports.report = RICH
    pass_time(page, 3)
    expect(page.get_by_role("heading", level=1)).to_contain_text("120 were asked")
    expect(page.get_by_role("heading", name="Stories")).to_be_visible()
    assert page.evaluate(PARTS)[:4] == ["said", "picks", "funnel-part", "series-part"]
