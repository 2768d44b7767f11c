"""What became of it: what an advocate hears of introductions, and a referee of their meeting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, get_args

import pytest

from passalong.actions.status import MOST
from passalong.events import (
    BOOKED,
    CANCELLED,
    CHURNED,
    DISQUALIFIED,
    HIT,
    INTRODUCED,
    LOST,
    MET,
    NO_SHOW,
    QUALIFIED,
    RESCHEDULED,
    REVOKED,
    SHARED,
    VISITED,
    WON,
    Event,
)
from passalong.ledger.port import Actor, Meeting, Person
from passalong.mail.letters.to_advocate import Stage
from passalong.merging import SILENT, YES
from tests import hooked
from tests.programs import advocate, referee
from tests.worlds import Place, Said, a_world, ask, token_of

CONTENT: dict[str, Any] = {
    "advocates": [advocate(), advocate("a-2", "Jürgen Weiß", locale="de")],
    "referees": [
        referee(),
        referee("r-2", "Bo Ek", advocate="a-2"),
        referee("s-1", "Ana Ruiz", status="suggested"),
    ],
    "accounts": [{"domain": "rival.example", "company": "Rival", "status": "competitor"}],
    "locales": ["de"],
}
_numbers = count(1)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    world = a_world(tmp_path, **CONTENT)
    yield world
    world.ledger.close()


def introduce(world: Place, name: str, person: str = "a-1", **more: Any) -> str:
    """Introduces somebody; their token."""
    said = ask(world, "introductions", world.advocate(person), name=name, **more)
    return token_of(world.page(said.json["url"])) if said.status == 201 else ""


def happened(world: Place, kind: str, referee: str, **more: Any) -> None:
    world.time.wait(minutes=1)
    event = Event(f"e-{next(_numbers)}", "leeway", kind, world.clock(), "a-1", referee, **more)
    world.ledger.file(event)


def stages(world: Place, person: str = "a-1") -> dict[str, str]:
    """What the advocate's page is told, by the label of each introduction."""
    said = ask(world, "status", world.advocate(person))
    assert said.status == 200
    rows = said.json["introductions"]
    assert all(set(row) == {"label", "stage"} for row in rows)
    return {row["label"]: row["stage"] for row in rows}


# --- An advocate's introductions ----------------------------------------------------------------


def test_an_advocate_hears_of_everybody_they_introduced_by_first_name_and_stage(
    here: Place,
) -> None:
    introduce(here, "Ana Berg")
    introduce(here, "Prof. Dr. Ida Holm Larsen")
    assert stages(here) == {"Tomas B.": "asked", "Ana B.": "asked", "Ida L.": "asked"}
    assert stages(here, "a-2") == {"Bo E.": "asked"}


def test_the_page_says_it_in_words_of_its_language(here: Place) -> None:
    happened(here, BOOKED, "r-1")
    said = ask(here, "status", here.advocate(), form=True)
    assert (said.status, said.title) == (200, "Where they stand")
    assert [row.shown for row in said.page.one("ul", class_="stages").all("li")] == [
        "Tomas B. meeting arranged"
    ]
    german = ask(here, "status", here.advocate("a-2"), form=True)
    assert german.page.one("html")["lang"] == "de"
    assert "Bo E. Seite" in german.shown


@pytest.mark.parametrize(
    ("kinds", "stage"),
    [
        ((), "asked"),
        ((VISITED, HIT, SHARED), "asked"),
        ((BOOKED,), "booked"),
        ((VISITED, BOOKED, VISITED, RESCHEDULED), "booked"),
        ((BOOKED, CANCELLED), "asked"),
        ((BOOKED, CANCELLED, BOOKED), "booked"),
        ((BOOKED, MET), "met"),
        ((BOOKED, NO_SHOW), "no_show"),
        ((BOOKED, NO_SHOW, MET), "met"),
        ((BOOKED, NO_SHOW, RESCHEDULED), "booked"),
        ((BOOKED, MET, QUALIFIED), "met"),
        ((BOOKED, MET, BOOKED, CANCELLED), "met"),
        ((BOOKED, MET, DISQUALIFIED), "disqualified"),
        ((BOOKED, MET, QUALIFIED, LOST), "lost"),
        ((BOOKED, MET, LOST, BOOKED), "booked"),
        ((BOOKED, MET, QUALIFIED, WON), "won"),
        ((WON, BOOKED, CANCELLED, BOOKED, MET, QUALIFIED, CHURNED), "won"),
        ((WON, LOST), "lost"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, tuple) else value,
)
def test_a_stage_is_told_by_meetings_and_a_visit_never(
    here: Place, kinds: tuple[str, ...], stage: str
) -> None:
    for kind in kinds:
        happened(here, kind, "r-1")
    assert stages(here) == {"Tomas B.": stage}


def test_what_is_told_late_stands_where_it_happened(here: Place) -> None:
    now = here.clock()
    for number, (kind, at) in enumerate(
        [(LOST, now), (MET, now - timedelta(days=3)), (BOOKED, now - timedelta(days=9))]
    ):
        here.ledger.file(Event(f"late-{number}", "leeway", kind, at, "a-1", "r-1"))
    assert stages(here) == {"Tomas B.": "lost"}


@pytest.mark.parametrize("order", [(MET, WON), (WON, MET)], ids=" ".join)
def test_of_what_happened_at_one_time_the_usual_last_stands(
    order: tuple[str, str], here: Place
) -> None:
    for kind in order:
        here.ledger.file(Event(kind, "leeway", kind, here.clock(), "a-1", "r-1"))
    assert stages(here) == {"Tomas B.": "won"}


def test_a_meeting_whose_time_is_over_is_not_told_as_one_to_come(here: Place) -> None:
    start = here.clock() + timedelta(days=2)
    end = start + timedelta(minutes=25)
    happened(here, BOOKED, "r-1", data={"start": start.isoformat(), "end": end.isoformat()})
    here.time.now = end - timedelta(seconds=1)
    assert stages(here) == {"Tomas B.": "booked"}
    here.time.now = end
    assert stages(here) == {"Tomas B.": "past"}
    said = ask(here, "status", here.advocate(), form=True)
    assert "Tomas B. was to meet us" in said.shown
    happened(here, MET, "r-1")
    assert stages(here) == {"Tomas B.": "met"}


SAID = {
    "introduced": ("The page for Tomas is ready", "page made"),
    "booked": ("A meeting with Tomas is arranged", "meeting arranged"),
    "met": ("We have met Tomas", "has met us"),
    "won": ("Now a customer: the firm of Tomas", "now a customer"),
    "lost": ("Not this time: Tomas", "not this time"),
    "disqualified": ("Not the right fit: Tomas", "not a fit, and told so"),
}
"""What a letter to an advocate says of a stage, and what their page does."""


@pytest.mark.parametrize("stage", get_args(Stage))
def test_a_letter_and_the_page_that_it_leads_to_agree(stage: str, tmp_path: Path) -> None:
    world = hooked.hooked(tmp_path, **CONTENT)
    relay = hooked.Relay(world)
    if stage != "introduced":
        hooked.booked(world, "r-1")
        relay()
    if stage == "introduced":
        happened(world, INTRODUCED, "r-1", referral="ref-r-1")
    elif stage != "booked":
        world.time.wait(days=3)
        happened(world, stage, "r-1", referral="ref-r-1")
    relay()
    letters = [mail for mail in relay.mails if mail.id.endswith(f"advocate.{stage}")]
    page = ask(world, "status", world.advocate(), form=True).page
    rows = [row.shown for row in page.one("ul", class_="stages").all("li")]
    assert ([mail.subject for mail in letters], rows) == (
        [SAID[stage][0]],
        [f"Tomas B. {SAID[stage][1]}"],
    )
    world.ledger.close()


@pytest.mark.parametrize("kind", [BOOKED, MET, NO_SHOW, QUALIFIED, DISQUALIFIED, WON, LOST])
def test_of_a_referee_who_asked_for_silence_no_more_is_told_than_that_there_is_a_page(
    kind: str, here: Place
) -> None:
    ask(here, "preferences", here.referee(), action="silent")
    happened(here, kind, "r-1")
    assert stages(here) == {"Tomas B.": "asked"}


@pytest.mark.parametrize("action", ["remove", "not-for-me"])
def test_whoever_was_removed_is_named_no_more(here: Place, action: str) -> None:
    token = introduce(here, "Ana Berg", company="Kestrel")
    happened(here, BOOKED, here.events(INTRODUCED)[0].referee)
    assert stages(here)["Ana B."] == "booked"
    ask(here, "preferences", token, action=action)
    ask(here, "preferences", here.referee(), action=action)
    assert stages(here) == {}


def test_whoever_the_firm_has_to_look_at_first_does_not_stand_there(here: Place) -> None:
    introduce(here, "Ana Berg", company="Rival")
    assert stages(here) == {"Tomas B.": "asked"}


def test_a_meeting_that_came_of_a_share_link_stands_there_without_a_name(here: Place) -> None:
    now = here.clock()
    own = here.known().holders.booked("a-1", "eve@kestrel.example")
    person = Person(own, "referee", "a-1", "Eve Lie", "booking", now, "eve@kestrel.example")
    event = Event("b", "leeway", BOOKED, now, "a-1", own)
    here.ledger.book(event, a_meeting(own, now), person, Actor("advocate:a-1"))
    assert stages(here)["Somebody by your link"] == "booked"
    assert "Eve L." not in stages(here)


def test_nobody_yet_is_said_in_a_sentence(tmp_path: Path) -> None:
    world = a_world(tmp_path, referees=[])
    assert stages(world) == {}
    said = ask(world, "status", world.advocate(), form=True)
    assert "Nobody yet." in said.shown
    world.ledger.close()


def test_of_very_many_the_newest_are_told(here: Place) -> None:
    for number in range(MOST + 5):
        here.time.wait(days=1)
        introduce(here, f"Ana {chr(0x4E00 + number)}")
    told = list(stages(here))
    assert len(told) == MOST
    assert told[-1] == f"Ana {chr(0x4E00 + MOST + 4)}."


# --- A referee's meeting ------------------------------------------------------------------------


def a_meeting(person: str, now: datetime, days: float = 3, **more: Any) -> Meeting:
    start = now + timedelta(days=days)
    end = start + timedelta(minutes=25)
    return Meeting("m-1", "ref", person, "a-1", "jonas", start, end, "America/New_York", **more)


def booked(world: Place, days: float = 3) -> Meeting:
    meeting = a_meeting("r-1", world.clock(), days)
    event = Event("booked", "leeway", BOOKED, world.clock(), "a-1", "r-1")
    world.ledger.book(event, meeting, None, Actor("referee:r-1"))
    return meeting


def test_a_referee_without_a_meeting_is_told_so_and_how_to_come_to_one(here: Place) -> None:
    assert ask(here, "status", here.referee()).json == {"meeting": None}
    said = ask(here, "status", here.referee(), form=True)
    assert (said.status, said.title) == (200, "No meeting is booked.")
    assert [form["action"] for form in said.page.all("form")] == ["/api/slots"]
    assert said.token == here.referee()


def test_a_referee_reads_when_their_meeting_is_with_whom_and_may_move_it(here: Place) -> None:
    meeting = booked(here)
    told = ask(here, "status", here.referee()).json["meeting"]
    assert told["id"] == "m-1"
    assert datetime.fromisoformat(told["start"]) == meeting.start
    assert told["start"].endswith("-05:00")
    assert here.page(told["url"])
    said = ask(here, "status", here.referee(), form=True)
    assert (said.status, said.title) == (200, "You meet Jonas.")
    assert "27 November" in said.shown
    assert "Jonas Petersen" in said.shown
    assert {form["action"] for form in said.page.all("form")} == {
        "/api/slots",
        "/api/bookings/change",
    }


@pytest.mark.parametrize("how", ["cancelled", "over"])
def test_a_meeting_that_is_no_more_is_none(here: Place, how: str) -> None:
    meeting = booked(here)
    if how == "cancelled":
        event = Event("cancelled", "leeway", CANCELLED, here.clock(), "a-1", "r-1")
        here.ledger.cancel(event, meeting, Actor("referee:r-1"))
    else:
        here.time.wait(days=4)
    said = ask(here, "status", here.referee())
    assert (said.status, said.json) == (200, {"meeting": None})
    page = ask(here, "status", here.referee(), form=True)
    assert page.status == 200
    assert "/api/bookings/change" not in page.body


def test_whoever_was_just_introduced_can_ask_for_their_meeting(here: Place) -> None:
    token = introduce(here, "Ana Berg", locale="de")
    said = ask(here, "status", token, form=True)
    assert said.status == 200
    assert said.page.one("html")["lang"] == "de"


# --- Who may ------------------------------------------------------------------------------------


def test_a_page_that_was_taken_away_is_told_nothing_as_an_unknown_one_is(here: Place) -> None:
    def told() -> list[Said]:
        tokens = [here.advocate(), here.referee(), here.share(), "x"]
        return [ask(here, "status", token) for token in tokens]

    for subject in ("advocate:a-1", "referee:r-1"):
        here.ledger.revoke(Event(subject, "leeway", REVOKED, here.clock()), subject)
    assert {(said.status, said.body) for said in told()} == {(404, told()[0].body)}
    for subject in ("advocate:a-1", "referee:r-1"):
        here.ledger.renew(Event(f"{subject} anew", "leeway", REVOKED, here.clock()), subject)
    assert {said.status for said in told()} == {404}, "an older revision's page is no more"


def test_asking_changes_nothing(here: Place) -> None:
    before = here.events()
    here.ledger.prefer(
        Event("silent", "leeway", SHARED, here.clock()), {SILENT: YES}, Actor("referee:r-1")
    )
    for token in (here.advocate(), here.referee()):
        ask(here, "status", token)
        ask(here, "status", token, form=True)
    assert len(here.events()) == len(before) + 1
