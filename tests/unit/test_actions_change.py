"""A meeting moved and called off: the same meeting for good, and only from its own page."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infra.local.gateway import Request
from passalong.events import BOOKED, CANCELLED, RESCHEDULED, REVOKED, Event
from tests.desk import (
    OSLO,
    book,
    change,
    chosen,
    free,
    hosts,
    meeting_of,
    on_form,
    problems,
    with_hosts,
)
from tests.programs import referee
from tests.worlds import NOON, Place, a_world, ask, send

LINK = "https://meet.leeway.example/jonas"


@pytest.fixture
def world(tmp_path: Path) -> Place:
    """Tomas meets Jonas on Wednesday at one; Jonas works on Wednesdays and Thursdays."""
    jonas = hosts(jonas={"hours": ["Wed-Thu 09:00-14:00"], "link": LINK})
    rows = [referee(), referee("r-2", "Ida Lund")]
    made = a_world(tmp_path, referees=rows, program={"booking": {"hosts": jonas}})
    assert book(made, made.referee(), "2026-11-25T13:00:00+01:00").status == 201
    return made


def shown(world: Place, token: str, action: str, start: str = "") -> str:
    """What the page says that answers a form."""
    said = ask(world, "bookings/change", token, form=True, action=action, start=start)
    return f"{said.status} {said.shown}"


# --- Moved --------------------------------------------------------------------------------------


def test_a_moved_meeting_is_the_same_at_another_time(world: Place) -> None:
    before, at_one = meeting_of(world), free(world)
    said = change(world, world.referee(), "reschedule", "2026-11-26T09:30:00+01:00")
    start = datetime.fromisoformat("2026-11-26T09:30:00+01:00")
    after = meeting_of(world)
    assert after == replace(
        before,
        start=start,
        end=start + timedelta(minutes=25),
        held=(start, start + timedelta(minutes=35)),
        sequence=1,
    )
    assert said.status == 200
    assert said.json == {
        "id": before.id,
        "start": "2026-11-26T09:30:00+01:00",
        "end": "2026-11-26T09:55:00+01:00",
        "url": f"{world.address}/p/{world.known().holders.key('referee', 'r-1')}/",
        "status": "booked",
    }
    booked, moved = world.events()
    assert (booked.type, moved.type) == (BOOKED, RESCHEDULED)
    assert (moved.referral, moved.referee, moved.advocate) == (booked.referral, "r-1", "a-1")
    assert moved.data == {
        "meeting": before.id,
        "host": "jonas",
        "start": "2026-11-26T08:30:00+00:00",
        "end": "2026-11-26T08:55:00+00:00",
    }
    assert "2026-11-25T13:00:00+01:00" in set(free(world)) - set(at_one)


def test_the_form_is_answered_with_the_new_time_and_nothing_that_was_typed(world: Place) -> None:
    page = shown(world, world.referee(), "reschedule", "2026-11-26T09:30:00+01:00")
    assert page.startswith("200 It is moved. The new time is on its way to your mail")
    assert "Thursday 26 November, 9:30, Oslo time" in page
    assert "kestrel.example" not in page
    assert "22 33" not in page


def test_the_zone_goes_with_the_reader(world: Place) -> None:
    start = "2026-11-26T09:30:00+01:00"
    change(world, world.referee(), "reschedule", start, timezone="America/New_York")
    assert meeting_of(world).timezone == "America/New_York"
    change(world, world.referee(), "reschedule", "2026-11-26T09:00:00+01:00", timezone="")
    assert meeting_of(world).timezone == "America/New_York"


def test_a_meeting_can_be_moved_onto_its_own_time(tmp_path: Path) -> None:
    jonas = hosts(jonas={"hours": ["Thu 09:00-11:00"], "link": LINK})
    hour = {"minutes": 60, "buffer_after": 30, "horizon_days": 5}
    world = a_world(tmp_path, program={"booking": {"hosts": jonas} | hour})
    nine, half_past, ten = free(world)
    book(world, world.referee(), nine)
    assert free(world) == []
    assert free(world, world.referee(), change=True) == [half_past, ten]
    assert change(world, world.referee(), "reschedule", half_past).json["start"] == half_past
    assert free(world) == []
    assert free(world, world.referee(), change=True) == [nine, ten]


def test_a_move_that_is_sent_twice_is_one(world: Place) -> None:
    start = "2026-11-26T09:30:00+01:00"
    for given in {}, {"id": "press-1"}:
        first = change(world, world.referee(), "reschedule", start, **given)
        again = change(world, world.referee(), "reschedule", start, **given)
        assert (again.status, again.json) == (first.status, first.json)
    assert meeting_of(world).sequence == 1
    assert [event.type for event in world.events()] == [BOOKED, RESCHEDULED]


def test_a_move_with_an_id_is_not_made_again_after_another(world: Place) -> None:
    first, second = "2026-11-26T09:30:00+01:00", "2026-11-26T11:30:00+01:00"
    change(world, world.referee(), "reschedule", first, id="press-1")
    change(world, world.referee(), "reschedule", second, id="press-2")
    again = change(world, world.referee(), "reschedule", first, id="press-1")
    assert again.json["start"] == second
    assert meeting_of(world).sequence == 2


def test_there_and_back_within_a_minute_is_meant(world: Place) -> None:
    first, second = "2026-11-26T09:30:00+01:00", "2026-11-25T13:00:00+01:00"
    for start in first, second, first:
        assert change(world, world.referee(), "reschedule", start).json["start"] == start
    assert meeting_of(world).sequence == 3


def test_a_time_that_somebody_took_is_answered_with_others(world: Place) -> None:
    taken = "2026-11-26T09:30:00+01:00"
    assert book(world, world.referee("r-2"), taken).status == 201
    before = meeting_of(world)
    said = change(world, world.referee(), "reschedule", taken)
    assert (said.status, said.json["code"]) == (409, "taken")
    offered = [slot["start"] for slot in said.json["slots"]]
    assert offered == free(world, world.referee(), change=True)
    form = ask(world, "bookings/change", world.referee(), form=True, action="reschedule",
               start=taken)  # fmt: skip
    assert (form.status, form.title) == (409, "Another time with Jonas")
    assert problems(form) == ["That time has just gone. These are free."]
    assert form.page.one("form", _class="slots")["action"] == "/api/bookings/change"
    assert chosen(form, "timezone") == OSLO
    assert on_form(form)[0][0].startswith("2026-11-26")
    assert meeting_of(world) == before


@pytest.mark.parametrize(
    "start", ["2026-11-24T13:30:00+01:00", "2026-11-26T03:00:00+01:00", "2999-12-31T00:00:00Z"]
)
def test_a_meeting_moves_only_to_times_that_are_offered(world: Place, start: str) -> None:
    before = meeting_of(world)
    assert change(world, world.referee(), "reschedule", start).status == 409
    assert meeting_of(world) == before


@pytest.mark.parametrize("start", ["", "tomorrow"])
def test_without_a_time_the_form_is_shown_again(world: Place, start: str) -> None:
    said = ask(world, "bookings/change", world.referee(), form=True, action="reschedule",
               start=start)  # fmt: skip
    assert said.status == 422
    assert problems(said) == ["Please choose a time."]
    data = ask(world, "bookings/change", world.referee(), action="reschedule", start=start)
    assert (data.status, list(data.json["errors"])) == (422, ["start"])
    assert meeting_of(world).sequence == 0


def test_a_meeting_stays_its_hosts_and_of_one_who_left_it_is_another_ones(world: Place) -> None:
    jonas = world.known().program.booking.hosts[0]
    aoife = replace(jonas, id="aoife", name="Aoife Brennan", regions=("Nordics",))
    both = with_hosts(world, aoife, jonas)
    assert change(both, both.referee(), "reschedule", "2026-11-26T09:30:00+01:00").status == 200
    assert meeting_of(both).host == "jonas"
    gone = with_hosts(world, aoife)
    assert shown(gone, gone.referee(), "reschedule", "2026-11-26T11:00:00+01:00").startswith("200")
    assert meeting_of(gone).host == "aoife"
    week = NOON, NOON + timedelta(days=7)
    assert gone.ledger.taken("jonas", *week) == []
    assert len(gone.ledger.taken("aoife", *week)) == 1


# --- Called off ---------------------------------------------------------------------------------


def test_a_cancelled_meeting_frees_its_time_and_another_can_be_booked(world: Place) -> None:
    said = change(world, world.referee(), "cancel")
    assert (said.status, said.json["status"]) == (200, "cancelled")
    meeting = meeting_of(world)
    assert (meeting.id, meeting.status, meeting.sequence) == (said.json["id"], "cancelled", 1)
    assert "2026-11-25T13:00:00+01:00" in free(world)
    (_, event) = world.events()
    assert (event.type, event.referral) == (CANCELLED, meeting.referral)
    assert event.data["meeting"] == meeting.id
    again = book(world, world.referee(), "2026-11-25T13:30:00+01:00")
    assert again.status == 201
    assert again.json["id"] != meeting.id


def test_the_page_of_a_cancelled_meeting_leads_to_free_times(world: Place) -> None:
    said = ask(world, "bookings/change", world.referee(), form=True, action="cancel")
    assert (said.status, said.title) == (200, "The meeting is cancelled.")
    form = said.page.one("form", action="/api/slots")
    sent = {field["name"]: field["value"] for field in form.all("input")}
    times = ask(world, "slots", sent.pop("token"), form=True, **sent)  # type: ignore[arg-type]
    assert times.title == "Pick a time with Jonas"
    assert chosen(times, "timezone") == OSLO


@pytest.mark.parametrize("given", [{}, {"id": "press-1"}])
def test_a_meeting_cancelled_twice_is_cancelled_once(world: Place, given: dict[str, str]) -> None:
    first = change(world, world.referee(), "cancel", **given)
    world.time.wait(minutes=9)
    second = change(world, world.referee(), "cancel", **given)
    assert (second.status, second.json) == (first.status, first.json)
    assert meeting_of(world).sequence == 1
    assert len(world.events()) == 2


def test_a_meeting_that_has_begun_can_be_called_off_and_one_that_is_over_cannot(
    world: Place,
) -> None:
    world.time.now = meeting_of(world).end
    page = "200 No meeting is booked. This meeting is over. If you want another, write to Jonas."
    for action in "cancel", "reschedule":
        assert shown(world, world.referee(), action, "2026-11-26T13:30:00+01:00").startswith(page)
        said = change(world, world.referee(), action, "2026-11-26T13:30:00+01:00")
        assert (said.status, said.json["detail"]) == (409, "The meeting is over.")
    assert meeting_of(world).status == "booked"
    world.time.wait(minutes=-1)
    assert change(world, world.referee(), "cancel").status == 200


@pytest.mark.parametrize("action", ["cancel", "reschedule"])
def test_who_has_no_meeting_is_told_so(world: Place, action: str) -> None:
    token, start = world.referee("r-2"), "2026-11-26T09:30:00+01:00"
    said = change(world, token, action, start)
    assert (said.status, said.json["code"]) == (409, "conflict")
    assert shown(world, token, action, start).startswith("200 No meeting is booked.")
    assert len(world.events()) == 1


def test_a_cancelled_meeting_is_not_moved(world: Place) -> None:
    change(world, world.referee(), "cancel")
    said = change(world, world.referee(), "reschedule", "2026-11-26T09:30:00+01:00")
    assert said.status == 409
    assert meeting_of(world).status == "cancelled"


# --- Whose it is --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["share", "advocate"])
def test_nobody_but_the_referee_changes_a_meeting(world: Place, page: str) -> None:
    token = getattr(world, page)()
    assert change(world, token, "cancel").status == 404
    assert meeting_of(world).status == "booked"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_a_post_changes_a_meeting(world: Place, method: str) -> None:
    said = change_by(world, method)
    assert said == 405
    assert meeting_of(world).sequence == 0


def change_by(world: Place, method: str) -> int:
    request = Request(method, "/api/bookings/change", (("Content-Type", "application/json"),), b"")
    return send(world, request).status


def test_of_a_page_that_was_taken_away_nothing_is_told_and_nothing_changed(world: Place) -> None:
    world.ledger.revoke(Event("e", "leeway", REVOKED, NOON), "referee:r-1")
    for action in "cancel", "reschedule":
        said = change(world, world.referee(), action, "2026-11-26T09:30:00+01:00")
        assert (said.status, said.json["code"]) == (404, "gone")
    assert meeting_of(world).sequence == 0


@pytest.mark.parametrize("action", ["", "remove", "x" * 17])
def test_there_is_nothing_else_to_do_with_a_meeting(world: Place, action: str) -> None:
    assert change(world, world.referee(), action).status == 422
    assert shown(world, world.referee(), action).startswith("422")
    assert meeting_of(world).sequence == 0


def test_a_meeting_is_moved_ten_times_a_day(world: Place) -> None:
    times = ["2026-11-26T09:30:00+01:00", "2026-11-26T11:30:00+01:00"] * 5
    for start in times:
        assert change(world, world.referee(), "reschedule", start).status == 200
    refused = change(world, world.referee(), "reschedule", times[0])
    assert (refused.status, refused.json["code"]) == (429, "limit")
    assert meeting_of(world).sequence == 10
    assert change(world, world.referee(), "cancel").status == 200
