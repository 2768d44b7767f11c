"""What a report says of what happened: small histories, each counted by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.attribution.rules import rules_of
from passalong.events import REMOVED, Event, Money
from passalong.figures.following import catch_up
from passalong.figures.state import lookups_of
from passalong.known import Known
from passalong.ledger.port import Actor, Delivery, Person
from passalong.locales import load
from passalong.program import Channel, Cost, Experiment
from passalong.report.compute import report_of
from passalong.report.model import BREAKDOWNS, MILLION, Figure, Picks, Report, Table
from passalong.report.opened import key_of, opened_by
from passalong.report.period import BadPicks, by_months, picks_of, steps
from passalong.report.sheets import tables_as_csv
from passalong.variants import code_of
from tests.programs import advocate, referee
from tests.worlds import Place, a_world

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ENGLISH = load([Path(__file__).parents[2] / "site/locales"], "en")
FIRST = date(2026, 8, 27)
ADVOCATES = (
    advocate(owner="jonas"),
    advocate("a-2", "Ben Okafor", region="DACH", kind="partner"),
    advocate("a-3", "Ida Lund", email="r-1@kestrel.example"),
)


class Story:
    """A world in which things happen, on days before now."""

    def __init__(self, place: Place) -> None:
        self.place, self.ledger, self._known = place, place.ledger, place.known()
        self._made = 0

    def happens(self, kind: str, days_ago: float, who: str = "a-1", **more: Any) -> Event:
        """An event, at noon of a day unless it says otherwise; ``about`` names the company."""
        self._made += 1
        about = more.pop("about", "")
        if about:
            more = {"referral": f"ref-{who}-{about}", "referee": f"in-{about}", **more}
            more["data"] = {"account": about, **more.get("data", {})}
        if euros := more.pop("euros", 0):
            more["amount"] = Money(euros * 100, "EUR")
        at = more.pop("at", NOW - timedelta(days=days_ago))
        event = Event(f"e{self._made}", self._known.program.id, kind, at, who, **more)
        self.ledger.file(event)
        return event

    def knows(self, **settings: Any) -> Known:
        """The same program with other settings."""
        bundle = self._known.bundle
        program = replace(self._known.program, **settings)
        editorial = replace(bundle.editorial, program=program)
        holders = self._known.holders
        self._known = Known(replace(bundle, editorial=editorial), holders.keys, holders.signer)
        return self._known

    def report(self, opened: str = "", most: int | None = 10, **picked: str) -> Report:
        known = self._known
        catch_up(self.ledger, lookups_of(known), rules_of(known.program))
        picks = picks_of(known.program, NOW, **picked)
        return report_of(self.ledger, known, picks, NOW, opened=opened, most=most)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(a_world(tmp_path, advocates=ADVOCATES))


def wholes(report: Report) -> dict[str, tuple[float, float]]:
    """The counts of the funnel and of what came after, sourced and influenced."""
    stages = (*report.funnel, *report.afterwards)
    found = {stage.code: stage.count for stage in stages}
    return {
        code: (count.sourced / MILLION, count.influenced / MILLION)
        for code, count in found.items()
        if count.sourced or count.influenced
    }


def rates(report: Report) -> dict[str, float]:
    return {
        stage.code: round(stage.rate / MILLION, 3)
        for stage in report.funnel
        if stage.rate is not None
    }


def number(report: Report, code: str) -> int | None:
    return next(one.value for one in report.numbers if one.code == code)


def table(report: Report, code: str) -> dict[str, dict[str, int | None]]:
    """A table's numbers by line and column."""
    found = next(one for one in report.tables if one.code == code)
    names = [column.code for column in found.columns]
    return {
        line.value: dict(zip(names, (cell.number for cell in line.cells), strict=True))
        for line in found.lines
    }


def texts(rows: Table | None) -> list[tuple[str, ...]]:
    """The rows that were opened: their day, and what their cells say."""
    assert rows
    return [
        (line.value, *(cell.text or cell.code or str(cell.number or "") for cell in line.cells))
        for line in rows.lines
    ]


def a_customer(story: Story, about: str = "kestrel", **more: Any) -> None:
    """Introduced on day 40, met on day 30, qualified with 20,000 and won with 18,000 on day 5."""
    story.happens("introduced", 40, about=about, **more)
    story.happens("booked", 35, about=about, data={"meeting": f"m-{about}", "page": "referee"})
    story.happens("met", 30, about=about, data={"meeting": f"m-{about}"})
    story.happens("qualified", 20, about=about, euros=20_000)
    story.happens("won", 5, about=about, euros=18_000)


# --- The funnel ---------------------------------------------------------------------------------


def test_a_program_in_which_nothing_happened_says_so(story: Story) -> None:
    report = story.report()
    assert report.began is None
    assert (report.funnel, report.tables, report.hits) == ((), (), None)


def test_the_way_of_a_customer_is_counted_stage_by_stage(story: Story) -> None:
    story.happens("asked", 50)
    a_customer(story)
    story.happens("visited", 38, about="kestrel", classification="person")
    report = story.report()
    assert report.began == date(2026, 10, 5)
    assert wholes(report) == dict.fromkeys(
        ("asked", "acted", "visited", "booked", "met", "qualified", "won"), (1, 0)
    )
    assert rates(report) == dict.fromkeys(
        ("acted", "visited", "booked", "met", "qualified", "won"), 1.0
    )
    said = report.sentence
    assert (said.opened.sourced, said.won.sourced) == (2_000_000, 1_800_000)
    assert not said.opened_earlier


def test_advocates_are_counted_once_however_often_they_act(story: Story) -> None:
    for days in (3, 4, 5):
        story.happens("asked", days + 10)
        story.happens("shared", days, medium="linkedin")
    story.happens("introduced", 2, "a-2", about="fjord")
    story.happens("asked", 9, "a-3")
    report = story.report()
    assert wholes(report)["asked"] == (2, 0)
    assert wholes(report)["acted"] == (2, 0)
    assert rates(report)["acted"] == 0.5  # a-2 acted without being asked


def test_rates_follow_those_of_the_period_however_late_they_come(story: Story) -> None:
    a_customer(story, "kestrel")
    story.happens("introduced", 39, about="fjord")
    story.happens("booked", 36, about="fjord", data={"meeting": "m-2"})
    early = story.report(first="2026-10-10", last="2026-10-20")  # days 45 to 35
    assert wholes(early) == {"acted": (1, 0), "booked": (2, 0)}
    rated = rates(early)
    assert {code: rated[code] for code in ("booked", "met", "qualified", "won")} == {
        "booked": 1.0,
        "met": 0.5,
        "qualified": 1.0,
        "won": 1.0,
    }
    late = story.report(first="2026-11-15")
    assert wholes(late) == {"won": (1, 0)}
    assert "won" not in rates(late)
    assert late.sentence.opened_earlier


def test_whoever_skips_a_stage_has_passed_it(story: Story) -> None:
    story.happens("introduced", 40, about="kestrel")
    story.happens("won", 5, about="kestrel", euros=10)
    report = story.report()
    assert wholes(report) == {"acted": (1, 0), "won": (1, 0)}
    assert rates(report)["qualified"] == 1.0


def test_what_was_ours_before_is_told_apart(story: Story) -> None:
    a_customer(story, classification="influenced")
    report = story.report()
    assert wholes(report)["won"] == (0, 1)
    assert report.sentence.won == replace(Figure(0, 1_800_000), rows=report.sentence.won.rows)
    assert number(report, "average_value") is None


def test_a_self_referral_counts_nowhere_until_somebody_releases_it(story: Story) -> None:
    a_customer(story, data={"signals": "same-domain"})
    waiting = story.report()
    assert wholes(waiting) == {"acted": (1, 0)}
    assert waiting.review.sourced == MILLION
    rows = story.report(opened=waiting.review.rows).rows
    assert texts(rows)[0][0] == "2026-10-20"
    assert texts(rows)[0][8] == "review"
    story.happens("overridden", 1, about="kestrel", data={"decision": "release"})
    released = story.report()
    assert wholes(released)["won"] == (1, 0)
    assert not released.review.sourced


# --- Money --------------------------------------------------------------------------------------


def test_what_is_taken_back_is_negative_on_its_own_day(story: Story) -> None:
    a_customer(story)
    story.happens("reversed", 1, about="kestrel", euros=3_000, data={"of": "e5"})
    report = story.report(period="30")
    assert report.sentence.won.sourced == 1_500_000
    points = {point.first: point.won.sourced for point in report.series.points}
    assert report.series.step == "day"
    assert points[date(2026, 11, 19)] == 1_800_000
    assert points[date(2026, 11, 23)] == -300_000
    assert wholes(report)["reversed"] == (1, 0)
    assert number(report, "retention") == MILLION


def test_a_customer_who_left_is_not_kept_nor_one_whose_all_was_taken_back(story: Story) -> None:
    for name in ("kestrel", "fjord", "solvane"):
        a_customer(story, name)
    story.happens("churned", 1, about="kestrel")
    story.happens("reversed", 1, about="fjord")
    sold = story.report(opened=story.report().sentence.won.rows).rows
    assert [row[3] for row in texts(sold)].count("won") == 3
    story.happens("reversed", 1, about="fjord", data={"of": "e10"})
    report = story.report()
    assert number(report, "retention") == 333_333


@pytest.mark.parametrize(
    ("told", "opened"),
    [
        ([("met", 30, 5_000), ("qualified", 20, 7_000), ("won", 5, 9_000)], (20, 700_000)),
        ([("met", 30, 5_000), ("qualified", 20, 0), ("won", 5, 9_000)], (30, 500_000)),
        ([("qualified", 20, 0), ("won", 5, 9_000)], (5, 900_000)),
        ([("qualified", 20, 0), ("lost", 5, 4_000)], (5, 400_000)),
        ([("qualified", 20, 0), ("lost", 5, 0)], None),
    ],
    ids=["at qualified", "before won", "at won", "when lost", "never"],
)
def test_pipeline_is_generated_when_its_value_is_told(
    story: Story, told: list[tuple[str, int, int]], opened: tuple[int, int] | None
) -> None:
    story.happens("introduced", 40, about="kestrel")
    for kind, days, euros in told:
        story.happens(kind, days, about="kestrel", euros=euros)
    report = story.report(period="365")
    assert report.sentence.opened.sourced == (opened[1] if opened else 0)
    rows = texts(story.report(period="365", opened=report.sentence.opened.rows or "opened").rows)
    assert [row[0] for row in rows] == (
        [f"{(NOW - timedelta(days=opened[0])).date()}"] if opened else []
    )


def test_a_deal_told_twice_is_won_once_and_is_in_the_pipeline_with_what_counts(
    story: Story,
) -> None:
    story.happens("introduced", 40, about="kestrel")
    story.happens("won", 9, about="kestrel", euros=5_000)
    for source, days in (("hubspot", 6), ("import", 5)):
        data = {"source": source, "external": "42"}
        story.happens("won", days, about="kestrel", euros=9_000, data=data)
    report = story.report()
    assert wholes(report)["won"] == (1, 0)
    assert report.sentence.won.sourced == report.sentence.opened.sourced == 900_000


def test_days_are_those_of_the_program(story: Story) -> None:
    story.knows(timezone="Europe/Oslo")
    story.happens("shared", 0, at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC), medium="x")
    assert wholes(story.report(first="2026-11-01", last="2026-11-01"))["acted"] == (1, 0)
    assert not wholes(story.report(first="2026-10-31", last="2026-10-31"))


# --- Key figures --------------------------------------------------------------------------------


def test_key_figures_are_of_what_the_program_brought(story: Story) -> None:
    for who in ("a-1", "a-2", "a-3"):
        story.happens("asked", 60, who)
    a_customer(story)
    story.happens("introduced", 10, about="fjord")
    story.happens("shared", 9, "a-2", medium="linkedin")
    report = story.report()
    assert number(report, "sales_cycle") == 35 * MILLION
    assert number(report, "average_value") == 1_800_000
    assert number(report, "yield") == 333_333
    assert number(report, "repeat_advocates") == MILLION
    assert number(report, "viral_coefficient") == MILLION // 2
    assert number(report, "cost_per_acquisition") is None
    assert report.repeat_advocates
    assert [line.label for line in report.repeat_advocates.lines] == ["Maria Lindqvist"]


def test_costs_are_spread_over_their_days_and_stand_beside_other_channels(story: Story) -> None:
    story.knows(
        costs=(
            Cost("Software", "running", date(2026, 1, 1), date(2026, 12, 31), 365_000),
            Cost("Harbour day", "rewards", date(2026, 9, 12), date(2026, 9, 12), 55_000),
            Cost("Next year", "running", date(2027, 1, 1), date(2027, 1, 1), 10**9),
        ),
        channels=(Channel("Trade fairs", 4 * MILLION, cost_per_acquisition=410_000),),
    )
    a_customer(story, "kestrel")
    a_customer(story, "fjord")
    report = story.report()  # 90 days at 1,000 each, and the harbour day
    assert number(report, "cost_per_acquisition") == (90_000 + 55_000) // 2
    assert number(report, "reward_cost") == 55_000
    assert report.channels
    own, fairs = report.channels.lines
    assert (own.own, own.cells[0].number, own.cells[-1].number) == (True, 2 * MILLION, 72_500)
    assert (fairs.label, fairs.cells[1].number) == ("Trade fairs", None)
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    parts = [story.report(first=f"{day}", last=f"{day}") for day in days[::120]]
    assert [number(part, "reward_cost") for part in parts] == [0, 0, 0, 0]
    assert number(story.report(by="region", only="DACH"), "cost_per_acquisition") is None


def test_the_longest_chain_is_of_advocates_whom_advocates_introduced(tmp_path: Path) -> None:
    rows = (
        referee(),
        referee("r-2", "Ben Okafor", advocate="a-3", email="a-2@nordhavn.example"),
        referee("r-3", "Eva Holm", advocate="a-2"),
    )
    story = Story(a_world(tmp_path, advocates=ADVOCATES, referees=rows))
    story.happens("shared", 1)
    assert number(story.report(), "chain_depth") == 3 * MILLION


# --- Breakdowns ---------------------------------------------------------------------------------


def test_a_breakdown_counts_each_part_and_nobody_s(story: Story) -> None:
    a_customer(story)
    story.happens("introduced", 9, "a-2", about="fjord")
    story.happens("qualified", 2, "", about="unknown", euros=1)
    lines = table(story.report(by="region"), "region")
    assert {value: line["qualified"] for value, line in lines.items()} == {
        "Nordics": MILLION,
        "DACH": 0,
        "": MILLION,
    }
    assert lines["DACH"]["introduced"] == MILLION
    assert [line.label for line in story.report(by="owner").tables[0].lines][:1] == [
        "Jonas Petersen"
    ]


def test_only_one_of_a_breakdown_is_the_whole_report(story: Story) -> None:
    a_customer(story)
    story.happens("shared", 9, "a-2", medium="linkedin")
    story.happens("visited", 8, "a-2", medium="linkedin", classification="person")
    report = story.report(by="region", only="DACH")
    assert wholes(report) == {"acted": (1, 0), "visited": (1, 0)}
    assert set(table(report, "region")) == {"DACH"}
    assert {option.value for option in report.picks.values} == {"DACH", "Nordics"}
    by_medium = story.report(by="medium", only="linkedin")
    assert wholes(by_medium) == {"acted": (1, 0), "visited": (1, 0)}
    assert number(by_medium, "yield") is None


@pytest.mark.parametrize(
    ("by", "only"),
    [
        ("advocate", "a-2"),
        ("story", "nordhavn"),
        ("medium", "telegram"),
        ("message", "telegram"),
        ("message", "email.b"),
        ("variant", "tone=b"),
        ("kind", "contact"),
        ("owner", "jonas"),
        ("region", "DACH"),
    ],
)
def test_what_has_no_figures_yet_but_is_in_the_lists_can_be_picked(
    story: Story, by: str, only: str
) -> None:
    story.knows(experiments=(Experiment("tone", "messages/email", ("a", "b"), (1, 1)),))
    assert wholes(story.report(by=by, only=only)) == {}
    story.happens("shared", 1, "a-3", medium="x")
    assert wholes(story.report(by=by, only=only)) == {}


def test_what_there_never_was_is_refused_and_what_there_is_is_named(story: Story) -> None:
    story.happens("shared", 200, "gone", medium="carrier-pigeon")
    assert wholes(story.report(by="medium", only="carrier-pigeon")) == {}
    assert wholes(story.report(by="advocate", only="gone")) == {}
    refused = {
        ("story", "nordhaven"): "only is “nordhaven”; by story it can be nordhavn (Nordhavn’s",
        ("advocate", "maria"): "only is “maria”; by advocate it can be a-1 (Maria Lindqvist), a-2",
        ("medium", "watsapp"): "only is “watsapp”; by medium it can be whatsapp, carrier-pigeon",
        ("variant", "x=a"): "only is “x=a”, and there is nothing yet to tell apart by variant",
    }
    for (by, only), sentence in refused.items():
        with pytest.raises(BadPicks, match=re.escape(sentence)) as error:
            story.report(by=by, only=only)
        assert error.value.field == "only"


def test_of_many_values_some_are_named_and_the_others_counted(story: Story) -> None:
    for n in range(30):
        story.happens("shared", 1, f"x-{n:02}", medium="x")
    with pytest.raises(BadPicks, match=r"x-07, x-17, x-27, a-1 .*, x-00, .* and 21 more"):
        story.report(by="advocate", only="x-7")


def test_messages_and_variants_are_told_by_their_experiments(story: Story) -> None:
    letter = Experiment("tone", "messages/email", ("a", "b"), (1, 1))
    page = Experiment("thanks", "reward", ("a", "b"), (1, 1))
    story.knows(experiments=(letter, page))
    codes = f"{code_of(letter, 'b')},{code_of(page, 'a')}"
    for medium in ("email", "linkedin"):
        story.happens("visited", 3, medium=medium, variant=codes, classification="person")
    assert set(table(story.report(by="message"), "message")) == {"email.b", "linkedin"}
    lines = table(story.report(by="variant"), "variant")
    assert {value: line["visited"] for value, line in lines.items()} == {
        "tone=b": 2 * MILLION,
        "thanks=a": 2 * MILLION,
    }
    assert wholes(story.report(by="variant", only="tone=b"))["visited"] == (2, 0)


def test_messages_have_a_table_only_where_they_say_more_than_their_media(story: Story) -> None:
    letter = Experiment("tone", "messages/email", ("a", "b"), (1, 1))
    story.knows(experiments=(letter,))
    story.happens("visited", 3, medium="linkedin", classification="person")
    assert "message" not in [one.code for one in story.report().tables]
    assert set(table(story.report(by="message"), "message")) == {"linkedin"}
    told = {"medium": "email", "variant": code_of(letter, "b"), "classification": "person"}
    story.happens("visited", 3, **told)
    assert set(table(story.report(), "message")) == {"email.b", "linkedin"}


def test_a_table_has_its_bars_where_its_order_comes_from(story: Story) -> None:
    def bars(report: Report) -> list[str]:
        return [column.code for column in report.tables[0].columns if column.bar]

    story.happens("visited", 9, classification="person")
    assert bars(story.report(by="region")) == ["visited"]
    story.happens("introduced", 8, "a-2", about="fjord")
    story.happens("qualified", 7, "a-2", about="fjord", euros=90_000)
    assert bars(story.report(by="region")) == bars(story.report()) == ["opened"]
    a_customer(story)
    report = story.report(by="region")
    assert bars(report) == ["won"]
    assert [line.value for line in report.tables[0].lines] == ["Nordics", "DACH"]


def test_hits_stand_with_their_reasons_beside_visits(story: Story) -> None:
    story.happens("visited", 1, classification="person")
    for days in (1, 2):
        story.happens("hit", days, classification="bot:linkedinbot")
    report = story.report()
    assert report.hits
    lines = {line.value: line.cells[0] for line in report.hits.lines}
    assert {value: cell.number for value, cell in lines.items()} == {
        "person": MILLION,
        "bot:linkedinbot": 2 * MILLION,
    }
    rows = story.report(opened=lines["bot:linkedinbot"].rows).rows
    assert [row[0] for row in texts(rows)] == ["2026-11-23", "2026-11-22"]


def test_a_page_shows_a_few_lines_and_csv_all(story: Story) -> None:
    for n in range(14):
        story.happens("visited", 1, f"x-{n}", classification="person")
    shown = next(one for one in story.report().tables if one.code == "advocate")
    assert (len(shown.lines), shown.left_out) == (10, 4)
    (picked,) = story.report(by="advocate").tables
    assert (len(picked.lines), picked.left_out) == (14, 0)
    sheets = tables_as_csv(story.report(most=None), ENGLISH)
    assert len(sheets["advocate.csv"].splitlines()) == 15
    assert sheets["funnel.csv"].startswith("stage,name,sourced,influenced,rate\r\nasked,")


# --- Rows ---------------------------------------------------------------------------------------


def test_a_figure_opens_its_rows_with_who_and_why(story: Story) -> None:
    known = story.place.known()
    event = story.happens("shared", 60)
    who = Person("in-kestrel", "referee", "a-1", "Tomas Berg", "introduction", NOW)
    who = replace(who, company="Kestrel Ferries")
    story.ledger.introduce(replace(event, id="i"), who, Actor("advocate:a-1"))
    a_customer(story, data={"story": "nordhavn"})
    won = story.report().funnel[-1].count
    row = texts(story.report(opened=won.rows).rows)[0]
    assert row[:5] == ("2026-11-19", "Tomas Berg", "Kestrel Ferries", "won", "Maria Lindqvist")
    assert row[5].startswith("Nordhavn’s ships")
    assert row[7:11] == ("introduction", "only", f"{MILLION}", "1800000")
    gone = Event("gone", known.program.id, REMOVED, NOW, "a-1", "in-kestrel")
    story.ledger.remove(gone, "in-kestrel")
    assert texts(story.report(opened=won.rows).rows)[0][1:3] == ("", "")


def test_credit_that_is_split_is_a_row_for_each(story: Story) -> None:
    story.knows(attribution=replace(story.place.known().program.attribution, rule="linear"))
    story.happens("introduced", 41, "a-2", about="kestrel", referee="in-2", referral="ref-2")
    story.happens("introduced", 40, about="kestrel")
    story.happens("won", 5, "", about="kestrel", referral="", referee="", euros=1_001)
    rows = story.report(opened="won.money").rows
    assert [(row[4], row[8], row[9], row[10]) for row in texts(rows)] == [
        ("Ben Okafor", "linear", "500000", "50050"),
        ("Maria Lindqvist", "linear", "500000", "50050"),
    ]
    rows = story.report(opened=key_of(a_pick(), "won", by="advocate", value="a-2")).rows
    assert [row[4] for row in texts(rows)] == ["Ben Okafor"]


def test_rows_add_up_to_their_figure(story: Story) -> None:
    for name in ("kestrel", "fjord"):
        a_customer(story, name)
    for days in (1, 1, 2):
        story.happens("visited", days, medium="email", classification="person")
    report = story.report()
    for stage in report.funnel:
        rows = story.report(opened=stage.count.rows).rows if stage.count.rows else None
        if rows and stage.code in ("visited", "booked", "met", "qualified", "won"):
            place = [column.code for column in rows.columns].index(
                "visited" if stage.code == "visited" else "share"
            )
            assert sum(line.cells[place].number or 0 for line in rows.lines) == stage.count.sourced
            assert rows.about == stage.code


def test_a_page_shows_a_hundred_rows_and_csv_all_of_them(story: Story) -> None:
    for n in range(130):
        event = story.happens("shared", 60, "a-1")
        who = Person(f"in-c{n}", "referee", "a-1", f"Person {n}", "introduction", NOW)
        story.ledger.introduce(replace(event, id=f"i{n}"), who, Actor("advocate:a-1"))
        story.happens("introduced", 9, about=f"c{n}")
        story.happens("qualified", 8, about=f"c{n}")
    qualified = next(one.count for one in story.report().funnel if one.code == "qualified")
    page = story.report(opened=qualified.rows).rows
    assert page
    assert (len(page.lines), page.left_out) == (100, 30)
    rows = story.report(opened=qualified.rows, most=None).rows
    assert rows
    assert (len(rows.lines), rows.left_out) == (130, 0)
    assert {row[1] for row in texts(rows)} == {f"Person {n}" for n in range(130)}
    assert len(tables_as_csv(story.report(qualified.rows, None), ENGLISH)["rows.csv"].split()) > 130


def a_pick(**picked: Any) -> Picks:
    return replace(Picks("90", FIRST, NOW.date()), **picked)


@given(value=st.text(max_size=40), by=st.sampled_from(BREAKDOWNS[1:]), only=st.text(max_size=9))
def test_keys_open_what_they_were_made_of(value: str, by: str, only: str) -> None:
    picks = a_pick(by="region", only=only)
    day = date(2026, 9, 1)
    if is_text(value) and is_text(only):
        key = key_of(picks, "won", day, by=by, value=value)
        assert re.fullmatch(r"[A-Za-z0-9_.:/-]+", key)
        found = opened_by(key, picks)
        assert (found.figure, found.by, found.value, found.first) == ("won", by, value, day)
        whole = opened_by(key_of(picks, "met"), picks)
        assert (whole.by, whole.value) == (("region", only) if only else ("all", ""))


def is_text(text: str) -> bool:
    return text.encode("utf-8", "ignore").decode() == text


@pytest.mark.parametrize(
    "key", ["nothing", "won/planet", "won/all/%%", "won/all//2026-13-01", "won/////x", "w" * 3000]
)
def test_keys_that_we_never_gave_are_refused(story: Story, key: str) -> None:
    with pytest.raises(BadPicks, match="rows must be as the report gave it"):
        story.report(opened=key)


# --- What waits, and what is picked --------------------------------------------------------------


def test_what_waits_for_a_person_is_in_the_report(story: Story) -> None:
    told = {
        "source": "hubspot",
        "record": "7",
        "stage": "closedwon",
        "at": "2026-11-20T10:00:00+00:00",
        "company": "Kestrel Logistics",
        "minor": "4200000",
        "currency": "USD",
    }
    one = Delivery("x", "e", "conversion.hubspot", "", NOW, state="held", data=told)
    story.ledger.expect([replace(one, error="unmatched")])
    story.ledger.settle(replace(one, error="unmatched"))
    (waiting,) = story.report().inbox
    assert (waiting.at, waiting.reason, waiting.said) == (
        date(2026, 11, 20),
        "unmatched",
        "Kestrel Logistics",
    )
    assert (waiting.amount, waiting.currency) == (4_200_000, "USD")


def test_a_report_has_another_version_when_it_says_anything_else(story: Story) -> None:
    story.happens("shared", 1)
    before = story.report()
    assert story.report() == before
    story.happens("shared", 1)
    assert story.report().version != before.version


@pytest.mark.parametrize(
    ("picked", "first", "last"),
    [
        ({}, "2026-08-27", "2026-11-24"),
        ({"period": "30"}, "2026-10-26", "2026-11-24"),
        ({"period": "month"}, "2026-11-01", "2026-11-24"),
        ({"period": "quarter"}, "2026-10-01", "2026-11-24"),
        ({"period": "year"}, "2026-01-01", "2026-11-24"),
        ({"first": "2025-02-03"}, "2025-02-03", "2026-11-24"),
        ({"last": "2026-03-31"}, "2026-01-01", "2026-03-31"),
    ],
)
def test_periods_end_today_unless_days_are_named(
    story: Story, picked: dict[str, str], first: str, last: str
) -> None:
    picks = picks_of(story.place.known().program, NOW, **picked)
    assert (picks.first.isoformat(), picks.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("picked", "field"),
    [
        ({"period": "week"}, "period"),
        ({"by": "planet"}, "by"),
        ({"first": "yesterday"}, "from"),
        ({"last": "2026-02-30"}, "to"),
        ({"first": "2026-11-02", "last": "2026-11-01"}, "from"),
        ({"first": "1999-01-01"}, "from"),
    ],
)
def test_picks_that_there_are_not_are_refused(
    story: Story, picked: dict[str, str], field: str
) -> None:
    with pytest.raises(BadPicks) as refused:
        picks_of(story.place.known().program, NOW, **picked)
    assert refused.value.field == field


@given(first=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(0, 800))
def test_a_period_is_days_whole_months_and_days(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    before, months, after = by_months(first, last)
    if months:
        end = (months[1] + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        assert months[0].day == months[1].day == 1
    spans = [before, (months[0], end) if months else None, after]
    there = [span for span in spans if span]
    assert (there[0][0], there[-1][1]) == (first, last)
    assert all(
        one[1] + timedelta(days=1) == other[0] and other[0] <= other[1]
        for one, other in pairwise(there)
    )
    assert sum((end - begin).days + 1 for begin, end in (s for s in (before, after) if s)) <= 60


@given(first=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(0, 1500))
def test_a_series_has_no_gap_and_few_points(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    step, starts = steps(first, last)
    assert starts[0] == first
    assert starts == sorted(set(starts))
    assert starts[-1] <= last
    assert len(starts) <= 53
    most = {"day": 1, "week": 7, "month": 31}[step]
    assert all((other - one).days <= most for one, other in pairwise(starts))
