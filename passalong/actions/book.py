"""A free time, booked: by a referee on their own page, or by whoever followed a share link.

Who books from a share page becomes a referee, with a page of their own where the meeting stands.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.actions.acting import refuse_revoked
from passalong.actions.exchange import Outcome, Reply, problem
from passalong.actions.guests import FAULTS, as_known, guest, judged, lacks_phone
from passalong.actions.hosting import host_of_meeting, hosting, named_host
from passalong.actions.meetings import meeting_data, meeting_reply
from passalong.actions.offers import offer, reader_zone, working_slot
from passalong.actions.times import fault_words, medium_of, taken, to_mend, way_back
from passalong.actions.wording import say
from passalong.attribution.accounts import account_key, attributed, self_referral
from passalong.booking.slots import held
from passalong.events import BOOKED, DECLINED, INFLUENCED, REVIEW, SOURCED, Event, id_of
from passalong.ledger.port import Conflict, Meeting, SlotTaken, Unavailable
from passalong.merging import referee_of
from passalong.names import first_name
from passalong.requests import BadFields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.actions.hosting import Hosting
    from passalong.actions.offers import Offer
    from passalong.booking.mail_address import MailAddress
    from passalong.booking.slots import Slot
    from passalong.known import Known
    from passalong.ledger.port import Person, Recorded
    from passalong.program import Host
    from passalong.world import World

A_DAY: Final = {"share": 40, "referee": 10}
"""So many bookings may come from one page on one day."""


class _Booking(NamedTuple):
    """A booking that is as it should be, all but its time, which the ledger decides about."""

    world: World
    known: Known
    who: Acting
    asked: Asked
    hosting: Hosting
    person: Person
    mail: MailAddress
    story: str
    """That of the page."""

    @property
    def host(self) -> Host:
        return self.hosting.host

    @property
    def guest(self) -> Acting:
        """The referee at their own page, which whoever comes from a share page gets by this."""
        if self.who.referee:
            return self.who
        referee = referee_of(self.person)
        return replace(self.who, kind="referee", referee=referee, is_listed=False)

    def fresh(self) -> Offer:
        """What is free instead."""
        return offer(self.world, self.known, self.asked, self.host)


def book(world: World, known: Known, who: Acting, asked: Asked) -> Outcome:
    """One round trip to the ledger, where the bundle knows who books; a refusal costs one more."""
    if asked.fields["website"]:  # a field that people do not see
        return _received(known, who, asked, named_host(known, who, who.referee))
    mail, faults = judged(asked)
    referee = as_known(world.ledger, who)
    found = hosting(known, who, mail.address if mail else "", asked.fields["company"], referee)
    if lacks_phone(asked, found.host):
        faults = (*faults, "phone")
    if mail is None or faults or asked.fields.faults:
        return _mend(world, known, who, asked, host=found.host, faults=faults)
    person = guest(known, who, asked, mail, referee)
    story = known.story_of(referee, who.advocate) if referee else known.shared_story(who.advocate)
    booking = _Booking(world, known, who, asked, found, person, mail, story)
    start, event_id = asked.fields.times["start"], asked.event_id(who)
    slot = working_slot(world, known, asked, found.host, start)
    if slot is None:
        return _no_slot(booking, start, event_id)
    try:
        return _decided(booking, slot, event_id)
    except SlotTaken:
        return taken(known, who, asked, booking.fresh(), start)
    except Conflict:
        return _already(booking, world.ledger.meeting_of(person.id))


def _mend(
    world: World, known: Known, who: Acting, asked: Asked, *, host: Host, faults: Sequence[str]
) -> Outcome:
    if not asked.fields.form:
        raise BadFields(dict(FAULTS[fault] for fault in faults))
    locale, first = known.locale(who.locale), first_name(host.name)
    problems = [
        *fault_words(locale, asked),
        *(say(locale, f"answer.problem.{fault}", host=first) for fault in faults),
    ]
    return to_mend(known, who, asked, offer(world, known, asked, host), problems)


def _no_slot(booking: _Booking, start: datetime, event_id: str) -> Outcome:
    """Nobody meets then: unless this booking was taken before, and is sent again much later."""
    ledger, who = booking.world.ledger, booking.who
    stands = ledger.meeting_of(booking.person.id)
    if stands and stands.status == "booked" and stands.end > booking.asked.at:
        refuse_revoked(who, ledger.standing([who.subject])[who.subject])
        is_this = stands.id == _meeting_id(event_id)
        return _booked(booking, stands) if is_this else _already(booking, stands)
    return taken(booking.known, who, booking.asked, booking.fresh(), start)


def _decided(booking: _Booking, slot: Slot, event_id: str) -> Outcome:
    """What becomes of it, by what is known about the account and by whether the time is free."""
    ledger, who, person = booking.world.ledger, booking.who, booking.person
    actor, event = who.actor(A_DAY[who.kind]), _event(booking, slot, event_id)
    decision = booking.hosting.handling.decision
    if decision == "go":
        return _met(booking, slot, event)
    if decision == "review":
        ledger.book(event, None, replace(person, review=who.referee is None), actor)
    else:
        ledger.record(_declined(event), actor)
    return _received(booking.known, who, booking.asked, booking.host)


def _met(booking: _Booking, slot: Slot, event: Event) -> Outcome:
    """The meeting in the ledger, and then the page of whoever has none yet."""
    world, who, own = booking.world, booking.who, booking.guest
    page = None
    if who.referee is None and own.referee:
        page = booking.known.page_of(own.referee, who.advocate)
    meeting = _meeting(booking, slot, event)
    event = replace(event, data={"meeting": meeting.id, **event.data})
    done = world.ledger.book(event, meeting, booking.person, who.actor(A_DAY[who.kind]))
    if not done.fresh and not booking.asked.fields["id"]:
        stands = world.ledger.meeting_of(meeting.referee)
        if stands and stands.status == "cancelled":  # and this one is meant once more
            return _decided(booking, slot, id_of(f"{event.id}\0{stands.id}"))
    if page and (done.fresh or not world.ledger.standing([own.subject])[own.subject].revoked):
        try:
            world.pages.put(page.path, page.data)
        except OSError as error:
            raise Unavailable("the page cannot be written") from error
    return _booked(booking, _as_recorded(meeting, done))


def _event(booking: _Booking, slot: Slot, event_id: str) -> Event:
    known, who, person = booking.known, booking.who, booking.person
    handling = booking.hosting.handling
    classification = INFLUENCED if handling.influenced else SOURCED
    start, end = slot.start.isoformat(), slot.end.isoformat()
    data = {"host": booking.host.id, "start": start, "end": end, "page": who.kind}
    return Event(
        id=event_id,
        program=known.program.id,
        type=BOOKED,
        at=booking.asked.at,
        advocate=who.advocate.id,
        referee=person.id,
        referral=person.referral,
        medium=medium_of(known, booking.asked),
        variant=known.variants_of(who.advocate),
        evidence="booking-form",
        classification=REVIEW if handling.decision == "review" else classification,
        data=data | ({"free": "1"} if booking.mail.free else {}) | _about(booking),
    )


def _about(booking: _Booking) -> dict[str, str]:
    """The company, the story on the page, and whether they may refer themselves."""
    world, known, mailbox = booking.world, booking.known, booking.mail.mailbox
    return attributed(
        account_key(world.secret, booking.person.company, mailbox, known.accounts),
        booking.story,
        self_referral(booking.who.advocate.email, mailbox),
    )


def _declined(event: Event) -> Event:
    """The event without anything that it tells of the person."""
    return replace(event, referee="", referral="", classification=DECLINED, data={})


def _meeting(booking: _Booking, slot: Slot, event: Event) -> Meeting:
    known, asked, host = booking.known, booking.asked, booking.host
    return Meeting(
        id=_meeting_id(event.id),
        referral=event.referral,
        referee=event.referee,
        advocate=event.advocate,
        host=host.id,
        start=slot.start,
        end=slot.end,
        timezone=reader_zone(known, asked, host).key,
        medium=event.medium,
        held=held(known.program.booking, slot),
    )


def _meeting_id(event_id: str) -> str:
    return f"m-{event_id}"


def _as_recorded(meeting: Meeting, done: Recorded) -> Meeting:
    """The meeting as it was booked, which may have been by an earlier request of the same id."""
    data = done.event.data
    if done.fresh or "meeting" not in data:
        return meeting
    start = datetime.fromisoformat(data["start"])
    end = start + (meeting.end - meeting.start)
    return replace(meeting, id=data["meeting"], host=data["host"], start=start, end=end)


def _booked(booking: _Booking, meeting: Meeting) -> Outcome:
    known, own = booking.known, booking.guest
    return Outcome(
        HTTPStatus.CREATED,
        meeting_data(booking.world, known, own, meeting),
        lambda: _confirmed(booking, meeting),
        own.locale,
    )


def _confirmed(booking: _Booking, meeting: Meeting) -> Reply:
    known, who, person = booking.known, booking.who, booking.person
    locale, host = known.locale(who.locale), first_name(booking.host.name)
    text = say(locale, "answer.booked.text", email=person.email)
    if who.referee is None:
        text = f"{text} {locale.text('answer.booked.page')}"
    title = say(locale, "answer.booked.title", host=host)
    reply = meeting_reply(known, booking.guest, meeting, title=title, text=text, phone=person.phone)
    if who.referee:
        return reply
    return Reply(reply.name, {**reply.said, "back_label": locale.text("answer.back.own")})


def _already(booking: _Booking, stands: Meeting | None) -> Outcome:
    """That they have a meeting. On a share page anybody can type any address: they see no more."""
    known, who, asked = booking.known, booking.who, booking.asked
    if stands is None or stands.status == "cancelled":
        raise Conflict("the meeting has changed in the meantime")
    locale, host = known.locale(who.locale), host_of_meeting(known, who, stands)

    def reply() -> Reply:
        if who.referee is None:
            words = {n: locale.text(f"answer.booked_before.{n}") for n in ("title", "text")}
            return Reply("said", words | way_back(known, who, asked))
        title = say(locale, "answer.meeting.title", host=first_name(host.name))
        text = locale.text("answer.meeting.already")
        return meeting_reply(known, who, stands, title=title, text=text)

    status, detail = HTTPStatus.CONFLICT, "There is a meeting already."
    data = meeting_data(booking.world, known, who, stands) if who.referee else {}
    document = problem(status, "conflict", detail, **data)
    return Outcome(status, document, reply, who.locale, "conflict")


def _received(known: Known, who: Acting, asked: Asked, host: Host) -> Outcome:
    """Thanks, and nothing that tells why no time is fixed."""

    def reply() -> Reply:
        locale, first = known.locale(who.locale), first_name(host.name)
        said = {
            "title": locale.text("answer.received.title"),
            "text": say(locale, "answer.received.text", host=first),
        }
        return Reply("said", said | way_back(known, who, asked))

    return Outcome(HTTPStatus.ACCEPTED, {}, reply, who.locale)
