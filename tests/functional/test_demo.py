"""The demo: a year of the sample program, played through the real functions, up to today."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from urllib.request import urlopen

import pytest

from infra.local.demo.cast import cast
from infra.local.demo.player import Played
from infra.local.demo.script import YEAR, script
from infra.local.demo.year import is_played, play
from passalong import content
from passalong.access import Signer
from passalong.attribution.opportunities import Opportunity, opportunities_of
from passalong.attribution.rules import rules_of
from passalong.bundle import load
from passalong.events import Event
from passalong.experiments.results import experiments_of
from passalong.figures.rows import tables
from passalong.figures.state import state_of
from passalong.known import Known
from passalong.ledger.port import Delivery, Ledger
from passalong.ledger.sqlite import open_file
from passalong.ledger.tallies import Cell
from passalong.mail.folder import mails, opened
from passalong.program import Program
from passalong.report.compute import report_of
from passalong.report.model import BREAKDOWNS, Report
from passalong.report.period import picks_of
from tests.child import PATIENCE, Serving, running
from tests.programs import KEYS, ROOT, TODAY, Made, keys

END = datetime.combine(TODAY, time(), UTC)
ADDRESS = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Year:
    """The year as it was played: what is in its ledger, its mailbox and its site."""

    made: Made
    played: Played
    ledger: Ledger
    program: Program

    @cached_property
    def events(self) -> list[Event]:
        found, _ = self.ledger.after("", 100_000)
        return list(found)

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(event.type for event in self.events)

    @cached_property
    def opportunities(self) -> tuple[Opportunity, ...]:
        return opportunities_of(self.events, rules_of(self.program))

    def of(self, kind: str, classification: str = "") -> list[Event]:
        found = [event for event in self.events if event.type == kind]
        return [e for e in found if not classification or e.classification == classification]

    def deliveries(self, state: str) -> list[Delivery]:
        return list(self.ledger.deliveries(state))

    def figures(self) -> dict[str, list[tuple[Cell, Mapping[str, int]]]]:
        """Every figure that is kept, by table."""
        return {
            name: list(self.ledger.figures(name, "0001-01-01", "9999-12-31")) for name in tables(1)
        }


def played(folder: Path, today: date = TODAY, seed: int = 7) -> tuple[Made, Played]:
    """The sample's year, played in a folder of its own."""
    made = Made(folder / "content", folder / "out", folder / "var")
    shutil.copytree(ROOT / "content", made.content)
    order = made.order(bundle=made.var / "bundle.json", today=today)
    made.build(bundle=order.bundle, today=today)
    told = play(order, ROOT / "template.yaml", ADDRESS, quiet, environ=made.settings(), seed=seed)
    made.build(bundle=order.bundle, today=today)
    return made, told


def quiet(_done: int, _all: int) -> None:
    """No progress to show."""


def program_of(made: Made) -> Program:
    return load((made.var / "bundle.json").read_bytes()).editorial.program


def year_of(made: Made, told: Played) -> Iterator[Year]:
    program = program_of(made)
    with closing(open_file(made.var / "ledger.db", program.id)) as ledger:
        yield Year(made, told, ledger, program)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    yield from year_of(*played(tmp_path_factory.mktemp("year")))


# --- What it has to show ----------------------------------------------------------------------


def contested(year: Year) -> bool:
    return any(one.is_contested and one.credit.reason == "first" for one in year.opportunities)


def self_referral(year: Year) -> bool:
    return any(one.state == "review" and one.signals for one in year.opportunities)


def open_and_influenced(year: Year) -> bool:
    stages = [{s.type for s in one.stages} for one in year.opportunities if one.influenced]
    return any("qualified" in told and not told & {"won", "lost"} for told in stages)


def held_for(reason: str) -> Callable[[Year], bool]:
    return lambda year: [one.error for one in year.deliveries("held")].count(reason) == 1


def gone_receiver(year: Year) -> bool:
    return any("410" in one.error for one in year.deliveries("dead"))


def to_come(year: Year) -> list[str]:
    starts = [e.data["start"] for e in year.events if "start" in e.data and e.type != "cancelled"]
    return [start for start in starts if datetime.fromisoformat(start) > END]


def stopped(year: Year) -> bool:
    wishes = [one.preferences for one in year.ledger.standings().values()]
    return sum(bool(one.get("stop")) for one in wishes) == 2


def experiment(year: Year) -> bool:
    (shown,) = experiments_of(year.ledger, year.program, state_of(year.ledger).shown, TODAY)
    return shown.code != "too-early" and all(arm.acted for arm in shown.arms)


def removed_themselves(year: Year) -> bool:
    return len(year.of("removed", "remove")) == 1


PROMISES: dict[str, Callable[[Year], object]] = {
    "an account that two advocates claim": contested,
    "somebody who referred themselves, to be looked at": self_referral,
    "a competitor who was named, to be looked at": lambda y: y.of("introduced", "review"),
    "a competitor who booked, to be looked at": lambda y: y.of("booked", "review"),
    "a company not to be contacted": lambda y: y.of("introduced", "declined"),
    "somebody who asked to be removed": removed_themselves,
    "people whose pages nobody opened, forgotten": lambda y: y.of("removed", "unopened"),
    "a deal of an account that was ours already": open_and_influenced,
    "a conversion of nobody whom we know": held_for("unmatched"),
    "a conversion with a stage that we do not know": held_for("unknown-stage"),
    "a receiver that is gone": gone_receiver,
    "advocates who are not asked any more": stopped,
    "an experiment of which something can be said": experiment,
    "meetings to come": lambda y: len(to_come(y)) >= 4,
    "meetings that were moved": lambda y: y.counts["rescheduled"] >= 3,
    "meetings that were cancelled": lambda y: y.counts["cancelled"] >= 3,
    "guests who did not come": lambda y: y.counts["no_show"] >= 2,
    "a meeting by a link of a medium": lambda y: any(
        e.medium == "linkedin" for e in y.of("booked")
    ),
    "deals that were lost": lambda y: y.counts["lost"] >= 3,
    "deals that were no fit": lambda y: y.counts["disqualified"] >= 3,
    "a renewal": lambda y: y.counts["renewed"],
    "more of the same": lambda y: y.counts["expanded"],
    "somebody who left": lambda y: y.counts["churned"],
    "a reversal": lambda y: y.counts["reversed"],
    "money of another currency": lambda y: any(
        e.amount and e.amount.currency == "SEK" for e in y.events
    ),
    "hits of machines": lambda y: sum("bot:" in e.classification for e in y.of("hit")) > 50,
    "hits of people who mind": lambda y: y.of("hit", "gpc"),
    "links from a campaign": lambda y: any("utm_source" in e.data for e in y.events),
}


@pytest.mark.parametrize("promise", PROMISES)
def test_the_year_has(promise: str, year: Year) -> None:
    assert PROMISES[promise](year)


FUNNEL = {
    "asked": (150, 200),
    "shared": (60, 130),
    "introduced": (50, 80),
    "visited": (650, 1250),
    "hit": (200, 600),
    "booked": (40, 65),
    "met": (30, 50),
    "qualified": (18, 34),
    "won": (8, 15),
}


@pytest.mark.parametrize("stage", FUNNEL)
def test_the_funnel_is_one_that_a_firm_could_have(stage: str, year: Year) -> None:
    least, most = FUNNEL[stage]
    assert least <= year.counts[stage] <= most


def test_some_advocates_never_act(year: Year) -> None:
    people = content.read_people(
        year.made.content, content.read_editorial(year.made.content, TODAY, ROOT / "site")
    )
    everybody = {advocate.id for advocate in people.advocates}
    acted = {event.advocate for event in year.events if event.type in ("shared", "introduced")}
    assert acted <= everybody
    assert len(everybody - acted) >= 5
    assert len(acted) >= 25


def test_it_is_passed_on_by_many_media(year: Year) -> None:
    assert len({event.medium for event in year.of("shared")}) >= 6


def test_there_is_less_to_do_in_summer(year: Year) -> None:
    months = Counter(event.at.month for event in year.of("visited"))
    assert months[8] < months[9]


def test_everything_happened_within_a_year(year: Year) -> None:
    first = END - timedelta(days=YEAR)
    assert all(first <= event.at < END for event in year.events)


def test_nothing_was_refused(year: Year) -> None:
    assert year.played.refused == []


def test_the_mailbox_holds_the_letters_of_the_last_two_months(year: Year) -> None:
    lines = mails(year.made.var / "mail")
    assert 40 < len(lines) < 200
    assert all(timedelta() <= END - line.date <= timedelta(days=60) for line in lines)
    found = [opened(year.made.var / "mail", line.name) for line in lines]
    assert any(one and one.invitation for one in found)
    assert any(one and f"{ADDRESS}/api/outcomes/" in one.text for one in found)


def test_reminders_of_what_is_to_come_wait(year: Year) -> None:
    kinds = Counter(one.kind for one in year.deliveries("waiting"))
    assert kinds["referee.reminder"] == kinds["host.reminder"] >= 3
    assert kinds["host.outcome"] >= 4


def test_whoever_was_introduced_has_a_page(year: Year) -> None:
    pages = {path for path in year.made.tree() if path.startswith("p/")}
    everybody = [person for person in year.ledger.people() if not person.review]
    assert len(everybody) > 60
    assert len(pages) > len(everybody)


def test_the_words_of_those_who_introduce_are_in_their_language() -> None:
    german = re.compile(r"\b(und|nicht|sich|steht|wie|der)\b")
    english = re.compile(r"\b(the|you|and|that)\b")
    reasons = [role.reason for role in cast() if role.reason]
    assert len(reasons) >= 35
    assert len(set(reasons)) == len(reasons)
    assert all(bool(german.search(said)) != bool(english.search(said)) for said in reasons)
    assert sum(bool(german.search(said)) for said in reasons) >= 8


def test_everybody_is_at_an_address_that_nobody_has() -> None:
    addresses = [role.email for role in cast() if role.email]
    assert all(address.endswith(".example") for address in addresses)


# --- What its report says ---------------------------------------------------------------------


def report(year: Year, **picked: str) -> Report:
    bundle = load((year.made.var / "bundle.json").read_bytes())
    known = Known(bundle, keys(), Signer([key.secret for key in KEYS]))
    return report_of(year.ledger, known, picks_of(year.program, END, **picked), END)


def test_every_part_of_the_report_has_something_to_show(year: Year) -> None:
    said = report(year)
    assert all(stage.count.sourced for stage in said.funnel)
    assert [number.code for number in said.numbers if number.value is None] == []
    assert [table.code for table in said.tables if len(table.lines) < 4] == []
    for table in (said.channels, said.repeat_advocates, said.hits):
        assert table
        assert len(table.lines) >= 3
    assert len(said.inbox) == 2
    assert said.review.sourced
    assert len(said.experiments) == 1


@pytest.mark.parametrize("period", ["30", "90", "365"])
def test_money_comes_in_every_period(period: str, year: Year) -> None:
    points = report(year, period=period).series.points
    assert sum(point.opened.sourced for point in points) > 0
    assert sum(point.won.sourced for point in points) > 0


@pytest.mark.parametrize("by", [code for code in BREAKDOWNS if code not in ("all", "variant")])
def test_every_breakdown_has_several_values(by: str, year: Year) -> None:
    assert len(report(year, by=by).picks.values) >= 3


# --- Seed and day decide ----------------------------------------------------------------------


def test_the_same_seed_and_day_play_the_same_year(year: Year, tmp_path: Path) -> None:
    for again in year_of(*played(tmp_path)):
        assert in_order(again.events) == in_order(year.events)
        assert again.figures() == year.figures()


def in_order(events: list[Event]) -> list[Event]:
    """By time: variants are noted by several threads at once."""
    return sorted(events, key=lambda event: (event.at, event.id))


def test_the_figures_are_those_of_its_events(year: Year) -> None:
    totals: Counter[str] = Counter()
    for _, metrics in year.figures()["1.e.all"]:
        totals.update(metrics)
    for kind in ("asked", "shared", "visited", "hit"):
        assert totals[kind] == year.counts[kind] * 1_000_000


def script_of(today: date, seed: int) -> list[object]:
    editorial = content.read_editorial(ROOT / "content", TODAY, ROOT / "site")
    people = content.read_people(ROOT / "content", editorial)
    return list(script(cast(), people.advocates, today, "EUR", seed))


def test_another_seed_or_day_is_another_year() -> None:
    assert script_of(TODAY, 7) == script_of(TODAY, 7)
    assert script_of(TODAY, 7) != script_of(TODAY, 8)
    assert script_of(TODAY, 7) != script_of(TODAY + timedelta(days=1), 7)


@pytest.mark.parametrize("days", [0, 53, 120, 290])
def test_the_year_can_be_played_on_any_day(days: int, tmp_path: Path) -> None:
    today = TODAY + timedelta(days=days)
    for year in year_of(*played(tmp_path, today)):
        assert year.played.refused == []


# --- Where and when it is played --------------------------------------------------------------


def test_it_is_played_once_a_day(year: Year) -> None:
    var = year.made.var
    assert is_played(var, TODAY)
    assert not is_played(var, TODAY + timedelta(days=1))
    assert not is_played(var, TODAY, seed=8)


def test_what_was_broken_off_is_not_there(tmp_path: Path) -> None:
    made = Made(tmp_path / "content", tmp_path / "out", tmp_path / "var")
    shutil.copytree(ROOT / "content", made.content)
    order = made.order(bundle=made.var / "bundle.json")
    made.build(bundle=order.bundle)

    def stop(done: int, _all: int) -> None:
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        play(order, ROOT / "template.yaml", ADDRESS, stop, environ=made.settings())
    assert not (made.var / "ledger.db").exists()
    assert not is_played(made.var, TODAY)
    before = made.tree()
    made.build(bundle=order.bundle)
    assert made.tree() == before


# --- The command ------------------------------------------------------------------------------

STARTS = """
import argparse, pathlib, sys
from infra.local.demo.command import main
from passalong.errors import Stop
root = pathlib.Path(sys.argv[1])
try:
    main(argparse.Namespace(out=root / "dist", port=None), root)
except Stop as stopped:
    sys.exit(str(stopped))
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder as a fresh clone has it."""
    for name in ("site", "template.yaml"):
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "content", tmp_path / "content")
    return tmp_path


def demo(root: Path) -> AbstractContextManager[Serving]:
    """The command, in an environment that names a program of somebody's own."""
    own = {"LEDGER": f"sqlite:///{root}/own/ledger.db", "PASSALONG_VAR": f"{root}/own"}
    own |= {"PASSALONG_MAIL": f"folder://{root}/own/mail", "PYTHONPATH": str(ROOT)}
    return running([sys.executable, "-c", STARTS, str(root)], os.environ | own)


def events_in(root: Path) -> list[Event]:
    with closing(open_file(root / "var/demo/ledger.db", "leeway")) as ledger:
        found, _ = ledger.after("", 100_000)
        return list(found)


def read(address: str, path: str) -> str:
    with urlopen(address + path, timeout=60) as answer:  # noqa: S310 - our own server
        return str(answer.read().decode())


def test_it_serves_the_year_and_the_second_time_plays_nothing(root: Path) -> None:
    with demo(root) as first:
        first.wait_for(r"^A year, up to today: [\d,]+ things happened, in ")
        address = first.address()
        assert "Hannah Thistleworth" in read(address, "/_people/")
        assert len(re.findall(r"/_mail/\d", read(address, "/_mail/"))) > 40
        assert first.interrupt() in (0, 130)
    (warning,) = [line for line in first.complaints if "warning" in line]
    assert "stadtwerk is not shown" in warning
    before = events_in(root)
    with demo(root) as second:
        address = second.address()
        assert second.interrupt() in (0, 130)
    assert events_in(root) == before
    assert not (root / "own").exists()


def test_the_year_of_another_day_does_not_come_in_the_place_of_one_that_is_served(
    root: Path,
) -> None:
    with demo(root) as first:
        first.address()
        (root / "var/demo/played.json").write_text("of another day")
        with demo(root) as second:
            assert second.process.wait(PATIENCE) == 1
        assert "still being served" in "".join(second.complaints)
    with demo(root) as third:
        third.wait_for("^A year, up to today")
        third.address()


def test_another_program_in_its_place_is_not_played(root: Path) -> None:
    program = root / "content/program.toml"
    program.write_text(program.read_text("utf-8").replace('id = "leeway"', 'id = "acme"'), "utf-8")
    with demo(root) as serving:
        assert serving.process.wait(PATIENCE) == 1
    assert "not the sample program" in "".join(serving.complaints)
    assert not (root / "var/demo").exists()
