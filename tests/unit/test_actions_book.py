"""A booking: who gets the time, what is kept of them, and what is refused in which words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from passalong.events import BOOKED, DECLINED, INFLUENCED, REVIEW, REVOKED, SOURCED, Event
from passalong.ledger.port import Meeting, NotFound
from tests.desk import (
    OSLO,
    PHONE,
    book,
    book_by_form,
    change,
    chosen,
    free,
    hosts,
    introduced,
    meeting_of,
    on_form,
    problems,
    ticked,
    typed,
    with_hosts,
)
from tests.programs import referee
from tests.worlds import NOON, Place, Said, a_world, ask, token_of

LINK = "https://meet.leeway.example/jonas"
ACCOUNTS = (
    {"domain": "sula.example", "company": "Sula Foods", "status": "open", "owner": "aoife"},
    {"domain": "whimbrel.example", "company": "Whimbrel", "status": "customer", "owner": ""},
    {"domain": "slotmoor.example", "company": "Slotmoor", "status": "competitor", "owner": ""},
    {"domain": "hofmann.example", "company": "Hofmann", "status": "do-not-contact", "owner": ""},
)


@pytest.fixture
def world(tmp_path: Path) -> Place:
    """A Tuesday at noon; Jonas calls, and has every working hour free."""
    return a_world(tmp_path)


@pytest.fixture
def team(tmp_path: Path) -> Place:
    """Jonas and Aoife meet by video, an hour each; some companies are known."""
    people = hosts(
        jonas={"hours": ["Thu 09:00-11:00"], "link": LINK, "regions": ["Nordics"]},
        aoife={"hours": ["Fri 09:00-11:00"], "link": LINK},
    )
    return a_world(tmp_path, accounts=ACCOUNTS, program={"booking": {"hosts": people}})


def person_at(world: Place, url: str) -> str:
    """The id of the referee whose page is at an address."""
    (found,) = [
        person.id
        for person in world.ledger.people()
        if world.known().holders.key("referee", person.id) in url
    ]
    return found


def everything(world: Place) -> tuple[Any, ...]:
    """All that a booking could leave behind."""
    ledger, week = world.ledger, timedelta(days=40)
    taken = [ledger.taken(host, NOON, NOON + week) for host in ("jonas", "aoife")]
    return world.events(), list(ledger.people()), taken, ledger.meeting_of("r-1")


# --- Booked -------------------------------------------------------------------------------------


def test_a_referee_books_a_time_on_their_own_page(world: Place) -> None:
    start = free(world)[1]
    said = book(world, world.referee(), start, note="We have two quays.", company="Kestrel")
    assert said.status == 201
    key = world.known().holders.key("referee", "r-1")
    assert said.json == {
        "id": meeting_of(world).id,
        "start": "2026-11-25T13:30:00+01:00",
        "end": "2026-11-25T13:55:00+01:00",
        "url": f"{world.address}/p/{key}/",
    }
    begins = datetime.fromisoformat(start)
    (event,) = world.events()
    assert meeting_of(world) == Meeting(
        id=said.json["id"],
        referral=event.referral,
        referee="r-1",
        advocate="a-1",
        host="jonas",
        start=begins,
        end=begins + timedelta(minutes=25),
        timezone=OSLO,
        held=(begins, begins + timedelta(minutes=35)),
    )
    person = world.ledger.person("r-1")
    assert (person.name, person.email, person.phone) == (
        "Tomas Berg", "tomas.berg@kestrel.example", PHONE,
    )  # fmt: skip
    assert (person.company, person.note, person.origin) == (
        "Kestrel", "We have two quays.", "booking",
    )  # fmt: skip


def test_the_event_says_what_and_how_in_ids_and_codes_alone(world: Place) -> None:
    book(world, world.share(), free(world)[0], medium="linkedin", email="ida.lund@gmail.com")
    (event,) = world.events()
    (person,) = world.ledger.people()
    assert (event.type, event.at, event.advocate) == (BOOKED, NOON, "a-1")
    assert (event.medium, event.evidence, event.classification) == (
        "linkedin", "booking-form", SOURCED,
    )  # fmt: skip
    assert event.referee == person.id
    assert event.referral == person.referral == meeting_of(world, person.id).referral != ""
    assert event.data == {
        "meeting": meeting_of(world, person.id).id,
        "host": "jonas",
        "start": "2026-11-25T12:00:00+00:00",
        "end": "2026-11-25T12:25:00+00:00",
        "page": "share",
        "free": "1",
        "story": "nordhavn",
    }
    assert not re.search("ida|lund|berg|gmail|@|22 33", str(event), re.IGNORECASE)


@pytest.mark.parametrize("medium", ["made-up", "x" * 24])
def test_a_medium_that_there_is_not_is_none(world: Place, medium: str) -> None:
    book(world, world.share(), free(world)[0], medium=medium)
    assert world.events()[0].medium == ""


def test_the_form_is_answered_with_the_meeting(world: Place) -> None:
    said = book_by_form(world, world.referee(), free(world)[1])
    assert (said.status, said.title) == (201, "You meet Jonas.")
    assert "The invitation goes to tomas.berg@kestrel.example" in said.shown
    facts = [fact.shown for fact in said.page.all("dd")]
    assert facts == [
        "Wednesday 25 November, 13:30, Oslo time",
        "Jonas Petersen, Yards and terminals",
        f"Jonas calls you on {PHONE}",
    ]
    colleague = said.page.one("a", _class="go")["href"]
    assert colleague.startswith("mailto:?subject=A%20meeting%20about%20Leeway")
    assert "Wednesday%2025%20November%2C%2013%3A30" in colleague


def test_a_video_call_has_its_link_only_once_it_is_booked(team: Place) -> None:
    token = team.referee()
    assert LINK not in ask(team, "slots", token, form=True).body
    said = book_by_form(team, token, free(team, token)[0], phone="")
    assert said.status == 201
    assert said.page.one("a", _class="button")["href"] == LINK


def test_a_booking_asks_the_programs_questions_and_keeps_what_is_answered(tmp_path: Path) -> None:
    questions = ["How many ships call in a week?", "Who plans them?", "Since when?"]
    world = a_world(tmp_path, program={"booking": {"questions": questions}})
    form = ask(world, "slots", world.referee(), form=True, answer3="Ever")
    assert all(question in form.shown for question in questions)
    assert chosen(form, "answer3") == "Ever"
    answers = {"answer1": "Eleven", "answer2": "", "answer3": "Ever", "note": "Hello"}
    book_by_form(world, world.referee(), free(world)[0], **answers)
    assert world.ledger.person("r-1").note == (
        "Hello\nHow many ships call in a week?\nEleven\nSince when?\nEver"
    )


# --- From a share page --------------------------------------------------------------------------


def test_who_books_from_a_share_page_has_a_page_of_their_own_at_once(world: Place) -> None:
    said = book(world, world.share(), free(world)[0], name="Ida Lund", email="ida@sula.example")
    page = world.page(said.json["url"])
    assert b"Ida" in page
    assert page == world.rebuilt()[world.path(said.json["url"])], "as the next build writes it"
    own = token_of(page)
    assert ask(world, "status", own).json["meeting"] == said.json
    assert change(world, own, "cancel").status == 200
    person = world.ledger.person(person_at(world, said.json["url"]))
    assert (person.origin, person.advocate, person.company) == ("booking", "a-1", "sula.example")


def test_the_form_of_a_share_page_leads_to_that_page(world: Place) -> None:
    said = book_by_form(world, world.share(), free(world)[0], medium="x")
    back = said.page.one("p", _class="back").one("a")
    assert back.shown == "To the page made for you"
    assert b"Tomas" in world.page(world.address + back["href"])
    assert "On the page made for you, you can move the meeting" in said.shown
    tokens = {field["value"] for field in said.page.all("input", name="token")}
    assert tokens == {token_of(world.page(world.address + back["href"]))}


def test_one_mailbox_is_one_person_and_another_is_another(world: Place) -> None:
    first, second, third, *_ = free(world)[::2]
    one = book(world, world.share(), first, email="Tomas.Berg+demo@googlemail.com")
    assert change(world, token_of(world.page(one.json["url"])), "cancel").status == 200
    again = book(world, world.share(), second, email="tomasberg@gmail.com")
    other = book(world, world.share(), third, email="tomas@kestrel.example")
    assert again.json["url"] == one.json["url"] != other.json["url"]
    assert len(list(world.ledger.people())) == 2


def test_no_page_shows_what_was_typed_for_the_invitation(world: Place) -> None:
    first, second, third, *_ = free(world)[::2]
    secret = {"email": "veiled@secret.example", "phone": "+47 99 88 77 66", "note": "sesame"}
    book(world, world.share(), first, **secret)
    book(world, world.referee(), second, **secret)
    book(world, introduced(world), third, **secret)
    site = {**world.rebuilt(), **{str(p): p.read_bytes() for p in world.site.rglob("*.html")}}
    for path, data in site.items():
        assert not re.search(rb"veiled|secret\.example|99 88 77|sesame", data), path


# --- On a referee's page ------------------------------------------------------------------------


def test_the_page_of_somebody_of_the_lists_stays_as_it_is(world: Place) -> None:
    before = world.made.page("referee", "r-1")
    said = book(world, world.referee(), free(world)[0], name="T. Berg", company="Other")
    assert world.page(said.json["url"]).decode() == before
    assert world.rebuilt()[world.path(said.json["url"])].decode() == before


def test_what_the_advocate_said_is_kept(world: Place) -> None:
    token = introduced(world, role="COO", reason="Her gate queues.")
    said = book(world, token, free(world)[0], name="Ida M. Lund", email="ida@fjord.example")
    assert said.status == 201
    (person,) = world.ledger.people()
    assert (person.reason, person.role, person.origin) == (
        "Her gate queues.", "COO", "introduction",
    )  # fmt: skip
    assert (person.name, person.company, person.email) == (
        "Ida M. Lund", "Fjord Foods", "ida@fjord.example",
    )  # fmt: skip
    assert person.since == NOON
    first, second = world.events()
    assert (first.referral, first.referee) == (second.referral, second.referee)


def test_what_the_advocate_said_of_somebody_we_had_in_mind_is_kept(tmp_path: Path) -> None:
    rows = [referee(status="suggested", reason="Our own guess.")]
    world = a_world(tmp_path, referees=rows)
    ref = world.known().holders.key("referee", "r-1")
    token = introduced(world, suggestion=ref, name="Tomas Berg", reason="He sails.")
    assert book(world, token, free(world)[0]).status == 201
    assert world.ledger.person("r-1").reason == "He sails."
    path = world.made.out / f"p/{ref}/index.html"
    assert not path.exists()
    assert b"He sails." in world.rebuilt()[f"p/{ref}/index.html"]


def test_a_referral_stays_the_one_that_began_with_the_introduction(world: Place) -> None:
    token = introduced(world, company="")
    book(world, token, free(world)[0], company="Fjord Foods", email="ida@fjord.example")
    introduction, booking = world.events()
    assert introduction.referral == booking.referral


def test_people_of_one_company_are_one_referral_of_their_advocate(world: Place) -> None:
    first, second, third, fourth, *_ = free(world)[::2]
    book(world, world.share(), first, email="a@sula.example", company="Sula Foods AS")
    book(world, world.share(), second, email="b@sula.example", company="sula foods")
    book(world, world.share(), third, email="c@kestrel.example")
    book(world, world.share(), fourth, email="d@kestrel.example")
    referrals = [event.referral for event in world.events()]
    assert referrals[0] == referrals[1] != referrals[2] == referrals[3]


# --- Sent twice ---------------------------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, {"id": "press-1"}])
@pytest.mark.parametrize("page", ["share", "referee"])
def test_a_booking_that_is_sent_twice_is_one(
    world: Place, given: dict[str, Any], page: str
) -> None:
    token, start = getattr(world, page)(), free(world)[0]
    first = book(world, token, start, **given)
    then = everything(world)
    second = book(world, token, start, **given)
    assert (second.status, second.json) == (first.status, first.json)
    assert everything(world) == then


def test_a_booking_with_an_id_may_be_sent_again_much_later(world: Place) -> None:
    start = free(world)[0]
    first = book(world, world.referee(), start, id="press-1")
    world.time.wait(hours=20)
    second = book(world, world.referee(), start, id="press-1")
    assert (second.status, second.json) == (201, first.json)


def test_whoever_cancels_and_books_the_same_time_again_means_it(world: Place) -> None:
    start = free(world)[0]
    for _ in range(3):
        assert book(world, world.referee(), start).status == 201
        assert meeting_of(world).status == "booked"
        assert change(world, world.referee(), "cancel").status == 200
        assert meeting_of(world).status == "cancelled"
    kinds = [event.type for event in world.events()]
    assert kinds == ["booked", "cancelled"] * 3


def test_a_page_that_was_taken_away_does_not_come_back(world: Place) -> None:
    start = free(world)[0]
    said = book(world, world.share(), start, id="press-1")
    path = world.path(said.json["url"])
    subject = f"referee:{person_at(world, said.json['url'])}"
    world.ledger.revoke(Event("e", "leeway", REVOKED, NOON), subject)
    world.pages.remove(path)
    assert book(world, world.share(), start, id="press-1").status == 201
    assert not (world.site / path).exists()


def test_a_page_that_could_not_be_written_is_written_when_it_is_asked_for_again(
    world: Place,
) -> None:
    class Full:
        def put(self, *_page: object) -> None:
            raise OSError("no space left")

        def remove(self, path: str) -> None: ...

    start = free(world)[0]
    refused = book(replace(world, pages=Full()), world.share(), start)
    assert (refused.status, refused.headers["retry-after"]) == (503, "5")
    said = book(world, world.share(), start)
    assert said.status == 201
    assert world.page(said.json["url"])


# --- One meeting, one time ----------------------------------------------------------------------


def test_a_time_that_somebody_took_is_answered_with_others(world: Place) -> None:
    start = free(world)[4]
    assert book(world, world.share(), start).status == 201
    then = everything(world)
    said = book(world, world.referee(), start)
    assert said.status == 409
    assert said.headers["content-type"].startswith("application/problem+json")
    assert (said.json["code"], said.json["timezone"]) == ("taken", OSLO)
    assert [slot["start"] for slot in said.json["slots"]] == free(world)
    assert start not in free(world)
    assert everything(world) == then


def test_a_form_for_a_time_that_somebody_took_shows_others_of_that_day(world: Place) -> None:
    start = free(world)[20]
    assert book(world, world.share(), start).status == 201
    words = {"name": "Tom Berg", "company": "Kestrel", "note": "Hello", "email": "t@k.example"}
    said = book_by_form(world, world.referee(), start, **words)
    assert said.status == 409
    assert problems(said) == ["That time has just gone. These are free."]
    assert ticked(said) == []
    assert on_form(said)[0][0][:10] == start[:10]
    assert start not in on_form(said)[0]
    for name in ("name", "company", "email"):
        assert chosen(said, name) == words[name]
    assert said.page.one("textarea", name="note").text.strip() == "Hello"


@pytest.mark.parametrize(
    "start",
    [
        "2026-11-25T12:10:00Z",  # between two times
        "2026-11-25T03:00:00Z",  # at night
        "2026-11-28T12:00:00Z",  # a Saturday
        "2026-11-24T14:00:00Z",  # sooner than the notice
        "2020-01-01T12:00:00Z",
        "2999-12-31T23:59:59-23:59",
    ],
)
def test_what_is_no_time_of_the_host_is_answered_with_times(world: Place, start: str) -> None:
    token = world.referee()
    said = book(world, token, start)
    assert (said.status, said.json["code"]) == (409, "taken")
    assert [slot["start"] for slot in said.json["slots"]] == free(world)
    assert len(on_form(book_by_form(world, token, start))) == 5
    assert world.events() == []


def test_what_the_hosts_calendar_says_holds_for_bookings_too(world: Place) -> None:
    start = free(world)[0]
    begins = datetime.fromisoformat(start)
    busy = replace(world, busy=lambda _host: [(begins, begins + timedelta(minutes=1))])
    assert book(busy, world.referee(), start).status == 409


def test_where_everything_is_taken_the_host_can_be_written_to(team: Place) -> None:
    sooner = with_hosts(team, *team.known().program.booking.hosts, horizon_days=3)
    for number, start in enumerate(free(sooner)):
        booked = book(sooner, sooner.share(), start, email=f"g{number}@sula-{number}.example")
        assert booked.status in (201, 409)
    said = book_by_form(sooner, sooner.referee(), "2026-11-26T09:00:00+01:00")
    assert (said.status, said.title) == (409, "Jonas has no free time for now.")


def test_a_referee_has_one_meeting_and_is_shown_it(world: Place) -> None:
    first, second, *_ = free(world)
    booked = book(world, world.referee(), first)
    then = everything(world)
    again = book(world, world.referee(), second)
    assert (again.status, again.json["code"]) == (409, "conflict")
    assert {name: again.json[name] for name in booked.json} == booked.json
    form = book_by_form(world, world.referee(), second)
    assert (form.status, form.title) == (409, "You meet Jonas.")
    assert "There is one meeting for the two of you." in form.shown
    assert "13:00, Oslo time" in form.shown
    assert everything(world) == then


def test_on_a_share_page_nobody_learns_of_anothers_meeting(world: Place) -> None:
    first, second, *_ = free(world)
    booked = book(world, world.share(), first, name="Ida")
    for start in second, "2026-11-25T03:00:00Z":
        again = book(world, world.share(), start, name="Somebody else")
        assert (again.status, again.json["code"]) == (409, "conflict")
        form = book_by_form(world, world.share(), start, name="Somebody else")
        assert (form.status, form.title) == (409, "There is a meeting already.")
        for said in again, form:
            for secret in (booked.json["id"], booked.json["url"][-27:], "13:00", "Ida"):
                assert secret not in said.body
    (person,) = world.ledger.people()
    assert person.name == "Ida"


def test_after_a_meeting_another_can_be_booked(world: Place) -> None:
    assert book(world, world.referee(), free(world)[0]).status == 201
    world.time.wait(days=2)
    assert book(world, world.referee(), free(world)[0]).status == 201


# --- What is wrong in a form --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"start": ""}, "Please choose a time."),
        ({"start": "tomorrow"}, "Please choose a time."),
        ({"name": ""}, "A name is missing."),
        ({"name": "n" * 201}, "Name: 200 characters at most, please."),
        ({"email": ""}, "That is not a mail address yet."),
        ({"email": "tomas"}, "That is not a mail address yet."),
        ({"email": "tomas@kestrel"}, "That is not a mail address yet."),
        ({"email": "tomas..berg@kestrel.example"}, "That is not a mail address yet."),
        ({"email": "tomas@mailinator.com"}, "An address like that one is gone within the hour"),
        ({"phone": ""}, "Jonas calls you, so a number is needed."),
        ({"phone": "ask my office"}, "Jonas calls you, so a number is needed."),
        ({"phone": "1" * 41}, "Phone: 40 characters at most, please."),
        ({"note": "n" * 1001}, "What you would like to know: 1,000 characters at most"),
        ({"medium": "<b>"}, "Something here did not arrive as it should."),
    ],
)
def test_what_is_wrong_is_said_above_the_form_with_all_that_was_typed(
    world: Place, wrong: dict[str, str], sentence: str
) -> None:
    start = free(world)[1]
    said = book_by_form(world, world.referee(), **typed(world, start, company="K & S") | wrong)
    assert said.status == 422
    (problem,) = problems(said)
    assert problem.startswith(sentence)
    assert chosen(said, "company") == "K & S"
    if "start" not in wrong:
        assert ticked(said) == [start], "the time that was chosen still is"
    for name in wrong.keys() & {"name", "email", "phone"}:
        longest = {"name": 200, "email": 254, "phone": 40}[name]
        assert chosen(said, name) == wrong[name][:longest]
    assert world.events() == []


def test_everything_that_is_wrong_is_said_at_once(world: Place) -> None:
    start = free(world)[0]
    said = book_by_form(world, world.referee(), start, name="", email="@", phone="", shown="")
    assert len(problems(said)) == 4


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "tomas@kestrel"}, "email"),
        ({"email": "tomas@mailinator.com"}, "email"),
        ({"phone": ""}, "phone"),
        ({"name": " "}, "name"),
        ({"start": "2026-11-25"}, "start"),
        ({"shown": str(int(NOON.timestamp()))}, "shown"),
    ],
)
def test_a_program_is_told_which_field_is_wrong(
    world: Place, wrong: dict[str, str], field: str
) -> None:
    said = ask(world, "bookings", world.referee(), **typed(world, free(world)[0]) | wrong)
    assert (said.status, said.json["code"]) == (422, "invalid")
    assert list(said.json["errors"]) == [field]
    assert world.events() == []


# --- Programs that fill in forms ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "status"),
    [(-301, 422), (-300, 201), (-1, 201), (0, 422), (1, 422), (2, 201), (9 * 24 * 3600, 201)],
)
def test_nobody_fills_in_a_form_in_less_than_two_seconds(
    world: Place, age: int, status: int
) -> None:
    shown = str(int(NOON.timestamp()) - age)
    said = book_by_form(world, world.referee(), free(world)[0], shown=shown)
    assert said.status == status
    assert len(world.events()) == (status == 201)


@pytest.mark.parametrize("shown", ["", "soon", "-5", "0x1F"])
def test_a_form_says_when_it_was_made(world: Place, shown: str) -> None:
    said = book_by_form(world, world.referee(), free(world)[0], shown=shown)
    assert said.status == 422
    assert "That was faster than anybody reads." in said.shown
    assert chosen(said, "shown") == str(int(NOON.timestamp()))
    world.time.wait(seconds=2)
    again = book_by_form(world, world.referee(), free(world)[0], shown=chosen(said, "shown"))
    assert again.status == 201


def test_who_fills_in_the_field_that_nobody_sees_is_thanked_and_forgotten(world: Place) -> None:
    start = free(world)[0]
    for token in world.share(), world.referee():
        form = book_by_form(world, token, start, website="https://spam.example")
        assert (form.status, form.title) == (202, "Thank you, this has arrived.")
        assert book(world, token, start, website="x", phone="").json == {}
    assert everything(world) == ([], [], [[], []], None)


def test_a_share_page_takes_forty_bookings_a_day(world: Place) -> None:
    times = free(world)[::2]
    for number in range(40):
        mail = f"guest{number}@sula.example"
        assert book(world, world.share(), times[number], email=mail).status == 201
    more = {"email": "one.more@sula.example"}
    said = book(world, world.share(), times[41], **more)
    assert (said.status, said.json["code"], said.headers["retry-after"]) == (429, "limit", "86400")
    assert book_by_form(world, world.share(), times[41], **more).status == 429
    assert len(world.events()) == 40
    world.time.wait(days=1)
    assert book(world, world.share(), times[41], **more).status == 201


def test_a_referees_page_takes_ten_bookings_a_day(world: Place) -> None:
    start = free(world)[0]
    for _ in range(10):
        assert book(world, world.referee(), start).status == 201
        assert change(world, world.referee(), "cancel").status == 200
    assert book(world, world.referee(), start).status == 429


# --- Accounts -----------------------------------------------------------------------------------


def test_a_company_that_is_ours_already_counts_as_influenced(team: Place) -> None:
    booked = book(team, team.share(), free(team)[0], email="ida@whimbrel.example")
    assert booked.status == 201
    assert team.events()[0].classification == INFLUENCED


def test_an_open_deal_is_its_owners(team: Place) -> None:
    mail = {"email": "ida@ops.sula.example", "name": "Ida Lund", "phone": ""}
    thursday = free(team)[0]
    said = book_by_form(team, team.share(), thursday, **mail)
    assert (said.status, said.title) == (409, "Pick a time with Aoife")
    assert chosen(said, "email") == mail["email"]
    friday = on_form(said)[0][0]
    assert friday == "2026-11-27T09:00:00+01:00"
    met = book_by_form(team, team.share(), friday, **mail)
    assert (met.status, met.title) == (201, "You meet Aoife.")
    (event,) = team.events()
    assert (event.classification, event.data["host"]) == (INFLUENCED, "aoife")
    assert team.ledger.taken("aoife", NOON, NOON + timedelta(days=9)) != []


NEUTRAL = "Thank you, this has arrived."


@pytest.mark.parametrize(
    "who",
    [
        {"email": "ida@slotmoor.example"},
        {"email": "ida@gmail.com", "company": "SLOTMOOR Ltd."},
    ],
)
def test_somebody_of_a_competitor_is_looked_at_first(team: Place, who: dict[str, str]) -> None:
    start = free(team)[0]
    said = book(team, team.share(), start, **who)
    assert (said.status, said.json) == (202, {})
    (event,) = team.events()
    (person,) = team.ledger.people()
    assert (event.type, event.classification, event.referee) == (BOOKED, REVIEW, person.id)
    assert datetime.fromisoformat(event.data["start"]) == datetime.fromisoformat(start)
    assert "meeting" not in event.data
    assert (person.email, person.review) == (who["email"], True)
    assert free(team)[0] == start, "nobody's time is taken"
    assert team.rebuilt().keys() == {*team.made.tree()}, "and no page is made"
    form = book_by_form(team, team.share(), start, **who)
    assert (form.status, form.title) == (202, NEUTRAL)


def test_a_referee_who_turns_out_to_be_a_competitors_keeps_their_page(team: Place) -> None:
    token = introduced(team)
    before = team.rebuilt()
    book(team, token, free(team)[0], name="Ida Lund", email="ida@slotmoor.example")
    (person,) = team.ledger.people()
    assert (person.email, person.reason) == ("ida@slotmoor.example", "Her gate queues.")
    assert team.rebuilt() == before
    assert team.events()[-1].classification == REVIEW


@pytest.mark.parametrize("page", ["share", "referee"])
def test_of_somebody_whom_nobody_is_to_contact_nothing_is_kept(team: Place, page: str) -> None:
    start = free(team)[0]
    said = book(team, getattr(team, page)(), start, email="ida@hofmann.example", note="Hello")
    assert (said.status, said.json) == (202, {})
    (event,) = team.events()
    assert (event.type, event.classification) == (BOOKED, DECLINED)
    assert (event.advocate, event.referee, event.referral, event.data) == ("a-1", "", "", {})
    assert list(team.ledger.people()) == []
    assert free(team)[0] == start


def test_nobody_can_tell_by_the_answer_why_no_time_is_fixed(team: Place) -> None:
    start = free(team)[0]
    answers: dict[str, Said] = {
        kind: book_by_form(team, team.share(), start, **{"phone": "", **fields})
        for kind, fields in {
            "competitor": {"email": "ida@slotmoor.example"},
            "do not contact": {"email": "ida@hofmann.example"},
            "spam": {"email": "ida@sula.example", "website": "x"},
        }.items()
    }
    assert len({(said.status, said.body) for said in answers.values()}) == 1
    times = {
        mail: free(team, email=mail) for mail in ("ida@slotmoor.example", "ida@hofmann.example", "")
    }
    assert len({tuple(found) for found in times.values()}) == 1


# --- Pages that are no more ---------------------------------------------------------------------


@pytest.mark.parametrize("page", ["share", "referee"])
def test_a_page_that_was_taken_away_books_nothing(world: Place, page: str) -> None:
    token, start = getattr(world, page)(), free(world)[0]
    subject = {"share": "advocate:a-1", "referee": "referee:r-1"}[page]
    world.ledger.revoke(Event("e", "leeway", REVOKED, NOON), subject)
    refused = book(world, token, start)
    assert refused.status == 404
    assert refused.body == book(world, token[:-4] + "AAAA", start).body, "as an unknown one"
    assert list(world.ledger.people()) == []


def test_who_was_removed_is_not_kept_again(world: Place) -> None:
    start = free(world)[0]
    said = book(world, world.share(), start)
    person = person_at(world, said.json["url"])
    change(world, token_of(world.page(said.json["url"])), "cancel")
    world.ledger.remove(Event("e", "leeway", "removed", NOON), person)
    assert book(world, world.share(), free(world)[3]).status == 404
    with pytest.raises(NotFound):
        world.ledger.person(person)


def test_an_advocates_own_page_books_nothing(world: Place) -> None:
    assert book(world, world.advocate(), free(world)[0]).status == 404


# --- Other languages ----------------------------------------------------------------------------


def test_a_booking_is_answered_in_the_language_of_its_page(tmp_path: Path) -> None:
    rows = [referee(locale="de"), referee("r-2", locale="ar")]
    world = a_world(tmp_path, locales=("ar", "de"), referees=rows)
    german = book_by_form(world, world.referee(), free(world)[0])
    assert german.page.one("html")["lang"] == "de"
    assert "Mittwoch, 25. November" in german.shown
    arabic = book_by_form(world, world.referee("r-2"), free(world)[3])
    assert f"\u2068{PHONE}\u2069" in arabic.shown, "a number is read from left to right"
    wrong = book_by_form(world, world.referee("r-2"), free(world)[3], email="@")
    assert wrong.status == 422
    assert len(problems(wrong)) == 1
