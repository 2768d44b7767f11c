"""Letters to a referee about their meeting, by the host whom they meet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.mail.letter import Button, Fact, Letter, Link
from passalong.names import first_name

if TYPE_CHECKING:
    from passalong.mail.letters.house import House
    from passalong.mail.letters.talk import Moment, Talk


def to_referee(moment: Moment, house: House, talk: Talk, page: str) -> Letter:
    """The letter for a moment of the meeting; ``page`` is the address of the referee's own page.

    All but the reminder go with an invitation.
    """
    words = f"referee.{moment}"
    start = talk.meeting.start.astimezone(talk.guest_zone(house.program))
    at = house.locale.datetime(start)
    return Letter(
        subject=house.say(f"{words}.subject", day=house.locale.date(start, "weekday"), at=at),
        greeting=house.greeting(talk.guest.name),
        paragraphs=(*_brought(moment, house, talk), *house.paragraphs(f"{words}.text")),
        facts=_facts(moment, house, talk),
        links=_links(moment, house, talk, page),
        button=_button(moment, house, talk, page),
        closing=house.signed(talk.host),
        footer=house.footer("referee"),
    )


def where(house: House, talk: Talk) -> str:
    """Where the meeting is, as the referee takes part in it."""
    host = first_name(talk.host.name)
    if talk.host.link:
        return house.say("where.video")
    if number := talk.number():
        return house.say("where.called_at", host=host, phone=number)
    return house.say("where.called", host=host)


def _brought(moment: Moment, house: House, talk: Talk) -> tuple[str, ...]:
    """Whom they owe the meeting to; whoever only passed on a link may not want to be named."""
    who = talk.introduction
    if moment != "booked" or who.by_link or not who.advocate:
        return ()
    return (house.say("referee.brought", advocate=who.advocate),)


def _facts(moment: Moment, house: House, talk: Talk) -> tuple[Fact, ...]:
    zone = talk.guest_zone(house.program)
    yours = zone != talk.host_zone(house.program)
    when = house.when(talk.meeting.start, talk.meeting.end, zone, yours=yours)
    facts = (Fact(house.say("label.when"), when),)
    if moment == "cancelled":
        return facts
    host = house.joined(talk.host.name, house.role(talk.host))
    return (
        *facts,
        Fact(house.say("label.with"), host),
        Fact(house.say("label.where"), where(house, talk)),
    )


def _links(moment: Moment, house: House, talk: Talk, page: str) -> tuple[Link, ...]:
    join = talk.host.link
    if not join or moment == "cancelled":
        return ()
    if moment == "reminder":
        return (Link(house.say("label.change"), page),)
    return (Link(house.say("label.link"), join),)


def _button(moment: Moment, house: House, talk: Talk, page: str) -> Button:
    if moment == "reminder" and talk.host.link:
        return Button(house.say("referee.join"), talk.host.link, talk.host.link)
    label = "referee.again" if moment == "cancelled" else "referee.change"
    return Button(house.say(label), page, page)
