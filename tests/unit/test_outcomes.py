"""After a meeting the host says what came of it in two presses, and looking changes nothing."""

from __future__ import annotations

import base64
import json
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from passalong.actions.outcome import amount_in
from passalong.events import Event
from passalong.ledger.port import Actor, Meeting
from passalong.locales import Locale
from tests.hooked import Relay, booked, conversion, hooked, send, tell
from tests.worlds import FORM, Place, Said

HOST = "jonas.petersen@leeway.example"


@pytest.fixture
def world(tmp_path: Path) -> Place:
    return hooked(tmp_path, locales=["de"])


@pytest.fixture
def relay(world: Place) -> Relay:
    return Relay(world)


def after(world: Place, relay: Relay, meeting: Meeting) -> str:
    """The path of the page behind the letter that comes an hour after a meeting."""
    relay()
    relay.mails.clear()
    world.time.now = meeting.end + timedelta(hours=1)
    relay()
    (letter,) = [mail for mail in relay.mails if mail.id.endswith("host.outcome")]
    assert letter.to.email == HOST
    found = re.search(r"https://friends\.leeway\.example(/api/outcomes/\S+)", letter.text)
    assert found
    return found[1]


def press(world: Place, path: str, **fields: str) -> Said:
    return send(world, "POST", path, urlencode(fields).encode(), {"Content-Type": FORM})


def told(world: Place) -> list[Event]:
    return [event for event in world.events() if event.evidence == "host"]


def choices(said: Said) -> list[str]:
    return [button["value"] for button in said.page.one("main").all("button")]


# --- The letter ---------------------------------------------------------------------------------


def test_an_hour_after_a_meeting_the_host_is_asked_and_no_sooner(
    world: Place, relay: Relay
) -> None:
    meeting = booked(world)
    relay()
    relay.mails.clear()
    world.time.now = meeting.end + timedelta(minutes=59)
    relay()
    assert "host.outcome" not in relay.letters
    world.time.wait(minutes=1)
    relay()
    relay()
    assert relay.letters.count("host.outcome") == 1


def test_nobody_is_asked_about_a_meeting_that_was_cancelled(world: Place, relay: Relay) -> None:
    meeting = booked(world)
    data = {"meeting": meeting.id, "host": "jonas", "start": meeting.start.isoformat()}
    event = Event("c", "leeway", "cancelled", world.clock(), "a-1", "in-1", "ref-in-1", data=data)
    world.ledger.cancel(event, meeting, Actor("referee:in-1"))
    relay()
    world.time.now = meeting.end + timedelta(hours=2)
    relay.mails.clear()
    relay()
    assert relay.letters == []


def test_nor_about_one_whose_outcome_is_known(world: Place, relay: Relay) -> None:
    meeting = booked(world)
    relay()
    world.time.now = meeting.end + timedelta(minutes=5)
    tell(world, conversion("referral.met", world.clock(), referral="in-1"))
    relay()
    relay.mails.clear()
    world.time.wait(hours=1)
    relay()
    assert "host.outcome" not in relay.letters


def test_the_link_holds_no_name_and_no_address(world: Place, relay: Relay) -> None:
    path = after(world, relay, booked(world))
    payload = path.rpartition("/")[2].partition(".")[0]
    said = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
    assert json.loads(said)[0] == "in-1~m-in-1"


# --- The page -----------------------------------------------------------------------------------


def test_two_presses_say_it_all(world: Place, relay: Relay) -> None:
    path = after(world, relay, booked(world))
    page = send(world, "GET", path)
    assert (page.status, page.title) == (200, "How was it with Tomas?")
    assert choices(page) == ["met", "no_show"]
    more = press(world, path, what="met", shown="1")
    assert choices(more) == ["qualified", "disqualified"]
    thanks = press(world, path, what="qualified", amount="12,000", shown="2")
    assert (thanks.status, choices(thanks)) == (200, [])
    met, qualified = told(world)
    assert [met.type, qualified.type] == ["met", "qualified"]
    assert (met.advocate, met.referee, met.referral) == ("a-1", "in-1", "ref-in-1")
    assert met.data == {"meeting": "m-in-1", "source": "host"}
    assert qualified.amount is not None
    assert (qualified.amount.minor, qualified.amount.currency) == (1_200_000, "EUR")


def test_looking_changes_nothing_however_often(world: Place, relay: Relay) -> None:
    path = after(world, relay, booked(world))
    before = len(world.events())
    for _ in range(10):
        assert send(world, "GET", path).status == 200
        assert send(world, "HEAD", path).body == ""
    assert len(world.events()) == before


@pytest.mark.parametrize(
    ("presses", "said"),
    [
        (("met",), "You said: you met."),
        (("no_show",), "You said: nobody came."),
        (("met", "qualified"), "You said: you met, worth pursuing."),
        (("met", "disqualified"), "You said: you met, not a fit."),
        (("met", "qualified", "no_show"), "You said: nobody came."),
    ],
)
def test_whoever_comes_again_reads_what_they_said_and_may_change_it(
    presses: tuple[str, ...], said: str, world: Place, relay: Relay
) -> None:
    path = after(world, relay, booked(world))
    tell(world, conversion("referral.won", world.clock(), referral="in-1"))
    assert "You said" not in send(world, "GET", path).shown
    for number, what in enumerate(presses):
        world.time.wait(minutes=1)
        press(world, path, what=what, shown=str(number + 1))
    before = len(world.events())
    page = send(world, "GET", path)
    assert said in page.shown
    assert choices(page) == ["met", "no_show"]
    assert len(world.events()) == before


def test_what_was_said_of_an_earlier_meeting_is_not_said_of_this_one(
    world: Place, relay: Relay
) -> None:
    path = after(world, relay, booked(world))
    event = Event(
        "o", "leeway", "met", world.clock(), "a-1", "in-1", "ref-in-1",
        evidence="host", data={"meeting": "m-before", "source": "host"},
    )  # fmt: skip
    world.ledger.file(event)
    assert "You said" not in send(world, "GET", path).shown


def test_a_host_reads_truly_what_the_advocate_hears(world: Place, relay: Relay) -> None:
    path = after(world, relay, booked(world))
    press(world, path, what="met", shown="1")
    said = press(world, path, what="qualified", shown="2")
    assert "hears at most that you met, and nothing of this" in said.shown


def test_the_same_press_twice_is_one_event(world: Place, relay: Relay) -> None:
    path = after(world, relay, booked(world))
    for _ in range(3):
        assert press(world, path, what="met", shown="1795000000").status == 200
    assert len(told(world)) == 1


def test_whoever_changes_their_mind_says_something_new(world: Place, relay: Relay) -> None:
    path = after(world, relay, booked(world))
    for what in ("met", "no_show", "met"):
        world.time.wait(seconds=30)
        page = send(world, "GET", path)
        (shown,) = [field["value"] for field in page.page.all("input", name="shown")]
        press(world, path, what=what, shown=shown)
    assert [event.type for event in told(world)] == ["met", "no_show", "met"]
    assert len({event.at for event in told(world)}) == 3


@pytest.mark.parametrize(
    ("what", "letter"), [("met", "advocate.met"), ("no_show", ""), ("qualified", "")]
)
def test_the_advocate_hears_of_a_meeting_and_of_nothing_that_is_confidential(
    what: str, letter: str, world: Place, relay: Relay
) -> None:
    path = after(world, relay, booked(world))
    relay.mails.clear()
    press(world, path, what=what, shown="1")
    relay()
    assert relay.letters == ([letter] if letter else [])


def test_an_amount_that_cannot_be_read_is_asked_for_again(world: Place, relay: Relay) -> None:
    path = after(world, relay, booked(world))
    said = press(world, path, what="qualified", amount="a lot", shown="1")
    assert "no amount" in said.shown
    assert said.page.one("input", name="amount")["value"] == "a lot"
    assert told(world) == []


@pytest.mark.parametrize(
    ("fields", "status"),
    [({}, 422), ({"what": "won"}, 422), ({"what": "met", "amount": "1" * 41}, 422)],
)
def test_what_the_page_does_not_offer_is_refused(
    fields: dict[str, str], status: int, world: Place, relay: Relay
) -> None:
    path = after(world, relay, booked(world))
    assert press(world, path, **fields).status == status
    assert told(world) == []


def test_a_link_that_is_false_old_or_of_another_meeting_leads_nowhere(
    world: Place, relay: Relay
) -> None:
    meeting = booked(world)
    path = after(world, relay, meeting)
    others = [
        path[:-2] + "xx",
        "/api/outcomes/" + world.referee(),
        "/api/outcomes/" + world.advocate(),
        "/api/outcomes/x",
    ]
    for other in others:
        for method in ("GET", "POST"):
            said = send(world, method, other, b"what=met", {"Content-Type": FORM})
            assert said.status == 404
    world.time.wait(days=181)
    assert send(world, "GET", path).status == 404
    assert told(world) == []


def test_of_somebody_who_was_removed_the_page_tells_nothing(world: Place, relay: Relay) -> None:
    path = after(world, relay, booked(world))
    event = Event("x", "leeway", "removed", world.clock(), "a-1", "in-1", "ref-in-1")
    world.ledger.remove(event, "in-1")
    assert "Tomas" not in send(world, "GET", path).body


@pytest.mark.parametrize(
    ("code", "text", "minor"),
    [
        ("en", "12,000", 1_200_000),
        ("en", "€ 12,000.50", 1_200_050),
        ("en", "12000", 1_200_000),
        ("de", "12.000", 1_200_000),
        ("de", "12.000,50 EUR", 1_200_050),
        ("en", "1e9", None),
        ("en", "-5", None),
        ("en", "0", None),
        ("en", "12,000.505", None),
        ("en", "about 12", None),
    ],
)
def test_amounts_are_read_as_people_write_them(
    code: str, text: str, minor: int | None, world: Place
) -> None:
    locale: Locale = world.known().locale(code)
    found = amount_in(locale, text, "EUR")
    assert (found.minor if found else None) == minor
