"""A report's page: what it shows is what the report says, in every language, and nothing else."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.actions.outcome import HOST
from passalong.actions.visit import BURST, OWN
from passalong.attribution.stages import STAGES
from passalong.attribution.touchpoints import STRENGTH
from passalong.conversions.inbox import REASONS
from passalong.conversions.told import IMPORT, SOURCES
from passalong.figures.rows import OPENED
from passalong.locales import Locale, load
from passalong.pages.fill import Hole, Skeleton
from passalong.report import charts
from passalong.report.html import bdi, html, join, say, tag
from passalong.report.model import (
    AFTERWARDS,
    BREAKDOWNS,
    FUNNEL,
    NUMBERS,
    PERIODS,
    UNITS,
    Cell,
    Figure,
    Option,
    Point,
    Report,
    Series,
    Stage,
)
from passalong.report.render import page, parts, refused
from passalong.report.sheets import sheets_of, written
from passalong.report.words import Words
from passalong.variants import SECTIONS
from passalong.visits import COUNTED
from tests.report_samples import (
    EMPTY,
    EXTREME,
    FIRST,
    HITS,
    LONG,
    MEDIA,
    NASTY,
    NO_ROWS,
    QUIET,
    RICH,
    ROWS,
    SAMPLES,
    count,
    money,
    whole,
)

LOCALES = [Path(__file__).parents[2] / "site/locales"]
CODES = ("en", "de", "ar", "zh")
BERLIN = ZoneInfo("Europe/Berlin")
ENGLISH = load(LOCALES, "en")
WORDS = Words(ENGLISH, "EUR")
VOID = {"input", "br"}


class Parsed(HTMLParser):
    """Markup as a list of elements with their attributes, and the text of each that has an id."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: dict[str, str] = {}
        self._open: list[tuple[str, str]] = []
        self.feed(markup)
        self.close()
        assert self._open == [], "elements are left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self._open.append((tag, attributes.get("id", "")))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for _, name in self._open:
            if name:
                self.texts[name] = self.texts.get(name, "") + data

    def of(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        asked = {name.rstrip("_"): value for name, value in wanted.items()}
        same = (found for name, found in self.elements if name == tag)
        return [found for found in same if asked.items() <= found.items()]


def shown(report: Report, code: str = "en", key: str = "t.key") -> Parsed:
    return Parsed(parts(report, load(LOCALES, code), key, BERLIN))


# --- In every language ------------------------------------------------------------------------


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", SAMPLES)
def test_every_report_is_said_in_every_language_as_whole_markup(name: str, code: str) -> None:
    page = shown(SAMPLES[name], code)
    assert len(page.of("h1")) == 1
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    assert len(page.of("form", id="picks")) == 1
    assert not any("style" in found for _, found in page.elements), "the policy admits no style"
    for table in page.of("table"):
        assert re.search(r"cols-\d", table["class"])


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_the_model_has_words(code: str) -> None:
    locale = load(LOCALES, code)
    keys = [
        *(f"stage.{stage}" for stage in (*FUNNEL, *AFTERWARDS)),
        *(f"{kind}.{number}" for number in NUMBERS for kind in ("number", "note")),
        *(f"{kind}.{period}" for period in PERIODS for kind in ("period", "when")),
        *(f"by.{breakdown}" for breakdown in BREAKDOWNS),
        *(f"{kind}.{by}" for by in BREAKDOWNS if by != "all" for kind in ("table", "first")),
        *(f"stage.{stage}" for stage in (*STAGES, OPENED)),
        *(f"evidence.{evidence}" for evidence in STRENGTH),
        *(f"source.{source}" for source in (*SOURCES, IMPORT, HOST)),
        *(f"inbox.{reason}" for reason in REASONS),
    ]
    assert [key for key in keys if f"report.{key}" not in locale.words] == []
    assert UNITS.keys() == set(NUMBERS)


def test_the_sentence_says_what_pages_say() -> None:
    assert (
        shown(RICH)
        .texts["said"]
        .startswith(
            "In the last 90 days 120 were asked and 31 acted; 12 meetings, €184,000 opened,"
            " €41,000 won, part of it opened earlier."
        )
    )
    german = shown(RICH, "de").texts["said"]
    assert german.startswith("In den letzten 90 Tagen wurden 120 gefragt, 31 haben gehandelt;")
    one = replace(
        RICH,
        sentence=replace(
            RICH.sentence, asked=count(1), acted=count(1), meetings=count(1), opened_earlier=False
        ),
    )
    said = shown(one).texts["said"]
    assert "1 was asked and 1 acted; 1 meeting, €184,000 opened, €41,000 won." in said


def test_a_part_of_a_meeting_is_said_with_a_decimal() -> None:
    half = replace(RICH, sentence=replace(RICH.sentence, meetings=count(1.5)))
    assert "; 1.5 meetings," in shown(half).texts["said"]


def test_a_name_is_a_name_whatever_it_says() -> None:
    page = shown(EXTREME)
    assert NASTY in page.texts["advocate-part"]
    assert page.of("script") == []
    assert LONG in page.texts["said"]
    assert {option["value"] for option in page.of("option")} >= {"adv-1", "adv-2"}


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_elements_escape_whatever_they_hold(text: str) -> None:
    text = text.replace("\r", "")
    made = Parsed(tag("p", html(text), bdi(text), id="x", title=text).replace("\0", ""))
    ((_, attributes), _) = made.elements
    assert attributes["title"] == text.replace("\0", "")
    assert made.texts.get("x", "") == text.replace("\0", "") * 2


def test_markup_is_put_in_as_it_is_and_texts_are_not() -> None:
    assert join([tag("b", "<"), "<"]) == "<b>&lt;</b>&lt;"
    assert say(ENGLISH, "report.rows.of", figure=tag("b", "x")) == "<b>x</b>, row by row"
    assert tag("input", type="date", required=True, hidden=False, for_="x") == (
        '<input type="date" required for="x"/>'
    )


# --- Every number opens its rows --------------------------------------------------------------


def test_every_number_that_has_rows_opens_them_by_the_form_of_the_page() -> None:
    page = shown(RICH)
    opens = {button["value"] for button in page.of("button", name="rows")}
    figures = [stage.count for stage in (*RICH.funnel, *RICH.afterwards) if stage.count.sourced]
    figures += [RICH.sentence.asked, RICH.sentence.opened, RICH.sentence.won, RICH.review]
    assert {figure.rows for figure in figures} <= opens
    for table in (*RICH.tables, HITS):
        assert {cell.rows for line in table.lines for cell in line.cells if cell.rows} <= opens
    assert {button["form"] for button in page.of("button", name="rows")} == {"picks"}


def test_every_table_is_to_be_had_as_csv() -> None:
    offered = {button["value"] for button in shown(RICH).of("button", name="csv")}
    assert offered == sheets_of(RICH, ENGLISH).keys()
    assert "rows/met" in {button["value"] for button in shown(ROWS).of("button", name="csv")}


def test_the_form_keeps_what_was_picked_and_holds_the_key() -> None:
    page = shown(EXTREME, key="the.key")
    assert [field["value"] for field in page.of("input", name="token")] == ["the.key"]
    chosen = [found["value"] for found in page.of("option") if "selected" in found]
    assert chosen == ["custom", "advocate", "adv-1"]
    days = {found["name"]: found["value"] for found in page.of("input", type="date")}
    assert days == {"from": "2026-08-25", "to": "2026-11-22"}


def test_the_rows_of_a_number_stand_in_place_of_the_rest() -> None:
    page = shown(ROWS)
    assert page.texts["rows-title"] == "Met, row by row"
    said = page.texts["rows-part"]
    assert "17 November 2026" in said
    assert "An introduction" in said
    assert "€18,500" in said
    assert "funnel-part" not in page.texts
    assert "no rows" in shown(NO_ROWS).texts["rows-part"]


def test_what_it_is_broken_down_by_comes_first_and_is_called_as_it_was_picked() -> None:
    def sections(by: str, only: str = "") -> list[str]:
        picks = replace(RICH.picks, by=by, only=only)
        return [
            part["id"] for part in shown(replace(RICH, picks=picks, tables=(MEDIA,))).of("section")
        ]

    assert sections("medium")[:2] == ["medium-part", "funnel-part"]
    assert sections("medium", "email").index("medium-part") > 0
    picked = replace(RICH, picks=replace(RICH.picks, by="medium"), tables=(MEDIA,))
    assert shown(picked).texts["medium-title"] == "By medium"
    assert shown(RICH).texts["medium-title"] == "Media"


def test_rows_that_are_all_of_one_stage_do_not_repeat_it() -> None:
    def heads(stages: list[str]) -> str:
        assert ROWS.rows
        first = [replace(ROWS.rows.lines[0], cells=(Cell(code=one),)) for one in stages]
        rows = replace(ROWS.rows, columns=ROWS.rows.columns[:1], lines=tuple(first))
        return shown(replace(ROWS, rows=rows)).texts["rows-part"]

    assert "What" not in heads(["won", "won"])
    assert "What" in heads(["won", "renewed"])


# --- Nothing yet ------------------------------------------------------------------------------


def test_an_empty_program_is_told_what_to_do_first() -> None:
    page = shown(EMPTY)
    assert page.texts["said"].startswith("Nothing has happened yet. This is how it begins.")
    assert "python build.py links" in page.texts["said"]
    assert len(page.of("li")) == 3
    assert [form for form in page.of("form", id="picks") if "hidden" in form]
    assert page.of("section") == []


def test_a_quiet_period_says_since_when_the_program_runs() -> None:
    page = shown(QUIET)
    assert page.texts["said"].startswith("In this period nothing happened.")
    assert "12 January 2026" in page.texts["said"]
    assert "funnel-part" not in page.texts
    assert "inbox-part" in page.texts, "what waits, waits in every period"


def test_a_wrong_key_has_its_own_sentence_and_the_form_for_another() -> None:
    page = Parsed(refused(ENGLISH))
    assert page.texts["said"].startswith("This key opens no report, or no longer.")
    (form,) = page.of("form")
    assert (form["method"], form["action"]) == ("post", "/api/report")
    assert [field["name"] for field in page.of("input")] == ["token"]


def test_a_whole_page_is_its_skeleton_with_the_report_in_the_hole() -> None:
    skeleton = Skeleton(("report",), (b"<main>", Hole("report", "html"), b"</main>"))
    assert page(skeleton, tag("p", "<")) == b"<main><p>&lt;</p></main>"


# --- Experiments ------------------------------------------------------------------------------


def test_what_is_said_of_an_experiment_is_clear() -> None:
    said = shown(RICH).texts["experiments-part"]
    assert "B is better, with 99%." in said
    assert "No winner yet: B leads with 71%. The next look is at 100 of each." in said
    assert "17% to 29%" in said
    extreme = shown(EXTREME).texts["experiments-part"]
    assert "Too early to say: the first look is at 50 of each variant." in extreme
    assert "No winner yet: they are level." in extreme


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("messages/linkedin", "Message: LinkedIn"),
        ("messages/refer", "The letter to one person"),
        *zip(SECTIONS, ("What we do", None, None, "The thanks"), strict=True),
    ],
)
def test_an_experiment_is_called_by_what_it_tries(what: str, said: str | None) -> None:
    (first, *_) = RICH.experiments
    report = replace(RICH, experiments=(replace(first, about=what),))
    part = shown(report).texts["experiments-part"]
    assert what not in part
    assert said is None or said in part


def test_nobody_is_ever_sure() -> None:
    (first, *_) = RICH.experiments
    certain = replace(RICH, experiments=(replace(first, probability=1_000_000),))
    assert "with 99%." in shown(certain).texts["experiments-part"]


# --- What waits -------------------------------------------------------------------------------


def test_what_waits_is_said_in_words_and_handed_out_in_codes() -> None:
    said = shown(RICH).texts["inbox-part"]
    assert ("HubSpot" in said, "Salesforce" in said) == (True, True)
    assert "hubspot" not in said
    assert "Nobody here is meant by it" in said
    assert sheets_of(RICH, ENGLISH)["inbox"][1][2:4] == ["hubspot", "unmatched"]


# --- Charts -----------------------------------------------------------------------------------


def drawn(data: Series, locale: Locale = ENGLISH) -> Parsed:
    return Parsed(charts.series(data, Words(locale, "EUR"), "series"))


def lengths(chart: Parsed, kind: str) -> list[float]:
    """The columns' heights in pixels, those below zero negative."""
    (zero,) = (float(line["y1"]) for line in chart.of("line", class_="zero"))
    return [
        float(found["height"]) * (1 if float(found["y"]) < zero - 1e-6 else -1)
        for found in chart.of("rect", class_=kind)
    ]


amounts = st.integers(-(10**12), 10**12)


@given(st.lists(st.tuples(amounts, amounts), min_size=1, max_size=60))
def test_columns_are_as_high_as_their_amounts(data: list[tuple[int, int]]) -> None:
    points = tuple(Point(FIRST, Figure(opened), Figure(won)) for opened, won in data)
    chart = drawn(Series("week", points))
    axis = charts.scale([amount for pair in data for amount in pair])
    pixel = (axis.y(axis.low) - axis.y(axis.high)) / (axis.high - axis.low)
    for kind, given_amounts in zip(("opened", "won"), zip(*data, strict=True), strict=True):
        expected = [amount * pixel for amount in given_amounts if amount]
        assert lengths(chart, kind) == pytest.approx(expected, abs=0.03)
    for column in chart.of("rect"):
        left = float(column["x"].rstrip("%"))
        assert -1e-3 <= left <= left + float(column["width"].rstrip("%")) <= 100.001


@given(st.lists(amounts))
def test_a_scale_is_round_holds_everything_and_zero(found: list[int]) -> None:
    axis = charts.scale(found)
    assert axis.low <= min([0, *found]) <= max([0, *found]) <= axis.high
    assert 0 in axis.lines
    assert axis.high in axis.lines
    assert len(axis.lines) <= 7
    assert str(axis.step).rstrip("0") in {"1", "2", "3", "25", "5"}


def test_a_chart_without_data_and_one_of_a_single_point_are_charts() -> None:
    assert drawn(Series("week")).of("rect") == []
    assert "nothing was opened" in drawn(Series("day", (Point(FIRST),))).texts["series-desc"]
    (column,) = drawn(Series("day", (Point(FIRST, money(5)),))).of("rect", class_="opened")
    assert float(column["width"].rstrip("%")) < 12


def test_a_chart_has_a_name_a_description_and_says_its_amounts_on_pointing() -> None:
    chart = drawn(RICH.series)
    (svg,) = chart.of("svg")
    assert (svg["role"], svg["aria-labelledby"]) == ("img", "series-title series-desc")
    assert chart.texts["series-title"] == "Pipeline opened and won, week by week"
    assert chart.texts["series-desc"] == (
        "From 25 August 2026 to 17 November 2026: €184,000 opened and €41,000 won."
        " Most was opened from 27 October 2026: €38,000."
    )


def test_from_right_to_left_a_chart_is_mirrored() -> None:
    left, right = drawn(RICH.series), drawn(RICH.series, load(LOCALES, "ar"))
    for one, other in zip(left.of("rect"), right.of("rect"), strict=True):
        assert one["height"] == other["height"]
        ends = float(one["x"].rstrip("%")) + float(one["width"].rstrip("%"))
        assert float(other["x"].rstrip("%")) == pytest.approx(100 - ends, abs=0.002)


def test_the_same_table_beside_the_chart_says_every_amount() -> None:
    said = shown(RICH).texts["series-table"]
    for point in RICH.series.points:
        for amount in (point.opened.sourced, point.opened.influenced, point.won.sourced):
            assert WORDS.money(amount) in said


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**9)), min_size=1, max_size=7))
def test_the_bars_of_a_funnel_are_as_long_as_their_counts(counts: list[tuple[int, int]]) -> None:
    totals = sorted([0, *map(sum, counts)])
    drawn, is_cut = charts.funnel([Stage("asked", Figure(*pair)) for pair in counts])
    assert is_cut == (0 < 4 * totals[-2] < totals[-1])
    full = 2 * totals[-2] if is_cut else totals[-1] or 1
    ends = [min(1000, round(1000 * sum(pair) / full)) for pair in counts]
    for pair, end, svg in zip(counts, ends, drawn, strict=True):
        stage = Parsed(svg)
        (solid,) = stage.of("rect", class_="solid")
        assert int(solid["width"]) == pytest.approx(min(1000, 1000 * pair[0] / full), abs=1)
        pale = stage.of("rect", class_="pale")
        assert sum(int(part["width"]) for part in pale) == end - int(solid["width"])
        assert len(stage.of("polygon", class_="gap")) == (sum(pair) > full)
    slopes = [Parsed(svg).of("polygon", class_="slope") for svg in drawn]
    assert slopes[-1] == []
    for (slope,), end, following in zip(slopes[:-1], ends[:-1], ends[1:], strict=True):
        assert slope["points"] == f"0,56 {end},56 {following},100 0,100"


def test_a_stage_that_dwarfs_the_others_is_cut_and_the_page_says_so() -> None:
    many = [Stage(s.code, count(10_000) if s.code == "visited" else s.count) for s in RICH.funnel]
    said = shown(replace(RICH, funnel=tuple(many)))
    assert len(said.of("polygon", class_="gap")) == 1
    assert WORDS.text("funnel.cut") in said.texts["funnel-part"]
    assert WORDS.text("funnel.cut") not in shown(RICH).texts["funnel-part"]


def test_the_funnel_says_its_counts_and_rates_beside_the_bars() -> None:
    said = shown(RICH).texts["funnel-part"]
    for stage in RICH.funnel:
        assert WORDS.number("count", stage.count.sourced) in said
        if stage.rate is not None:
            assert WORDS.rate(stage.rate) in said


def test_a_bar_is_its_share_of_the_largest() -> None:
    bar = Parsed(charts.bar(25, 200, 50))
    assert [part["width"] for part in bar.of("rect")] == ["12.5%", "25%"]
    assert Parsed(charts.bar(-5, 0)).of("rect")[0]["width"] == "0%"


# --- Numbers ----------------------------------------------------------------------------------


def test_numbers_are_written_as_people_write_them() -> None:
    written = [
        WORDS.number("count", whole(1200)),
        WORDS.number("count", whole(2.5)),
        WORDS.number("rate", 310_000),
        WORDS.number("rate", 25_000),
        WORDS.number("days", whole(1)),
        WORDS.number("days", whole(38.5)),
        WORDS.number("factor", 140_000),
        WORDS.number("money", -450_000),
        WORDS.number("rate", None),
        Words(load(LOCALES, "ar"), "EUR").number("money", -100),
    ]
    assert written == [
        "1,200",
        "2.5",
        "31%",
        "2.5%",
        "1 day",
        "38.5 days",
        "0.14",
        "−€4,500",
        "–",
        "\u200e−1\u00a0€",
    ]


def test_what_can_be_picked_has_a_name_or_the_words_of_its_code() -> None:
    picks = replace(RICH.picks, by="medium")
    assert WORDS.option(picks, Option("copy-link")) == "Copied link"
    assert WORDS.option(picks, Option("")) == "Introduced by name, or unknown"
    assert WORDS.option(picks, Option("x", "Somebody")) == "Somebody"
    assert WORDS.option(picks, Option("carrier-pigeon")) == "carrier-pigeon"
    picks = replace(picks, by="message")
    assert WORDS.option(picks, Option("linkedin.b")) == "LinkedIn, B"


def test_large_amounts_have_no_cents_but_in_rows_that_somebody_checks() -> None:
    assert WORDS.money(70_450_880) == "€704,509"
    assert WORDS.money(-100_050) == "−€1,000"
    assert WORDS.money(99_950) == "€999.50"
    assert str(WORDS.cell("amount", "money", Cell(70_450_880))) == "€704,508.80"
    assert str(WORDS.cell("won", "money", Cell(70_450_880))) == "€704,509"


def test_every_reason_why_a_hit_is_no_visit_has_words() -> None:
    for reason in ("prefetch", "gpc", "look", "hidden", OWN, BURST, COUNTED, "bot:x", ""):
        assert str(WORDS.label("hits", reason)) != reason


# --- CSV --------------------------------------------------------------------------------------


def test_sheets_hold_exact_numbers() -> None:
    sheets = sheets_of(RICH, ENGLISH)
    assert sheets["funnel"][4] == ["booked", "Booked", "14", "3", "0.298"]
    assert sheets["series"][4] == ["2026-09-15", "18500.00", "4625.00", "0.00", "0.00", "EUR"]
    assert sheets["series"][9][3] == "-4500.00"
    assert sheets["numbers"][1:3] == [
        ["sales_cycle", "Sales cycle", "38", ""],
        ["average_value", "Average value", "13667.00", "EUR"],
    ]
    assert sheets["experiments"][2][:4] == ["messages/email", "b", "208", "47"]
    assert sheets_of(EXTREME, ENGLISH)["inbox"][1][5:] == ["-10000000000000", "JPY"]


def test_a_line_of_a_sheet_begins_with_its_code_and_its_name_and_says_its_currency() -> None:
    sheets = sheets_of(RICH, ENGLISH)
    assert sheets["medium"][:2] == [
        ["medium", "name", "visited", "meetings", "opened", "opened_influenced", "won", "currency"],
        ["email", "E-mail", "21", "7", "98000.00", "12000.00", "29000.00", "EUR"],
    ]
    assert sheets["story"][5][:2] == ["", "No story"]
    assert sheets["channels"][0][:3] == ["channel", "name", "deals"]
    assert sheets["channels"][1][:3] == ["referral", "Referrals", "3"]
    assert sheets["channels"][3][1:] == ["Paid search", "11", "4200.00", "61", "", "1880.00", "EUR"]
    assert sheets["repeat_advocates"][1][:2] == ["adv-1001", "Maria Lindqvist"]
    assert sheets["hits"][:3] == [
        ["reason", "name", "hits"],
        ["person", "Counted: a person saw the page", "47"],
        ["bot:linkedinbot", "A program, not a person: linkedinbot", "63"],
    ]
    assert sheets_of(RICH, load(LOCALES, "de"))["medium"][4][:2] == ["copy-link", "Kopierter Link"]
    for heads, *_ in sheets.values():
        assert len(heads) == len(set(heads))


def test_the_sheet_of_rows_has_ids_beside_names() -> None:
    heads, first, _ = sheets_of(ROWS, ENGLISH)["rows"]
    assert dict(zip(heads, first, strict=True)) == {
        "day": "2026-11-17",
        "stage": "met",
        "who": "Tomas Berg",
        "advocate": "adv-1001",
        "advocate_name": "Maria Lindqvist",
        "evidence": "introduction",
        "credit": "only",
        "amount": "18500.00",
        "currency": "EUR",
    }


def test_a_name_that_looks_like_a_formula_is_none_in_a_spreadsheet() -> None:
    rows = [["name", "won"], ['=HYPERLINK("x")', "-4500.00"], ["-cmd", "@x"], ["a,b", "1"]]
    read = list(csv.reader(io.StringIO(written(rows))))
    assert read == [
        ["name", "won"],
        ['\'=HYPERLINK("x")', "-4500.00"],
        ["'-cmd", "'@x"],
        ["a,b", "1"],
    ]


def test_a_step_of_a_month_names_its_month() -> None:
    series = Series("month", (Point(date(2026, 3, 1), money(1)),))
    assert charts.step_name(date(2026, 3, 1), series, WORDS) == "Mar 2026"
