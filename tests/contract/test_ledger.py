"""What every ledger promises, whatever keeps it: see passalong.ledger.port."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import pytest

from passalong.events import (
    BOOKED,
    CANCELLED,
    HIT,
    INTRODUCED,
    PREFERRED,
    REMOVED,
    RESCHEDULED,
    REVOKED,
    SHARED,
    VISITED,
    Money,
)
from passalong.ledger.port import (
    Actor,
    Conflict,
    LedgerError,
    LimitReached,
    NotFound,
    Recorded,
    Removed,
    Revoked,
    SlotTaken,
    Standing,
)
from tests.contract.ledger_samples import (
    HOUR,
    MARIA,
    NOON,
    STEPS,
    TOMAS,
    TOMORROW,
    Desk,
    a_delivery,
    a_meeting,
    a_person,
    everything,
    moved,
    steps,
)

# --- Events -----------------------------------------------------------------------------------


def test_an_event_comes_back_as_it_went_in(desk: Desk) -> None:
    event = desk.event(
        "referral.won",
        at=datetime(2026, 3, 29, 3, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2))),
        referee="tomas",
        referral="maria-kestrel",
        medium="linkedin",
        variant="b",
        evidence="personal-link",
        classification="person",
        amount=Money(199_999, "EUR"),
        data={"meeting": "m1", "reason": "»quoted« \x00 \U0001f9ed"},
    )
    assert desk.ledger.file(event) == Recorded(event, fresh=True)
    (kept,) = desk.events()
    assert kept == event
    assert kept.at.utcoffset() == timedelta()


def test_a_moment_without_a_zone_is_refused(desk: Desk) -> None:
    with pytest.raises(TypeError):
        desk.ledger.file(desk.event(at=datetime(2026, 11, 23, 12, 0)))
    assert desk.events() == []


def test_an_event_of_another_program_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="another"):
        desk.ledger.file(replace(desk.event(), program="another"))


def test_programs_do_not_see_each_other(desk: Desk, open_desk: Callable[[str], Desk]) -> None:
    other = open_desk(f"another than {desk.program}")
    same_id = desk.event(INTRODUCED, id="one", referee="tomas")
    assert desk.ledger.introduce(same_id, a_person(), MARIA).fresh
    desk.book(a_meeting(TOMORROW))
    desk.ledger.revoke(desk.event(REVOKED), "advocate:maria")
    desk.ledger.expect([a_delivery("d")])
    desk.ledger.advance("relay", "5")
    assert other.events() == []
    assert other.ledger.events_of("maria") == []
    assert list(other.ledger.people()) == []
    assert other.ledger.standings() == {}
    assert other.ledger.meeting_of("tomas") is None
    assert other.ledger.taken("jonas", TOMORROW, TOMORROW + HOUR) == []
    assert other.ledger.due(TOMORROW, 9) == []
    assert other.ledger.cursor("relay") == ""
    assert other.ledger.file(replace(same_id, program=other.program)).fresh


def test_events_come_in_the_order_in_which_they_came_in(desk: Desk) -> None:
    ids = []
    for number in range(20):
        # What happened, and how the ids sort, has nothing to do with it.
        event = desk.event(HIT, id=f"{number * 7 % 20:02d}", at=NOON - number * HOUR)
        ids.append(desk.ledger.file(event).event.id)
    assert desk.ids() == ids


def test_a_reader_goes_on_from_its_cursor(desk: Desk) -> None:
    ids = [desk.ledger.file(desk.event(HIT)).event.id for _ in range(5)]
    desk.clock.forward(minutes=1)
    first, cursor = desk.ledger.after("", 3)
    second, end = desk.ledger.after(cursor, 3)
    assert [event.id for event in [*first, *second]] == ids
    assert desk.ledger.after(end, 3) == ([], end)
    later = desk.ledger.file(desk.event(HIT)).event
    desk.clock.forward(minutes=1)
    assert desk.ledger.after(end, 3)[0] == [later]


def test_an_advocates_events_come_oldest_first(desk: Desk) -> None:
    late = desk.ledger.file(desk.event(at=NOON + HOUR)).event
    early = desk.ledger.file(desk.event(at=NOON - HOUR)).event
    desk.ledger.file(desk.event(advocate="samuel"))
    assert desk.ledger.events_of("maria") == [early, late]
    assert desk.ledger.events_of("nobody") == []


def test_many_events_come_back_whole(desk: Desk) -> None:
    """More than one answer of a storage holds (DynamoDB ends a page at 1 MB)."""
    long = {"words": "x" * 50_000}
    ids = [desk.ledger.file(desk.event(HIT, data=long)).event.id for _ in range(30)]
    assert [event.id for event in desk.ledger.events_of("maria")] == ids
    desk.clock.forward(minutes=1)
    events, _ = desk.ledger.after("", 29)
    assert [event.id for event in events] == ids[:29]


# --- Done again, refused, and counted -----------------------------------------------------------


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("subject", ["advocate:maria", "referee:tomas"])
def test_a_step_done_again_changes_nothing_and_answers_as_it_did(
    desk: Desk, name: str, subject: str
) -> None:
    kind, step = steps(desk)[name]
    event, actor = desk.event(kind, referee="tomas"), Actor(subject, limit=9)
    assert step(event, actor) == Recorded(event, fresh=True)
    then = everything(desk)
    # The client tries again, a little later: the id is the same and the time is not.
    again = replace(event, at=event.at + timedelta(seconds=3))
    assert step(again, actor) == Recorded(event, fresh=False)
    assert everything(desk) == then


@pytest.mark.parametrize("name", STEPS)
def test_a_step_done_again_answers_as_it_did_whatever_happened_since(desk: Desk, name: str) -> None:
    kind, step = steps(desk)[name]
    event = desk.event(kind, referee="tomas")
    step(event, Actor("advocate:maria", limit=1))
    desk.ledger.revoke(desk.event(REVOKED), "advocate:maria")
    assert step(event, Actor("advocate:maria", limit=1)) == Recorded(event, fresh=False)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("subject", ["advocate:maria", "referee:tomas"])
def test_a_page_that_was_taken_away_does_nothing(desk: Desk, name: str, subject: str) -> None:
    kind, step = steps(desk)[name]
    desk.ledger.revoke(desk.event(REVOKED), subject)
    then = everything(desk)
    with pytest.raises(Revoked):
        step(desk.event(kind, referee="tomas"), Actor(subject))
    assert everything(desk) == then


@pytest.mark.parametrize("name", STEPS)
def test_only_the_newest_revision_of_a_page_acts(desk: Desk, name: str) -> None:
    kind, step = steps(desk)[name]
    desk.ledger.renew(desk.event(REVOKED), "advocate:maria")
    desk.ledger.renew(desk.event(REVOKED), "advocate:maria")
    then = everything(desk)
    for revision in (0, 1, 3):
        with pytest.raises(Revoked):
            step(desk.event(kind, referee="tomas"), Actor("advocate:maria", revision))
    assert everything(desk) == then
    assert step(desk.event(kind, referee="tomas"), Actor("advocate:maria", 2)).fresh


@pytest.mark.parametrize("name", STEPS)
def test_what_is_over_the_days_limit_does_nothing(desk: Desk, name: str) -> None:
    kind, step = steps(desk)[name]
    actor = Actor("advocate:maria", limit=2)
    for _ in range(2):
        desk.ledger.record(desk.event(kind, referee="tomas"), actor)
    then = everything(desk)
    with pytest.raises(LimitReached):
        step(desk.event(kind, referee="tomas"), actor)
    assert everything(desk) == then


def test_limits_are_by_subject_type_and_day_in_utc(desk: Desk) -> None:
    midnight = datetime(2026, 11, 24, tzinfo=UTC)
    maria, samuel = Actor("advocate:maria", limit=1), Actor("advocate:samuel", limit=1)
    record = desk.ledger.record
    assert record(desk.event(SHARED, at=midnight - timedelta(microseconds=1)), maria).fresh
    berlin = timezone(HOUR)  # where it is the next day already
    with pytest.raises(LimitReached):
        record(desk.event(SHARED, at=(midnight - HOUR).astimezone(berlin)), maria)
    assert record(desk.event(SHARED, at=midnight), maria).fresh
    assert record(desk.event(SHARED, at=midnight), samuel).fresh
    assert record(desk.event(HIT, at=midnight), maria).fresh


def test_without_a_limit_nothing_is_counted(desk: Desk) -> None:
    for _ in range(5):
        desk.ledger.record(desk.event(), Actor("advocate:maria"))
    assert desk.ledger.record(desk.event(), Actor("advocate:maria", limit=1)).fresh


def test_what_was_done_before_counts_once(desk: Desk) -> None:
    actor = Actor("advocate:maria", limit=2)
    event = desk.event()
    for _ in range(5):
        desk.ledger.record(event, actor)
    assert desk.ledger.record(desk.event(), actor).fresh


def test_a_revoked_page_is_told_so_before_its_limit(desk: Desk) -> None:
    actor = Actor("advocate:maria", limit=1)
    desk.ledger.record(desk.event(), actor)
    desk.ledger.revoke(desk.event(REVOKED), "advocate:maria")
    with pytest.raises(Revoked):
        desk.ledger.record(desk.event(), actor)


# --- People -------------------------------------------------------------------------------------


def test_an_introduced_person_is_kept_with_all_that_was_said(desk: Desk) -> None:
    person = a_person(
        email="t@kestrel.example",
        company="Kestrel",
        role="COO",
        locale="de",
        reason="He “waits” – 日本語",
        phone="+49 40 1",
        industry="shipping",
        region="Nordics",
        note="call me",
        referral="maria-kestrel",
    )
    desk.ledger.introduce(desk.event(INTRODUCED), person, MARIA)
    assert desk.ledger.person("tomas") == person
    assert list(desk.ledger.people()) == [person]


def test_nobody_is_known_who_was_not_named(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.ledger.person("tomas")
    assert list(desk.ledger.people()) == []


def test_the_same_person_again_changes_nothing(desk: Desk) -> None:
    actor = Actor("advocate:maria", limit=1)
    first = desk.event(INTRODUCED, referee="tomas")
    desk.ledger.introduce(first, a_person(), actor)
    then = everything(desk)
    again = desk.ledger.introduce(desk.event(INTRODUCED), a_person(reason="other"), actor)
    assert again == Recorded(first, fresh=False)
    assert everything(desk) == then


def test_people_are_many(desk: Desk) -> None:
    for number in range(30):
        person = a_person(f"p{number:02d}", reason="x" * 50_000)
        desk.ledger.introduce(desk.event(INTRODUCED), person, MARIA)
    assert [person.id for person in desk.ledger.people()] == [f"p{n:02d}" for n in range(30)]


def test_who_is_removed_is_gone_for_good(desk: Desk) -> None:
    desk.ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA)
    desk.ledger.remove(desk.event(REMOVED), "tomas", TOMAS)
    with pytest.raises(NotFound):
        desk.ledger.person("tomas")
    assert list(desk.ledger.people()) == []
    assert desk.ledger.unopened(TOMORROW) == []
    assert desk.ledger.standings() == {"referee:tomas": Standing(revoked=True)}
    then = everything(desk)
    with pytest.raises(Removed):
        desk.ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA)
    with pytest.raises(Removed):
        desk.ledger.book(desk.event(BOOKED), a_meeting(NOON), a_person(), MARIA)
    assert everything(desk) == then


def test_somebody_unknown_can_be_removed(desk: Desk) -> None:
    """People of the content folder have pages too, and no record in the ledger."""
    assert desk.ledger.remove(desk.event(REMOVED), "tomas").fresh
    assert desk.ledger.standing(["referee:tomas"])["referee:tomas"].revoked
    with pytest.raises(Removed):
        desk.ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA)


def test_who_was_removed_under_one_id_is_not_introduced_under_another(desk: Desk) -> None:
    """Somebody who is not to be asked again may be known to another advocate by another id."""
    desk.ledger.remove(desk.event(REMOVED), "who-tomas")
    then = everything(desk)
    with pytest.raises(Removed):
        desk.ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA, unless="who-tomas")
    assert everything(desk) == then
    assert desk.ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA, unless="who-ana").fresh


def test_who_is_forgotten_may_be_introduced_again(desk: Desk) -> None:
    desk.ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA)
    desk.ledger.forget(desk.event(REMOVED), "tomas")
    assert list(desk.ledger.people()) == []
    assert desk.ledger.standings() == {}
    again = a_person(since=TOMORROW)
    assert desk.ledger.introduce(desk.event(INTRODUCED), again, MARIA).fresh
    assert desk.ledger.person("tomas") == again


def test_what_happened_stays_when_somebody_is_removed(desk: Desk) -> None:
    introduced = desk.event(INTRODUCED, referee="tomas")
    removed = desk.event(REMOVED, referee="tomas")
    desk.ledger.introduce(introduced, a_person(), MARIA)
    desk.ledger.remove(removed, "tomas")
    assert desk.events() == [introduced, removed]


# --- Visits -------------------------------------------------------------------------------------


def test_two_beacons_within_an_hour_are_one_visit(desk: Desk) -> None:
    visit = desk.ledger.visit
    first = desk.event(VISITED)
    assert visit(first, "visitor", 3600, MARIA).fresh
    soon = desk.event(VISITED, at=NOON + HOUR - timedelta(microseconds=1))
    assert visit(soon, "visitor", 3600, MARIA) == Recorded(first, fresh=False)
    assert visit(desk.event(VISITED), "another", 3600, MARIA).fresh
    later = desk.event(VISITED, at=NOON + HOUR)
    assert visit(later, "visitor", 3600, MARIA).fresh
    assert not visit(desk.event(VISITED, at=NOON + HOUR), "visitor", 3600, MARIA).fresh
    assert len(desk.events()) == 3


def test_a_beacon_that_is_no_visit_counts_nothing(desk: Desk) -> None:
    actor = Actor("advocate:maria", limit=2)
    for _ in range(5):
        desk.ledger.visit(desk.event(VISITED), "visitor", 3600, actor)
    assert desk.ledger.visit(desk.event(VISITED), "another", 3600, actor).fresh
    with pytest.raises(LimitReached):
        desk.ledger.visit(desk.event(VISITED), "a third", 3600, actor)


def test_an_expired_visitor_is_new_though_still_stored(desk: Desk) -> None:
    """DynamoDB deletes what expired within days, not at once: the time decides."""
    for hours in range(0, 200, 7):
        event = desk.event(VISITED, at=NOON + hours * HOUR)
        assert desk.ledger.visit(event, "visitor", 3600, MARIA).fresh


def test_the_first_visit_to_a_persons_own_page_opens_it(desk: Desk) -> None:
    desk.ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA)
    desk.ledger.visit(desk.event(VISITED), "on the share page", 3600, MARIA)
    assert desk.ledger.person("tomas").opened is None
    for hours in (1, 5):
        event = desk.event(VISITED, at=NOON + hours * HOUR, referee="tomas")
        desk.ledger.visit(event, "tomas", 3600, TOMAS)
    assert desk.ledger.person("tomas").opened == NOON + HOUR


def test_a_visit_makes_nobody_known(desk: Desk) -> None:
    """People of the content folder have pages too, and no record in the ledger."""
    desk.ledger.visit(desk.event(VISITED, referee="tomas"), "tomas", 3600, TOMAS)
    assert list(desk.ledger.people()) == []
    with pytest.raises(NotFound):
        desk.ledger.person("tomas")
    assert desk.ledger.unopened(TOMORROW) == []
    assert desk.ledger.introduce(desk.event(INTRODUCED), a_person(), MARIA).fresh
    assert desk.ledger.person("tomas").opened == NOON


def test_unopened_are_the_introduced_whose_time_ran_out(desk: Desk) -> None:
    introduce, visit = desk.ledger.introduce, desk.ledger.visit
    for name, hours in {"second": 2, "first": 1, "young": 3, "opened": 1, "removed": 1}.items():
        introduce(desk.event(INTRODUCED), a_person(name, since=NOON + hours * HOUR), MARIA)
    visit(desk.event(VISITED, referee="opened"), "v", 3600, Actor("referee:opened"))
    desk.ledger.remove(desk.event(REMOVED), "removed")
    by_booking = a_person("booked", origin="booking")
    desk.ledger.book(desk.event(BOOKED), a_meeting(TOMORROW), by_booking, MARIA)
    assert [p.id for p in desk.ledger.unopened(NOON + 3 * HOUR)] == ["first", "second"]


# --- What is decided about somebody -------------------------------------------------------------


def test_preferences_are_merged_and_taken_back(desk: Desk) -> None:
    prefer, asked = desk.ledger.prefer, ["advocate:maria", "advocate:samuel"]
    prefer(desk.event(PREFERRED), {"stop": "yes", "not_now_until": "2027-01-01"}, MARIA)
    prefer(desk.event(PREFERRED), {"stop": "", "revision": "a name like another"}, MARIA)
    expected = Standing(
        preferences={"not_now_until": "2027-01-01", "revision": "a name like another"}
    )
    assert desk.ledger.standing(asked) == {asked[0]: expected, asked[1]: Standing()}
    assert desk.ledger.standings() == {asked[0]: expected}


def test_nothing_decided_is_not_told(desk: Desk) -> None:
    desk.ledger.prefer(desk.event(PREFERRED), {"stop": "yes"}, MARIA)
    desk.ledger.prefer(desk.event(PREFERRED), {"stop": "", "silent": ""}, MARIA)
    desk.ledger.prefer(desk.event(PREFERRED), {}, MARIA)
    assert desk.ledger.standings() == {}
    assert len(desk.events()) == 3


def test_a_renewed_page_lives_at_its_next_revision(desk: Desk) -> None:
    desk.ledger.prefer(desk.event(PREFERRED), {"stop": "yes"}, MARIA)
    desk.ledger.revoke(desk.event(REVOKED), "advocate:maria")
    revoked = Standing(0, revoked=True, preferences={"stop": "yes"})
    assert desk.ledger.standings() == {"advocate:maria": revoked}
    desk.ledger.renew(desk.event(REVOKED), "advocate:maria")
    assert desk.ledger.standings() == {
        "advocate:maria": replace(revoked, revision=1, revoked=False)
    }
    assert desk.ledger.record(desk.event(), Actor("advocate:maria", 1)).fresh


def test_standings_are_many(desk: Desk) -> None:
    subjects = [f"referee:{number:03d}" for number in range(105)]
    for subject in subjects:
        desk.ledger.revoke(desk.event(REVOKED), subject)
    assert list(desk.ledger.standings()) == subjects
    standings = desk.ledger.standing([*subjects, *subjects, "referee:free"])
    assert [s for s, standing in standings.items() if not standing.revoked] == ["referee:free"]
    assert desk.ledger.standing([]) == {}


# --- Meetings -----------------------------------------------------------------------------------


def test_a_booked_meeting_is_the_referees(desk: Desk) -> None:
    meeting = a_meeting(TOMORROW, medium="linkedin", held=(TOMORROW - HOUR, TOMORROW + HOUR))
    desk.book(meeting)
    assert desk.ledger.meeting_of("tomas") == meeting
    assert desk.ledger.meeting_of("somebody") is None


def test_a_meeting_takes_every_cell_that_it_touches(desk: Desk) -> None:
    def at(hour: int, minute: int) -> datetime:
        return TOMORROW.replace(hour=hour, minute=minute)

    desk.book(a_meeting(at(9, 0), 30, referee="a"))
    desk.book(a_meeting(at(9, 30), 15, referee="b"))
    desk.book(a_meeting(at(11, 2), 7, referee="c"))
    desk.book(a_meeting(at(14, 0), 30, referee="d", held=(at(13, 51), at(14, 39))))
    desk.book(a_meeting(at(9, 0), referee="e", host="aoife"))
    everything_that_day = desk.ledger.taken("jonas", at(0, 0), at(23, 59))
    assert everything_that_day == [
        (at(9, 0), at(9, 30)),
        (at(9, 30), at(9, 45)),
        (at(11, 0), at(11, 10)),
        (at(13, 50), at(14, 40)),
    ]
    assert desk.ledger.taken("jonas", at(9, 28), at(9, 31)) == [
        (at(9, 25), at(9, 30)),
        (at(9, 30), at(9, 35)),
    ]
    assert desk.ledger.taken("jonas", at(9, 45), at(11, 0)) == []
    assert desk.ledger.taken("jonas", at(9, 0), at(9, 0)) == []


def test_taken_time_is_found_over_days_and_weeks(desk: Desk) -> None:
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    over_midnight = a_meeting(midnight - HOUR, 120, referee="a")
    weeks_later = a_meeting(midnight + timedelta(days=40), referee="b")
    desk.book(over_midnight)
    desk.book(weeks_later)
    spans = [over_midnight.span, weeks_later.span]
    assert desk.ledger.taken("jonas", NOON, midnight + timedelta(days=60)) == spans
    assert desk.ledger.taken("jonas", NOON, midnight) == [(midnight - HOUR, midnight)]
    assert desk.ledger.taken("jonas", midnight, midnight + HOUR) == [(midnight, midnight + HOUR)]


@pytest.mark.parametrize(
    ("start", "minutes"), [(-30, 35), (-30, 120), (0, 60), (0, 1), (29, 2), (55, 60), (59, 30)]
)
def test_meetings_of_any_length_do_not_overlap(desk: Desk, start: int, minutes: int) -> None:
    desk.book(a_meeting(TOMORROW, 60, referee="first"))
    then = everything(desk)
    late = a_meeting(TOMORROW + timedelta(minutes=start), minutes, referee="second")
    with pytest.raises(SlotTaken):
        desk.ledger.book(desk.event(BOOKED), late, a_person("second"), Actor("x:y", limit=1))
    assert everything(desk) == then
    assert desk.ledger.record(desk.event(BOOKED), Actor("x:y", limit=1)).fresh


def test_buffers_keep_others_off(desk: Desk) -> None:
    quarter = timedelta(minutes=15)
    desk.book(
        a_meeting(TOMORROW, 30, referee="a", held=(TOMORROW - quarter, TOMORROW + 3 * quarter))
    )
    for start in (TOMORROW - 2 * quarter, TOMORROW + 2 * quarter):
        with pytest.raises(SlotTaken):
            desk.book(a_meeting(start, 30, referee="b"))
    desk.book(a_meeting(TOMORROW - 3 * quarter, 30, referee="b"))
    desk.book(a_meeting(TOMORROW + 3 * quarter, 30, referee="c"))


def test_neighbours_and_other_hosts_are_free(desk: Desk) -> None:
    desk.book(a_meeting(TOMORROW, 30, referee="a"))
    desk.book(a_meeting(TOMORROW + timedelta(minutes=30), 30, referee="b"))
    desk.book(a_meeting(TOMORROW - timedelta(minutes=30), 30, referee="c"))
    desk.book(a_meeting(TOMORROW, 30, referee="d", host="aoife"))


@pytest.mark.parametrize("minutes", [0, -5, 601])
def test_a_meeting_takes_some_time_and_ten_hours_at_most(desk: Desk, minutes: int) -> None:
    with pytest.raises(ValueError, match="10 hours"):
        desk.book(a_meeting(TOMORROW, minutes))
    assert desk.events() == []
    desk.book(a_meeting(TOMORROW, 600))


def test_who_books_is_known_from_then_on(desk: Desk) -> None:
    person = a_person("new", origin="booking", email="new@kestrel.example")
    meeting = a_meeting(TOMORROW, referee="new")
    desk.ledger.book(desk.event(BOOKED), meeting, person, MARIA)
    assert desk.ledger.person("new") == person


def test_who_was_introduced_is_known_better_once_they_book(desk: Desk) -> None:
    introduced = a_person(reason="his gate has a queue")
    desk.ledger.introduce(desk.event(INTRODUCED), introduced, MARIA)
    desk.ledger.visit(desk.event(VISITED, referee="tomas"), "v", 3600, TOMAS)
    now = a_person(
        origin="booking", since=TOMORROW, email="t@kestrel.example", reason=introduced.reason
    )
    desk.ledger.book(desk.event(BOOKED), a_meeting(TOMORROW), now, TOMAS)
    kept = replace(now, origin="introduction", since=NOON, opened=NOON)
    assert desk.ledger.person("tomas") == kept


def test_a_booking_that_somebody_looks_at_first_takes_no_time_and_is_known(desk: Desk) -> None:
    desk.ledger.introduce(desk.event(INTRODUCED), a_person(reason="his gate has a queue"), MARIA)
    now = a_person(since=TOMORROW, email="t@kestrel.example", review=True)
    event, actor = desk.event(BOOKED), Actor("referee:tomas", limit=1)
    assert desk.ledger.book(event, None, now, actor) == Recorded(event, fresh=True)
    assert desk.ledger.book(event, None, now, actor) == Recorded(event, fresh=False)
    assert desk.ledger.person("tomas") == replace(now, since=NOON)
    assert desk.ledger.meeting_of("tomas") is None
    assert desk.ledger.taken("jonas", NOON, TOMORROW) == []
    with pytest.raises(LimitReached):
        desk.ledger.book(desk.event(BOOKED), None, now, actor)
    desk.book(a_meeting(TOMORROW))
    meeting = desk.ledger.meeting_of("tomas")
    desk.ledger.book(desk.event(BOOKED), None, now, TOMAS)
    assert desk.ledger.meeting_of("tomas") == meeting


def test_a_referee_has_one_meeting_to_come(desk: Desk) -> None:
    desk.book(a_meeting(TOMORROW))
    then = everything(desk)
    with pytest.raises(Conflict):
        desk.book(a_meeting(TOMORROW + 5 * HOUR))
    assert everything(desk) == then
    after_it = TOMORROW + timedelta(minutes=30)
    second = a_meeting(after_it + HOUR)
    desk.ledger.book(desk.event(BOOKED, at=after_it), second, None, TOMAS)
    assert desk.ledger.meeting_of("tomas") == second


def test_a_meeting_is_moved(desk: Desk) -> None:
    before = desk.book(a_meeting(TOMORROW, 60))
    after = moved(before, TOMORROW + 24 * HOUR)
    assert desk.ledger.reschedule(desk.event(RESCHEDULED), before, after, TOMAS).fresh
    assert desk.ledger.meeting_of("tomas") == after
    assert desk.ledger.taken("jonas", NOON, NOON + 99 * HOUR) == [after.span]
    desk.book(a_meeting(TOMORROW, 60, referee="next"))


@pytest.mark.parametrize("minutes", [-55, -5, 0, 5, 30, 55])
def test_a_meeting_is_moved_onto_time_of_its_own(desk: Desk, minutes: int) -> None:
    before = desk.book(a_meeting(TOMORROW, 60))
    after = moved(before, TOMORROW + timedelta(minutes=minutes))
    desk.ledger.reschedule(desk.event(RESCHEDULED), before, after, TOMAS)
    assert desk.ledger.taken("jonas", NOON, NOON + 99 * HOUR) == [after.span]


def test_a_meeting_is_moved_over_midnight_and_to_another_host(desk: Desk) -> None:
    midnight = datetime(2026, 12, 1, tzinfo=UTC)
    before = desk.book(a_meeting(midnight - HOUR, 120))
    after = moved(before, midnight - timedelta(minutes=30))
    desk.ledger.reschedule(desk.event(RESCHEDULED), before, after, TOMAS)
    assert desk.ledger.taken("jonas", NOON, midnight + 9 * HOUR) == [after.span]
    elsewhere = moved(after, after.start, host="aoife")
    desk.ledger.reschedule(desk.event(RESCHEDULED), after, elsewhere, TOMAS)
    assert desk.ledger.taken("jonas", NOON, midnight + 9 * HOUR) == []
    assert desk.ledger.taken("aoife", NOON, midnight + 9 * HOUR) == [after.span]


def test_a_meeting_is_not_moved_onto_anothers(desk: Desk) -> None:
    before = desk.book(a_meeting(TOMORROW, 30))
    desk.book(a_meeting(TOMORROW + HOUR, 30, referee="other"))
    then = everything(desk)
    after = moved(before, TOMORROW + timedelta(minutes=35))
    with pytest.raises(SlotTaken):
        desk.ledger.reschedule(desk.event(RESCHEDULED), before, after, TOMAS)
    assert everything(desk) == then


def test_a_cancelled_meeting_frees_its_time(desk: Desk) -> None:
    meeting = desk.book(a_meeting(TOMORROW, 60))
    desk.ledger.cancel(desk.event(CANCELLED), meeting, TOMAS)
    assert desk.ledger.meeting_of("tomas") == replace(meeting, status="cancelled", sequence=1)
    assert desk.ledger.taken("jonas", NOON, NOON + 99 * HOUR) == []
    desk.book(a_meeting(TOMORROW, 60, referee="next"))
    desk.book(a_meeting(TOMORROW + HOUR, 60))


def test_only_the_newest_state_of_a_meeting_is_changed(desk: Desk) -> None:
    first = desk.book(a_meeting(TOMORROW, 30))
    second = moved(first, TOMORROW + HOUR)
    desk.ledger.reschedule(desk.event(RESCHEDULED), first, second, TOMAS)
    then = everything(desk)
    for stale in (first, replace(second, id="another")):
        after = moved(stale, TOMORROW + 2 * HOUR)
        with pytest.raises(Conflict):
            desk.ledger.reschedule(desk.event(RESCHEDULED), stale, after, TOMAS)
        with pytest.raises(Conflict):
            desk.ledger.cancel(desk.event(CANCELLED), stale, TOMAS)
    assert everything(desk) == then
    desk.ledger.cancel(desk.event(CANCELLED), second, TOMAS)
    cancelled = desk.ledger.meeting_of("tomas")
    assert cancelled is not None
    with pytest.raises(Conflict):
        desk.ledger.cancel(desk.event(CANCELLED), cancelled, TOMAS)
    after = moved(cancelled, TOMORROW, status="booked")
    with pytest.raises(Conflict):
        desk.ledger.reschedule(desk.event(RESCHEDULED), cancelled, after, TOMAS)


def test_a_meeting_that_is_not_there_is_not_found(desk: Desk) -> None:
    meeting = a_meeting(TOMORROW)
    with pytest.raises(NotFound):
        desk.ledger.cancel(desk.event(CANCELLED), meeting, TOMAS)
    after = moved(meeting, TOMORROW + HOUR)
    with pytest.raises(NotFound):
        desk.ledger.reschedule(desk.event(RESCHEDULED), meeting, after, TOMAS)
    assert desk.events() == []


def test_a_move_must_follow_what_was(desk: Desk) -> None:
    before = desk.book(a_meeting(TOMORROW))
    after = moved(before, TOMORROW + HOUR)
    wrong = [
        replace(after, sequence=0),
        replace(after, sequence=2),
        replace(after, id="x"),
        replace(after, referee="x"),
        replace(after, status="cancelled"),
    ]
    for mistake in wrong:
        with pytest.raises(ValueError, match="follow"):
            desk.ledger.reschedule(desk.event(RESCHEDULED), before, mistake, TOMAS)


# --- Deliveries and cursors -----------------------------------------------------------------------


def due(desk: Desk, now: datetime = NOON, limit: int = 99) -> list[str]:
    return [delivery.id for delivery in desk.ledger.due(now, limit)]


def test_a_delivery_comes_back_as_it_went_in(desk: Desk) -> None:
    delivery = a_delivery("d", data={"template": "confirmation"}, error="mail is down", attempts=3)
    desk.ledger.expect([delivery])
    assert desk.ledger.due(NOON, 9) == [replace(delivery, since=NOON)]


def test_a_delivery_is_expected_once_whatever_became_of_it(desk: Desk) -> None:
    waiting, done, dead = (a_delivery(name, referral=name) for name in ("waiting", "done", "dead"))
    desk.ledger.expect([waiting, done, dead])
    desk.ledger.settle(replace(done, state="done", since=NOON))
    desk.ledger.settle(replace(dead, state="dead", since=NOON, error="refused"))
    later = [replace(delivery, next_at=NOON - HOUR) for delivery in (waiting, done, dead)]
    desk.ledger.expect([*later, a_delivery("new", referral="new")])
    assert due(desk) == ["waiting", "new"]
    assert [d.id for d in desk.ledger.deliveries("done")] == ["done"]
    assert [d.error for d in desk.ledger.deliveries("dead")] == ["refused"]


def test_deliveries_come_due_in_order(desk: Desk) -> None:
    desk.ledger.expect(
        [
            a_delivery("later", NOON + HOUR, referral="a"),
            a_delivery("second", NOON, referral="b"),
            a_delivery("first", NOON - HOUR, referral="c"),
            a_delivery("third", NOON, referral="d"),
        ]
    )
    assert due(desk, NOON - 2 * HOUR) == []
    assert due(desk) == ["first", "second", "third"]
    assert due(desk, limit=2) == ["first", "second"]
    assert due(desk, NOON + HOUR) == ["first", "second", "third", "later"]


def test_a_referrals_later_deliveries_wait_for_its_earlier_one(desk: Desk) -> None:
    desk.ledger.expect([a_delivery("b"), a_delivery("a"), a_delivery("other", referral="other")])
    assert due(desk) == ["b", "other"]
    first = desk.ledger.due(NOON, 1)[0]
    retried = replace(first, attempts=1, next_at=NOON + HOUR, error="mail is down")
    desk.ledger.settle(retried)
    assert due(desk) == ["other"], "not even while it waits for its next attempt"
    assert due(desk, NOON + HOUR) == ["b", "other"]
    desk.ledger.settle(replace(retried, state="done"))
    assert due(desk) == ["a", "other"]


@pytest.mark.parametrize("state", ["held", "done", "dead"])
def test_what_is_held_done_or_dead_holds_nothing_back(desk: Desk, state: str) -> None:
    desk.ledger.expect([a_delivery("first"), a_delivery("second")])
    first = desk.ledger.due(NOON, 1)[0]
    desk.ledger.settle(replace(first, state=state))  # type: ignore[arg-type]
    assert due(desk) == ["second"]


def test_a_reminder_far_ahead_holds_nothing_back(desk: Desk) -> None:
    desk.ledger.expect([a_delivery("reminder", NOON + 20 * HOUR), a_delivery("moved", NOON)])
    assert due(desk) == ["moved"]
    failed = replace(desk.ledger.due(NOON, 1)[0], next_at=NOON + 30 * HOUR)
    desk.ledger.settle(failed)
    assert due(desk, NOON + 20 * HOUR) == [], "but it comes after what was to go before it"


def test_what_is_dead_can_be_replayed(desk: Desk) -> None:
    desk.ledger.expect([a_delivery("first"), a_delivery("second")])
    dead = replace(desk.ledger.due(NOON, 1)[0], state="dead")
    desk.ledger.settle(dead)
    (found,) = desk.ledger.deliveries("dead")
    assert found == dead
    desk.ledger.settle(replace(found, state="waiting", attempts=0, next_at=NOON))
    assert due(desk) == ["first"], "and it is the earliest again"
    assert desk.ledger.deliveries("dead") == []


def test_what_is_held_waits_for_a_person_whatever_the_time(desk: Desk) -> None:
    held = [
        replace(a_delivery(name, NOON + late * HOUR, data={"of": "crm"}), state="held")
        for name, late in (("second", 2), ("first", 1))
    ]
    desk.ledger.expect(held)
    desk.ledger.expect([a_delivery("other", referral="other")])
    assert due(desk, NOON + 99 * HOUR) == ["other"]
    found = desk.ledger.deliveries("held")
    assert found == [replace(d, since=d.next_at) for d in reversed(held)]
    desk.ledger.expect(held)
    assert desk.ledger.deliveries("held") == found, "each is expected once"


@pytest.mark.parametrize("state", ["waiting", "done", "dead"])
def test_what_is_held_is_settled_and_held_again(desk: Desk, state: Literal["waiting"]) -> None:
    desk.ledger.expect([replace(a_delivery("d"), state="held")])
    (held,) = desk.ledger.deliveries("held")
    settled = replace(held, state=state, data={"referral": "chosen"})
    desk.ledger.settle(settled)
    assert desk.ledger.deliveries("held") == []
    assert desk.ledger.deliveries(state) == [settled]
    assert due(desk) == (["d"] if state == "waiting" else [])
    desk.ledger.settle(held)
    assert desk.ledger.deliveries("held") == [held]
    assert desk.ledger.deliveries(state) == []


def test_deliveries_without_a_referral_wait_for_none(desk: Desk) -> None:
    desk.ledger.expect([a_delivery("a", referral=""), a_delivery("b", referral="")])
    desk.ledger.settle(replace(desk.ledger.due(NOON, 1)[0], next_at=NOON + HOUR))
    assert due(desk) == ["b"]


def test_a_consumer_finds_its_place_again(desk: Desk) -> None:
    assert desk.ledger.cursor("relay") == ""
    desk.ledger.advance("relay", "17")
    desk.ledger.advance("relay", "18")
    desk.ledger.advance("figures", "3")
    assert [desk.ledger.cursor(name) for name in ("relay", "figures")] == ["18", "3"]


# --- Kept ---------------------------------------------------------------------------------------


def test_everything_is_there_when_it_is_opened_again(
    desk: Desk, open_desk: Callable[[str], Desk]
) -> None:
    for kind, step in steps(desk).values():
        try:
            step(desk.event(kind, referee="tomas"), Actor("advocate:maria", limit=99))
        except LedgerError:
            continue  # some of them take the ground from under the next
    desk.ledger.expect([a_delivery("d")])
    then = everything(desk)
    assert everything(open_desk(desk.program)) == then
