"""``credit``: what waits for a look or is contested, what a person decides, and that it counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import build
from passalong.events import BOOKED, INTRODUCED, MET, OVERRIDDEN, WON, Event, Money
from passalong.figures.rows import BY_DAY, UNIT, WAITING, table
from passalong.figures.state import state_of
from passalong.ledger import open_ledger
from passalong.ledger.port import Ledger
from tests.programs import Made, advocate, files, referee, write

NOW = datetime.now(UTC)
CONTENT = files(
    advocates=[advocate("a-1"), advocate("a-2", "Jens Holm")],
    referees=[
        referee("r-1", "Ana Ruiz", email="ana@havn.example", company="Havn"),
        referee("r-2", "Tomas Berg", email="tomas@kestrel.example", company=""),
    ],
)
WHY = ("--note", "Jens wrote the proposal", "--by", "Petra")


def event(name: str, kind: str, days: int, who: str, person: str, **data: str) -> Event:
    money = Money(4_800_000, "EUR") if kind == WON else None
    return Event(
        *(name, "leeway", kind, NOW - timedelta(days=days), who, person, f"ref-{person}-{who}"),
        amount=money,
        data=data,
    )


HAPPENED = (
    event("intro-1", INTRODUCED, 20, "a-1", "r-1", account="havn", signals="same-domain"),
    event("booked-1", BOOKED, 19, "a-1", "r-1", account="havn", meeting="m-1"),
    event("intro-2", INTRODUCED, 12, "a-1", "r-2", account="kestrel"),
    event("intro-3", INTRODUCED, 10, "a-2", "r-3", account="kestrel"),
    event("booked-2", BOOKED, 9, "a-1", "r-2", account="kestrel", meeting="m-2"),
    event("met-2", MET, 8, "a-1", "r-2", account="kestrel", meeting="m-2"),
    event("won-2", WON, 5, "a-1", "r-2", account="kestrel"),
)


class Firm:
    """A program in which one referral waits and another is contested, and its command line."""

    def __init__(self, made: Made, capsys: pytest.CaptureFixture[str]) -> None:
        self.made, self._capsys = made, capsys

    def __call__(self, *arguments: str) -> str:
        """What a command says that does what it should."""
        status, said, slip = self.tried(*arguments)
        assert (status, slip) == (0, "")
        return said

    def tried(self, *arguments: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        status = build.main([*arguments])
        said = self._capsys.readouterr()
        return status, said.out, said.err

    def relay(self) -> None:
        self("relay", "--out", str(self.made.out))

    def listed(self, *more: str) -> dict[str, dict[str, Any]]:
        found = json.loads(self("credit", "--json", *more))
        return {one["who"]: one for one in found}

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        opened = open_ledger(self.made.address, program="leeway")
        yield opened
        opened.close()

    def figures(self) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        """What is counted by advocate, and what waits."""
        with self.ledger() as ledger:
            generation, days = state_of(ledger).shown, ("0001-01-01", "9999-12-31")
            counted = ledger.sums(table(generation, BY_DAY, "advocate"), *days)
            waits = ledger.sums(table(generation, WAITING, UNIT), *days)
        return _plain(counted), _plain(waits)

    def decisions(self) -> list[Event]:
        with self.ledger() as ledger:
            return [one for one in ledger.after("", 99)[0] if one.type == OVERRIDDEN]


def _plain(sums: Any) -> dict[str, dict[str, int]]:
    return {value: dict(metrics) for value, metrics in sums.items() if metrics}


@pytest.fixture
def quiet(
    own_url: str,
    at_once: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Firm:
    """The program before anything happened, on each storage."""
    content = write(tmp_path / "content", CONTENT)
    made = Made(content, tmp_path / "site", tmp_path / "var", own_url)
    made.build(bundle=made.var / "bundle.json")
    for name, value in made.environment().items():
        monkeypatch.setenv(name, value)
    return Firm(made, capsys)


@pytest.fixture
def firm(quiet: Firm) -> Firm:
    with quiet.ledger() as ledger:
        for one in HAPPENED:
            ledger.file(one)
    quiet.relay()
    return quiet


def test_what_waits_and_what_is_contested_is_listed_the_newest_first(firm: Firm) -> None:
    kestrel, havn = firm.listed().values()
    assert (kestrel["who"], kestrel["state"]) == ("Tomas", "contested")
    assert (kestrel["advocates"], kestrel["credited"]) == (["a-1", "a-2"], ["a-1"])
    assert (havn["who"], havn["state"], havn["credited"]) == ("Havn", "waits", [])
    assert (havn["reason"], havn["signals"]) == ("review", ["same-domain"])
    shown = firm("credit").splitlines()
    assert shown[0].split()[:3] == ["id", "since", "who"]
    assert "Jens Holm (a-2)" in shown[1]
    assert "Waits for a look" in shown[2]


def test_what_is_released_counts_and_waits_no_longer(firm: Firm) -> None:
    counted, waits = firm.figures()
    assert waits
    assert counted["a-1"]["booked"] == 1_000_000
    firm("credit", firm.listed()["Havn"]["id"], "--release", *WHY)
    firm.relay()
    counted, waits = firm.figures()
    assert (counted["a-1"]["booked"], waits) == (2_000_000, {})
    assert firm.listed()["Havn"]["state"] == "decided"
    firm("figures", "--rebuild")
    assert firm.figures() == (counted, waits)


def test_contested_credit_goes_to_whom_a_person_names(firm: Firm) -> None:
    assert firm.figures()[0]["a-1"]["won.money"] == 4_800_000
    assert "won.money" not in firm.figures()[0]["a-2"]
    said = firm("credit", firm.listed()["Tomas"]["id"][:8], "--to", "a-2", *WHY)
    assert said == "Decided: Jens Holm (a-2) is credited. The figures have it.\n"
    firm.relay()
    counted, _ = now = firm.figures()
    assert counted["a-2"]["won.money"] == 4_800_000
    assert "won.money" not in counted["a-1"]
    firm("figures", "--rebuild")
    assert firm.figures() == now


def test_credit_can_be_nobodys_and_the_rules_again(firm: Firm) -> None:
    firm("credit", "ref-r-1-a-1", "--nobody", *WHY)
    havn = firm.listed()["Havn"]
    assert (havn["state"], havn["credited"], havn["reason"]) == ("decided", [], "override")
    firm("credit", "ref-r-1-a-1", "--release", *WHY)
    assert firm.listed()["Havn"]["credited"] == ["a-1"]


def test_why_it_was_decided_is_shown_and_is_in_no_event(firm: Firm) -> None:
    firm("credit", "ref-r-2-a-1", "--to", "a-2", *WHY)
    kestrel = firm.listed()["Tomas"]
    assert (kestrel["by"], kestrel["note"]) == ("Petra", "Jens wrote the proposal")
    assert "Petra: Jens wrote the proposal" in firm("credit")
    assert "Petra" not in str(firm.decisions())
    assert "proposal" not in str(firm.decisions())


@pytest.mark.parametrize("person", ["r-2", "r-3"])
def test_a_note_goes_with_whomever_it_is_about(person: str, firm: Firm) -> None:
    firm("credit", "ref-r-2-a-1", "--to", "a-2", *WHY)
    if person == "r-3":  # somebody whom the lists do not have says so on their own page
        with firm.ledger() as ledger:
            removal = Event("removed-3", "leeway", "removed", NOW, "a-2", person)
            ledger.remove(removal, person)
        firm.relay()
    else:
        folders = ("--content", str(firm.made.content), "--out", str(firm.made.out))
        assert "proposal" in firm("export", *folders[:2], "--person", person)
        firm("erase", *folders, person)
    (kestrel,) = [one for one in firm.listed().values() if one["decision"]]
    assert (kestrel["decision"], kestrel["by"], kestrel["note"]) == ("credit:a-2", "", "")
    assert kestrel["credited"] == ["a-2"]


def test_decided_again_alike_nothing_changes(firm: Firm) -> None:
    firm("credit", "ref-r-2-a-1", "--to", "a-2", *WHY)
    before = firm.figures()
    said = firm("credit", "ref-r-2-a-1", "--to", "a-2", "--note", "again", "--by", "Otto")
    assert said == "It was decided so before; nothing changed.\n"
    assert len(firm.decisions()) == 1
    assert firm.figures() == before
    assert firm.listed()["Tomas"]["by"] == "Petra"


@pytest.mark.parametrize("storage", ["sqlite"])
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "a-2", *WHY], "Say what it is about"),
        (["ref-r-2-a-1"], "Say what you decide"),
        (["ref-r-2-a-1", "--to", "a-2", "--by", "Petra"], "Say why, and who decides"),
        (["ref-r-2-a-1", "--to", "a-2", "--note", " ", "--by", "Petra"], "Say why"),
        (["ref-r-2-a-1", "--to", "a-9", *WHY], "No advocate has the id a-9"),
        (["ref-r-2-a-1", "--release", *WHY], "Nothing holds ref-r-2-a-1 back"),
        (["zzz", "--nobody", *WHY], "Nothing of the last 365 days goes by zzz"),
        (["booked-", "--nobody", *WHY], "booked- may be several"),
        (["--days", "0"], "--days is a number of days"),
    ],
)
def test_what_cannot_be_decided_is_said(arguments: list[str], said: str, firm: Firm) -> None:
    status, out, slip = firm.tried("credit", *arguments)
    assert (status, out, said in slip) == (1, "", True), slip
    assert firm.decisions() == []


def test_who_waits_is_listed_however_long_ago(firm: Firm) -> None:
    assert firm.listed("--days", "1").keys() == {"Havn"}


def test_where_nothing_happened_nothing_waits(quiet: Firm) -> None:
    assert quiet("credit") == "Nothing waits, and nothing is contested.\n"
