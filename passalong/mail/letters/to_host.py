"""Letters to the host about a meeting: who comes, and who thought that they should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.mail.letter import Button, Fact, Letter, Link, Quote
from passalong.mail.letters.house import called
from passalong.sharing import mailbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from passalong.mail.letters.house import House
    from passalong.mail.letters.talk import Guest, Introduction, Moment, Talk
    from passalong.people import Account


def to_host(moment: Moment, house: House, talk: Talk) -> Letter:
    """The letter for a moment of the meeting, with all that is known about the referee.

    All but the reminder go with an invitation. Answers should go to the referee.
    """
    words, guest = f"host.{moment}", talk.guest
    start = talk.meeting.start.astimezone(talk.host_zone(house.program))
    said = {
        "name": guest.name,
        "day": house.locale.date(start, "short"),
        "time": house.locale.time(start),
        "minutes": house.locale.number((talk.meeting.end - talk.meeting.start).seconds // 60),
    }
    takes_place = moment != "cancelled"
    return Letter(
        subject=house.say(f"{words}.subject", **said),
        greeting=house.greeting(talk.host.name),
        paragraphs=house.paragraphs(f"{words}.text", **said),
        facts=(
            *_times(house, talk),
            *about(house, guest),
            *background(house, talk.introduction, talk.account, talk.story),
            *(_where(house, talk) if takes_place else ()),
        ),
        links=_links(house, talk) if takes_place else (),
        quotes=quotes(house, talk.introduction, guest) if moment in ("booked", "reminder") else (),
        button=write_to(house, guest.name, guest.email) if guest.email else None,
        closing=house.desk(),
        footer=house.footer("host"),
    )


def quotes(house: House, introduction: Introduction, guest: Guest) -> tuple[Quote, ...]:
    """The advocate's words about the referee, then the referee's own."""
    by = house.joined(introduction.advocate, introduction.byline)
    said = ((introduction.words, by), (guest.note, guest.name))
    return tuple(Quote(house.locale.quoted(text), who) for text, who in said if text)


def about(house: House, guest: Guest) -> Iterator[Fact]:
    """Who the referee is, and their number."""
    yield Fact(house.say("label.who"), house.joined(guest.name, guest.role, guest.company))
    if guest.phone:
        yield Fact(house.say("label.phone"), house.own(guest.phone))


def background(
    house: House, introduction: Introduction, account: Account | None, story: str = ""
) -> Iterator[Fact]:
    """How the referee came to us, and what we knew of their company before."""
    if introduction.advocate:
        way = "label.through" if introduction.by_link else "label.by"
        yield Fact(house.say(way), house.joined(introduction.advocate, introduction.byline))
    if account:
        yield Fact(house.say("label.account"), _account(house, account))
    if story:
        yield Fact(house.say("label.story"), house.own(story))


def write_to(house: House, name: str, email: str) -> Button | None:
    """The way to write to somebody."""
    label = house.say("write", first=called(name) or name)
    return Button(label, f"mailto:{mailbox(email)}", email) if email else None


def _times(house: House, talk: Talk) -> Iterator[Fact]:
    start, end = talk.meeting.start, talk.meeting.end
    ours, theirs = talk.host_zone(house.program), talk.guest_zone(house.program)
    yield Fact(house.say("label.when"), house.when(start, end, ours, yours=True))
    if start.astimezone(ours).utcoffset() != start.astimezone(theirs).utcoffset():
        yield Fact(house.say("label.theirs"), house.when(start, end, theirs, yours=False))


def _where(house: House, talk: Talk) -> tuple[Fact, ...]:
    if talk.host.link:
        key = "where.video"
    else:
        key = "where.you_call" if talk.number() else "where.no_number"
    return (Fact(house.say("label.where"), house.say(key, phone=talk.number())),)


def _links(house: House, talk: Talk) -> tuple[Link, ...]:
    return (Link(house.say("label.link"), talk.host.link),) if talk.host.link else ()


def _account(house: House, account: Account) -> str:
    """What the account is, and whose."""
    known = account.status if account.status in ("customer", "open") else "listed"
    hosts = {host.id: host.name for host in house.program.booking.hosts}
    owner = hosts.get(account.owner, account.owner)
    key = f"account.{known}_of" if owner else f"account.{known}"
    return house.say(key, status=account.status, owner=owner)
