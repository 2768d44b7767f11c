"""A meeting as its referee sees it: when, with whom and where, to move it or to bring somebody."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from passalong.actions.acting import refuse_revoked
from passalong.actions.back import back, path_of
from passalong.actions.exchange import Outcome, Reply, problem
from passalong.actions.hosting import host_of_meeting, named_host, role_of
from passalong.actions.wording import at_words, say, zone_of
from passalong.names import first_name
from passalong.sharing import mailto

if TYPE_CHECKING:
    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.known import Known
    from passalong.ledger.port import Ledger, Meeting
    from passalong.locales import Locale
    from passalong.pages.fill import Row
    from passalong.program import Host
    from passalong.world import World

Said = dict[str, "str | tuple[Row, ...]"]


def meeting_reply(
    known: Known,
    who: Acting,
    meeting: Meeting,
    *,
    title: str,
    text: str,
    phone: str = "",
    over: bool = False,
) -> Reply:
    """The page of a booked meeting, for the referee that ``who`` is.

    ``phone`` is the referee's number where they have just typed it: it is not shown later, for
    others may have their page's address. A meeting that is ``over`` is neither joined nor moved.
    """
    locale, host = known.locale(who.locale), host_of_meeting(known, who, meeting)
    when = at_words(locale, meeting.start, zone_of(known, meeting.timezone))
    where = _where(known, locale, host, phone)
    about = (host.name, role_of(known, host, who.locale))
    said: Said = {
        "title": title,
        "text": text,
        "when": when,
        "with": locale.pattern("list.separator").join(filter(None, about)),
        "where": where,
        **back(known, who),
    }
    if over:
        return Reply("meeting", said)
    said["moving"] = ({"token": own_token(known, who)},)
    bring = _bring(known, locale, host, when=when, where=where)
    said["bring"] = ({"href": bring, "label": locale.text("answer.meeting.bring")},)
    if host.link:
        said["join"] = ({"href": host.link, "label": locale.text("answer.meeting.join")},)
    return Reply("meeting", said)


def _where(known: Known, locale: Locale, host: Host, phone: str) -> str:
    first = first_name(host.name)
    if host.link:
        return locale.text("answer.meeting.by_link")
    if phone:
        return say(locale, "answer.meeting.by_phone", host=first, phone=phone)
    minutes = locale.number(known.program.booking.minutes)
    return say(locale, "answer.times.text_phone", minutes=minutes, host=first)


def _bring(known: Known, locale: Locale, host: Host, *, when: str, where: str) -> str:
    """A drafted mail to a colleague who should be there."""
    brand = known.program.brand.name
    place = f"{where}: {host.link}" if host.link else where
    subject = locale.text("mail.bring.subject", brand=brand, when=when)
    body = locale.text("mail.bring.body", brand=brand, when=when, host=host.name, where=place)
    return mailto("", subject, body.strip())


def meeting_data(world: World, known: Known, who: Acting, meeting: Meeting) -> dict[str, Any]:
    """A meeting for a program: its id, its times in the reader's zone, the referee's page."""
    zone = zone_of(known, meeting.timezone)
    return {
        "id": meeting.id,
        "start": meeting.start.astimezone(zone).isoformat(),
        "end": meeting.end.astimezone(zone).isoformat(),
        "url": world.address + path_of(known, who),
    }


def own_meeting(ledger: Ledger, who: Acting) -> Meeting | None:
    """The newest meeting of the referee at this page, cancelled or not; asks the ledger twice.

    Raises Revoked: of a page that was taken away, nothing more is told.
    """
    refuse_revoked(who, ledger.standing([who.subject])[who.subject])
    return ledger.meeting_of(who.referee.id) if who.referee else None


def to_come(known: Known, who: Acting, asked: Asked, meeting: Meeting | None) -> Meeting | Outcome:
    """The meeting, if it is still to come; else what to say: that it is over, or that none is."""
    past = meeting is not None and meeting.status == "booked"
    if meeting and past and meeting.end > asked.at:
        return meeting
    status = HTTPStatus.CONFLICT
    detail = "The meeting is over." if past else "No meeting is booked."
    return Outcome(
        HTTPStatus.OK if asked.fields.form else status,
        problem(status, "conflict", detail),
        lambda: _none(known, who, meeting if past else None),
        who.locale,
        "conflict",
    )


def _none(known: Known, who: Acting, past: Meeting | None) -> Reply:
    locale = known.locale(who.locale)
    title = locale.text("answer.none_booked.title")
    said: Said = {"title": title, **back(known, who)}
    if past:
        host = first_name(host_of_meeting(known, who, past).name)
        return Reply("said", said | {"text": say(locale, "answer.meeting.past", host=host)})
    said["text"] = locale.text("answer.none_booked.text")
    said["again"] = (again(known, who, "answer.none_booked.again"),)
    return Reply("said", said)


def own_token(known: Known, who: Acting) -> str:
    """What a referee's own page may do; nothing for anybody else."""
    return known.holders.referee_token(who.referee, who.locale) if who.referee else ""


def again(known: Known, who: Acting, label: str, zone: str = "") -> Row:
    """A form of one button that leads to free times; its ``label`` is the key of its words."""
    host = first_name(named_host(known, who, who.referee).name)
    return {
        "action": "/api/slots",
        "token": own_token(known, who),
        "name": "timezone",
        "value": zone,
        "label": say(known.locale(who.locale), label, host=host),
    }
