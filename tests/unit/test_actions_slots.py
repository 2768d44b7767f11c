"""Free times as pages and programs get them: whose they are, in whose zone, and as a form."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passalong.booking.slots import Slot, held
from passalong.events import BOOKED, Event
from passalong.ledger.port import Actor, Meeting, SlotTaken
from passalong.program import Booking, Host
from tests.desk import (
    OSLO,
    book,
    chosen,
    days,
    hosts,
    introduced,
    on_form,
    starts,
    with_hosts,
)
from tests.programs import advocate, referee
from tests.unit.test_slots import CHANGES, by_brute_force
from tests.worlds import NOON, Place, a_world, ask

Span = tuple[datetime, datetime]

HOUR, MINUTES = timedelta(hours=1), timedelta(minutes=5)

# Each host works on a day of their own, so that the times tell whose they are.
TEAM = hosts(
    jonas={"hours": ["Mon 09:00-10:00"], "regions": ["Nordics"], "languages": ["en", "de"]},
    aoife={"hours": ["Tue 09:00-10:00"], "regions": ["Ireland"], "languages": ["en"]},
    ines={"hours": ["Wed 09:00-10:00"], "regions": ["France"], "languages": ["fr", "en"]},
    samuel={"hours": ["Thu 09:00-10:00"], "regions": ["France"], "languages": ["fr"]},
)
WORKS = {"Mon": "jonas", "Tue": "aoife", "Wed": "ines", "Thu": "samuel"}
ACCOUNTS = (
    {"domain": "kestrel.example", "company": "Kestrel Ferries", "status": "open", "owner": "ines"},
    {"domain": "whimbrel.example", "company": "Whimbrel", "status": "customer", "owner": ""},
    {"domain": "gmail.com", "company": "Somebody at home", "status": "customer", "owner": "ines"},
)


@pytest.fixture
def world(tmp_path: Path) -> Place:
    """A Tuesday at noon; Jonas works on Wednesday morning and on Thursday afternoon, in Berlin."""
    jonas = hosts(jonas={"hours": ["Wed 09:00-14:00", "Thu 16:00-17:00"], "link": LINK})
    return a_world(tmp_path, program={"booking": {"hosts": jonas, "horizon_days": 7}})


LINK = "https://meet.leeway.example/jonas"


# --- As data ------------------------------------------------------------------------------------


def test_times_are_working_hours_as_clocks_show_them_in_the_zone_that_is_asked_for(
    world: Place,
) -> None:
    said = ask(world, "slots", world.referee(), timezone="America/New_York")
    assert said.status == 200
    assert said.json == {
        "timezone": "America/New_York",
        "slots": [
            {"start": "2026-11-25T07:00:00-05:00", "end": "2026-11-25T07:25:00-05:00"},
            {"start": "2026-11-25T07:30:00-05:00", "end": "2026-11-25T07:55:00-05:00"},
            {"start": "2026-11-26T10:00:00-05:00", "end": "2026-11-26T10:25:00-05:00"},
            {"start": "2026-11-26T10:30:00-05:00", "end": "2026-11-26T10:55:00-05:00"},
        ],
    }


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "a" * 64])
def test_who_names_no_zone_that_there_is_gets_times_in_the_hosts(world: Place, zone: str) -> None:
    said = ask(world, "slots", world.share(), timezone=zone)
    assert said.json["timezone"] == "Europe/Berlin"
    assert starts(said)[0] == "2026-11-25T13:00:00+01:00"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"from": "2026-11-26T00:00:00+01:00"}, ["26T16:00", "26T16:30"]),
        ({"from": "2026-11-25T13:01:00+01:00", "to": "2026-11-26T16:30:00+01:00"},
         ["25T13:30", "26T16:00"]),
        ({"to": "2026-11-25T12:30:00Z"}, ["25T13:00"]),
        ({"from": "2026-11-26T16:00:00+01:00", "to": "2026-11-25T13:00:00+01:00"}, []),
        ({"from": "2999-12-31T23:59:59-23:59"}, []),
        ({"to": "2000-01-01T00:00:00+23:59"}, []),
    ],
)  # fmt: skip
def test_times_can_be_asked_for_from_and_to_a_moment_before_the_horizon(
    world: Place, asked: dict[str, Any], found: list[str]
) -> None:
    said = ask(world, "slots", world.referee(), **asked)
    assert [start[8:16] for start in starts(said)] == found


def test_the_horizon_moves_with_the_day(world: Place) -> None:
    wednesday: dict[str, Any] = {"from": "2026-12-02T00:00:00+01:00"}
    assert starts(ask(world, "slots", world.referee(), **wednesday)) == []
    world.time.wait(hours=20.5)
    (only,) = starts(ask(world, "slots", world.referee(), **wednesday))
    assert only == "2026-12-02T09:00:00+01:00"


def test_neither_what_the_calendar_says_nor_other_meetings_are_offered(world: Place) -> None:
    first, second, third, last = starts(ask(world, "slots", world.share()))
    began = datetime.fromisoformat(last)
    span = began + 2 * MINUTES, began + HOUR
    busy = replace(world, busy=lambda host: [span] if host.id == "jonas" else [])
    assert starts(ask(busy, "slots", world.share())) == [first, second, third]
    assert book(world, world.share(), second).status == 201
    left = starts(ask(busy, "slots", world.referee()))
    assert left == [third], "the ten minutes after a meeting are the host's too"


# --- Whose they are -----------------------------------------------------------------------------


def test_times_are_those_of_the_host_whom_the_page_names(tmp_path: Path) -> None:
    regions = ("Nordics", "France", "Ireland", "Iberia", "")
    owners = ("jonas", "samuel", "", "")
    people = [
        advocate(f"a-{number}", region=region, owner=owner, locale=locale)
        for number, (region, owner, locale) in enumerate(
            itertools.product(regions, owners, ("en", "fr"))
        )
    ]
    invited = [
        referee(f"r-{number}", advocate=f"a-{number}", region=regions[number % 5], locale=locale)
        for number, locale in zip(range(40), itertools.cycle(("", "fr", "en")), strict=False)
    ]
    world = a_world(
        tmp_path,
        advocates=people,
        referees=invited,
        locales=("fr",),
        program={"booking": {"hosts": TEAM}},
    )
    seen = set()
    for kind, token in _pages(world):
        begins = datetime.fromisoformat(starts(ask(world, "slots", token))[0])
        host = WORKS[f"{begins:%a}"]
        names = [one["name"] for one in TEAM if one["name"] in world.made.page(*kind)]
        assert names == [f"{host.capitalize()} Example"], kind
        seen.add(host)
    assert seen == set(WORKS.values())


def _pages(world: Place) -> Iterator[tuple[tuple[str, str], str]]:
    known = world.known()
    for person in known.bundle.advocates:
        yield ("share", person.id), world.share(person.id)
    for row in known.bundle.referees:
        yield ("referee", row.id), world.referee(row.id)


@pytest.mark.parametrize(
    ("company", "typed", "host"),
    [
        ("", {}, "jonas"),
        ("Kestrel Ferries AB", {}, "ines"),
        ("", {"email": "t.berg@ops.kestrel.example"}, "ines"),
        ("", {"company": "kestrel ferries"}, "ines"),
        ("Kestrel Ferries", {"email": "t.berg@whimbrel.example"}, "jonas"),
        ("Kestrel Ferries", {"email": "t.berg@gmail.com"}, "ines"),
        ("", {"email": "t.berg@gmail.com"}, "jonas"),
        ("", {"email": "@", "company": "-"}, "jonas"),
    ],
)
def test_whoever_looks_after_the_account_takes_the_meeting_if_they_are_a_host(
    tmp_path: Path, company: str, typed: dict[str, Any], host: str
) -> None:
    world = a_world(
        tmp_path,
        referees=[referee(company=company, email="")],
        accounts=ACCOUNTS,
        program={"booking": {"hosts": TEAM}},
    )
    said = ask(world, "slots", world.referee(), **typed)
    assert WORKS[f"{datetime.fromisoformat(starts(said)[0]):%a}"] == host
    form = ask(world, "slots", world.referee(), form=True, **typed)
    assert form.title == f"Pick a time with {host.capitalize()}"


# --- As a form ----------------------------------------------------------------------------------


def test_a_form_shows_a_few_times_of_a_few_days_and_leads_to_later_ones(tmp_path: Path) -> None:
    world = a_world(tmp_path)
    first = ask(world, "slots", world.referee(), form=True, timezone=OSLO)
    assert first.status == 200
    assert days(first) == [
        "Wednesday 25 November", "Thursday 26 November", "Friday 27 November",
        "Monday 30 November", "Tuesday 1 December",
    ]  # fmt: skip
    times = on_form(first)
    assert [len(those) for those in times] == [5] * 5
    every = starts(ask(world, "slots", world.referee(), timezone=OSLO))
    assert set(itertools.chain(*times)) <= set(every)
    later: dict[str, Any] = {"from": first.page.one("button", name="from")["value"]}
    second = ask(world, "slots", world.referee(), form=True, timezone=OSLO, **later)
    assert days(second)[0] == "Wednesday 2 December"
    assert on_form(second)[0][0] == later["from"]


def test_the_last_times_lead_no_further(world: Place) -> None:
    said = ask(world, "slots", world.referee(), form=True)
    assert said.page.all("button", name="from") == []


def test_times_stand_at_the_readers_days_and_clock(world: Place) -> None:
    said = ask(world, "slots", world.referee(), form=True, timezone="Australia/Sydney")
    assert days(said) == ["Wednesday 25 November", "Friday 27 November"]
    assert on_form(said)[1] == ["2026-11-27T02:00:00+11:00", "2026-11-27T02:30:00+11:00"]
    assert "Friday 27 November 2:00 2:30" in said.shown


def test_the_zone_that_is_shown_comes_first_and_every_other_can_be_chosen(world: Place) -> None:
    for zone, label in (("Asia/Kathmandu", "Kathmandu time"), ("", "Berlin time")):
        said = ask(world, "slots", world.referee(), form=True, timezone=zone)
        options = said.page.one("select", name="timezone").all("option")
        values = [option["value"] for option in options]
        assert options[0].shown == label
        assert values[0] == (zone or "Europe/Berlin")
        assert "Europe/Berlin" in values[:2]
        assert len(values) == len(set(values)) <= 40
        for value in values:
            again = ask(world, "slots", world.referee(), form=True, timezone=value)
            assert chosen(again, "timezone") == value


def test_what_was_typed_comes_back_as_it_was(world: Place) -> None:
    typed: dict[str, Any] = {
        "name": 'Tomas "T" <Berg>',
        "email": "not yet",
        "company": "Kestrel & Sons",
        "note": "Two\nlines",
    }
    said = ask(world, "slots", world.share(), form=True, medium="linkedin", **typed)
    fields = {name: chosen(said, name) for name in ("name", "email", "company", "medium")}
    assert fields == {name: typed[name] for name in fields if name in typed} | {
        "medium": "linkedin"
    }
    assert said.page.one("textarea", name="note").text.strip() == "Two\nlines"


def test_before_anything_is_typed_a_referee_finds_what_is_known_of_them(world: Place) -> None:
    said = ask(world, "slots", world.referee(), form=True)
    assert (chosen(said, "name"), chosen(said, "company")) == ("Tomas Berg", "Kestrel Ferries")
    assert chosen(said, "email") == ""
    shared = ask(world, "slots", world.share(), form=True)
    assert (chosen(shared, "name"), chosen(shared, "company")) == ("", "")


def test_a_number_is_asked_for_where_the_host_calls(world: Place, tmp_path: Path) -> None:
    assert not ask(world, "slots", world.referee(), form=True).page.all("input", name="phone")
    calls = a_world(tmp_path / "calls")
    said = ask(calls, "slots", calls.referee(), form=True)
    assert said.page.one("input", name="phone").attributes.get("required") == ""
    assert "by phone. Jonas calls you." in said.shown


def test_the_form_knows_when_it_was_made_and_whose_it_is(world: Place) -> None:
    said = ask(world, "slots", world.referee(), form=True)
    assert said.page.one("form", _class="slots")["action"] == "/api/bookings"
    assert chosen(said, "shown") == str(int(NOON.timestamp()))
    assert chosen(said, "token") == world.referee()


def test_the_way_back_stays_the_link_of_its_medium(world: Place) -> None:
    code = world.known().holders.code(world.known().bundle.advocates[0])
    back = {"linkedin": f"/r/{code}/?v=linkedin", "forward": f"/r/{code}/?v=forward"}
    for medium, href in (back | {"": f"/r/{code}/", "made-up": f"/r/{code}/"}).items():
        said = ask(world, "slots", world.share(), form=True, medium=medium)
        assert said.page.one("p", _class="back").one("a")["href"] == href


def test_where_there_is_no_time_the_host_can_be_written_to(world: Place) -> None:
    token = world.referee()
    after: dict[str, Any] = {"from": "2026-11-30T00:00:00Z"}
    assert ask(world, "slots", token, **after).json["slots"] == []
    said = ask(world, "slots", token, form=True, **after)
    assert said.status == 200
    assert said.title == "Jonas has no free time for now."
    assert "jonas@leeway.example" in said.shown


def test_a_form_with_nonsense_in_it_still_shows_the_times(world: Place) -> None:
    nonsense: dict[str, Any] = {
        "from": "tomorrow",
        "to": "never",
        "timezone": "x" * 90,
        "medium": "<b>",
    }
    said = ask(world, "slots", world.share(), form=True, name="n" * 300, **nonsense)
    assert said.status == 200
    assert days(said) == ["Wednesday 25 November", "Thursday 26 November"]
    assert chosen(said, "name") == "n" * 200
    assert ask(world, "slots", world.share(), **nonsense).status == 422


def test_a_form_speaks_the_language_of_its_page(tmp_path: Path) -> None:
    world = a_world(
        tmp_path, locales=("ar", "de"), referees=[referee(locale="de"), referee("r-2", locale="ar")]
    )
    german = ask(world, "slots", world.referee(), form=True)
    assert days(german)[0] == "Mittwoch, 25. November"
    arabic = ask(world, "slots", world.referee("r-2"), form=True)
    assert arabic.page.one("html")["dir"] == "rtl"
    assert "\u2068Jonas\u2069" in arabic.title, "a Latin name stands by itself in Arabic"


# --- To move a meeting --------------------------------------------------------------------------


def test_to_move_a_meeting_its_own_time_is_free_but_not_its_very_start(tmp_path: Path) -> None:
    jonas = hosts(jonas={"hours": ["Thu 09:00-12:00"]})
    meeting = {"minutes": 45, "buffer_before": 5, "buffer_after": 15, "horizon_days": 5}
    world = a_world(tmp_path, program={"booking": {"hosts": jonas} | meeting})
    every = starts(ask(world, "slots", world.referee()))
    assert len(every) == 5
    assert book(world, world.referee(), every[2]).status == 201
    assert starts(ask(world, "slots", world.share())) == [], "nobody else has any"
    moving = starts(ask(world, "slots", world.referee(), change=True))
    assert moving == [every[0], every[1], every[3], every[4]]


def test_the_form_to_move_says_what_stays_and_asks_for_nothing_else(world: Place) -> None:
    start = starts(ask(world, "slots", world.referee(), timezone=OSLO))[0]
    book(world, world.referee(), start, timezone=OSLO)
    said = ask(world, "slots", world.referee(), form=True, change="1")
    assert said.title == "Another time with Jonas"
    assert "Wednesday 25 November, 13:00, Oslo time stays as it is" in said.shown
    assert said.page.one("form", _class="slots")["action"] == "/api/bookings/change"
    assert chosen(said, "timezone") == OSLO, "the zone in which it was booked"
    assert chosen(said, "change") == "1"
    assert not said.page.all("input", name="email")


def test_who_has_no_meeting_to_move_is_shown_how_to_come_to_one(world: Place) -> None:
    said = ask(world, "slots", world.referee(), form=True, change="1")
    assert (said.status, said.title) == (200, "No meeting is booked.")
    assert said.page.one("form", action="/api/slots").one("button").shown == (
        "Pick a time with Jonas"
    )
    data = ask(world, "slots", world.referee(), change=True)
    assert (data.status, data.json["code"]) == (409, "conflict")


def test_a_share_page_has_no_meeting_to_move(world: Place) -> None:
    assert len(starts(ask(world, "slots", world.share(), change=True))) == 4


def test_somebody_introduced_a_moment_ago_has_times_too(world: Place) -> None:
    assert len(starts(ask(world, "slots", introduced(world)))) == 4


def test_an_advocates_own_page_has_no_times(world: Place) -> None:
    assert ask(world, "slots", world.advocate()).status == 404


# --- Where clocks change ------------------------------------------------------------------------

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Sydney")
_numbers = itertools.count(1)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def works(draw: st.DrawFn) -> Host:
    """A host in one of the zones, with working hours of any length."""
    spans = []
    for _ in range(draw(st.integers(1, 3))):
        start, end = sorted(draw(st.tuples(*[st.integers(0, 96)] * 2)))
        if start < end:
            on = draw(st.sampled_from(["Sat-Mon", "Sun", "Mon-Fri", "Mon-Sun"]))
            spans.append(f"{on} {clock(start * 15)}-{clock(end * 15)}")
    number, zone = next(_numbers), draw(st.sampled_from(ZONES))
    return Host(f"h-{number}", "Jonas", "", "j@leeway.example", hours=tuple(spans), timezone=zone)


@pytest.fixture(scope="module")
def anywhere(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return a_world(tmp_path_factory.mktemp("anywhere"))


def booked(world: Place, host: Host, starts: list[datetime], program: Booking) -> list[Span]:
    """Meetings of the host, as others booked them; what they take of the host's time."""
    spans = []
    for start in starts:
        slot = Slot(start, start + timedelta(minutes=program.minutes))
        number = next(_numbers)
        meeting = Meeting(
            f"m-{number}", "", f"r-{number}", "a-1", host.id, *slot, "UTC",
            held=held(program, slot),
        )  # fmt: skip
        event = Event(f"e-{number}", "leeway", BOOKED, NOON)
        with suppress(SlotTaken):
            world.ledger.book(event, meeting, None, Actor("advocate:a-1"))
            spans.append(meeting.span)
    return spans


@settings(max_examples=60)
@given(st.data())
def test_times_are_those_of_a_minute_by_minute_look_where_clocks_change(
    anywhere: Place, data: st.DataObject
) -> None:
    draw = data.draw
    _, change = draw(st.sampled_from(CHANGES))
    host, reader = draw(works()), ZoneInfo(draw(st.sampled_from(ZONES)))
    program = Booking(
        (host,),
        draw(st.sampled_from([15, 25, 60])),
        buffer_before=draw(st.sampled_from([0, 5, 20])),
        buffer_after=draw(st.sampled_from([0, 10])),
        notice_hours=draw(st.sampled_from([0, 3])),
        horizon_days=draw(st.sampled_from([1, 2, 28])),
    )
    now = change - draw(st.integers(0, 20)) * HOUR
    start, end = now + draw(st.integers(-9, 9)) * HOUR, now + draw(st.integers(0, 45)) * HOUR
    nearby = st.lists(st.integers(-100, 200), max_size=4)
    busy = [(change + n * MINUTES, change + (n + 5) * MINUTES) for n in draw(nearby)]
    world = with_hosts(anywhere, host, **_settings(program))
    taken = booked(world, host, [change + n * MINUTES for n in draw(nearby)], program)
    world = replace(world, clock=lambda: now, busy=lambda _host: busy)
    window: dict[str, Any] = {"from": start.astimezone(reader).isoformat(), "to": end.isoformat()}
    said = ask(world, "slots", world.share(), timezone=reader.key, **window)
    expected = by_brute_force(program, host, busy, taken, now, max(start, now), end)
    assert said.json["slots"] == [
        {"start": s.astimezone(reader).isoformat(), "end": e.astimezone(reader).isoformat()}
        for s, e in expected
    ]
    shown = ask(world, "slots", world.share(), form=True, timezone=reader.key, **window)
    by_day = itertools.groupby(expected, lambda slot: slot.start.astimezone(reader).date())
    assert [len(times) for times in on_form(shown)] == [
        min(len(list(slots)), 5) for _, slots in by_day
    ][:5]


def _settings(program: Booking) -> dict[str, int]:
    names = ("minutes", "buffer_before", "buffer_after", "notice_hours", "horizon_days")
    return {name: getattr(program, name) for name in names}
