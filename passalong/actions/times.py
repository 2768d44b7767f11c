"""The form in which somebody chooses a time, with all that they typed before and what is wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from passalong import zones
from passalong.actions.back import back
from passalong.actions.exchange import Outcome, Reply, problem
from passalong.actions.wording import at_words, say
from passalong.booking.days import by_day, zone_words
from passalong.booking.slots import Slot, pick
from passalong.endpoints import ANSWERS, endpoint
from passalong.names import first_name
from passalong.program import MEDIA
from passalong.sharing import FORWARD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.actions.offers import Offer
    from passalong.known import Known
    from passalong.locales import Locale
    from passalong.pages.fill import Row
    from passalong.program import Host

DAYS: Final = 5
A_DAY: Final = 5
"""A form shows so many days at once, and so many times of each."""

_TYPED: Final = ("name", "email", "company", "phone", "note", *(a.name for a in ANSWERS))

# Something for everybody to choose from, from west to east.
# fmt: off
_ZONES: Final = (
    "Pacific/Honolulu", "America/Anchorage", "America/Los_Angeles", "America/Denver",
    "America/Mexico_City", "America/Chicago", "America/Bogota", "America/New_York",
    "America/Halifax", "America/Santiago", "America/Sao_Paulo", "America/Argentina/Buenos_Aires",
    "Atlantic/Azores", "UTC", "Europe/Lisbon", "Europe/London", "Africa/Lagos", "Europe/Berlin",
    "Europe/Athens", "Africa/Cairo", "Africa/Johannesburg", "Europe/Istanbul", "Asia/Riyadh",
    "Africa/Nairobi", "Asia/Tehran", "Asia/Dubai", "Asia/Karachi", "Asia/Kolkata", "Asia/Dhaka",
    "Asia/Bangkok", "Asia/Shanghai", "Asia/Singapore", "Australia/Perth", "Asia/Tokyo",
    "Australia/Brisbane", "Australia/Sydney", "Pacific/Auckland",
)
# fmt: on


def times_reply(
    known: Known,
    who: Acting,
    asked: Asked,
    offered: Offer,
    *,
    problems: Sequence[str] = (),
    wanted: datetime | None = None,
) -> Reply:
    """Times to choose from, those of the day that was ``wanted`` first; or that there are none."""
    locale, zone = known.locale(who.locale), offered.zone
    if not offered.slots:
        return _none(known, who, asked, offered.host)
    shown, later = _shown(offered, wanted)
    token = asked.fields["token"]
    said: dict[str, str | tuple[Row, ...]] = {
        **_words(known, locale, offered),
        **_typed(who, asked),
        **way_back(known, who, asked),
        "token": token,
        "timezone": zone.key,
        "medium": medium_of(known, asked),
        "shown": str(int(asked.at.timestamp())),
        "problem": tuple({"text": text} for text in problems),
        "times": tuple(_time_rows(shown, zone, locale, wanted)),
        "zones": tuple(_zone_rows(known, offered, locale, asked.at)),
    }
    if later:
        after = later.start.astimezone(zone).isoformat()
        said["later"] = ({"after": after, "label": locale.text("answer.times.later")},)
    if offered.moving is None:
        said["person"] = ({"token": token},)
        if not offered.host.link:
            said["call"] = ({"label": locale.text("answer.times.phone")},)
    return Reply("times", said)


def taken(
    known: Known, who: Acting, asked: Asked, fresh: Offer, wanted: datetime | None
) -> Outcome:
    """That the time is not, or no longer, free, with those that are."""
    status, detail = HTTPStatus.CONFLICT, "That time has just been taken."
    text = known.locale(who.locale).text("answer.problem.taken")
    return Outcome(
        status,
        problem(status, "taken", detail, **fresh.data()),
        lambda: times_reply(known, who, asked, fresh, problems=(text,), wanted=wanted),
        who.locale,
        "taken",
    )


def to_mend(
    known: Known, who: Acting, asked: Asked, fresh: Offer, problems: Sequence[str]
) -> Outcome:
    """The form once more, with what is wrong in it. A program is told by BadFields instead."""
    wanted = asked.fields.times.get("start")
    return Outcome(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        None,
        lambda: times_reply(known, who, asked, fresh, problems=problems, wanted=wanted),
        who.locale,
        "invalid",
    )


def fault_words(locale: Locale, asked: Asked) -> Iterator[str]:
    """A sentence for each field of the form that is not as it should be."""
    for field in endpoint(asked.endpoint).fields:
        if field.name not in asked.fields.faults:
            continue
        if len(asked.fields[field.name]) == field.longest:  # it was cut there, to be shown again
            most = locale.number(field.longest)
            label = locale.text_or(f"answer.field.{field.name}", field.name)
            yield locale.text("answer.problem.long", field=label, most=most)
        else:
            otherwise = locale.text("answer.problem.invalid")
            yield locale.text_or(f"answer.problem.{field.name}", otherwise)


def medium_of(known: Known, asked: Asked) -> str:
    """The medium of the link that somebody followed, if there is one: links can be made up."""
    medium = asked.fields["medium"]
    return medium if medium in (*MEDIA, FORWARD, *known.program.media) else ""


def way_back(known: Known, who: Acting, asked: Asked) -> dict[str, str]:
    """The link back; a share link stays the one of its medium."""
    links, medium = back(known, who), medium_of(known, asked)
    if who.kind == "share" and medium:
        links["back"] += f"?v={medium}"
    return links


def _none(known: Known, who: Acting, asked: Asked, host: Host) -> Reply:
    locale, first = known.locale(who.locale), first_name(host.name)
    return Reply(
        "said",
        {
            "title": say(locale, "answer.no_times.title", host=first),
            "text": say(locale, "answer.no_times.text", host=first, email=host.email),
            **way_back(known, who, asked),
        },
    )


def _shown(offered: Offer, wanted: datetime | None) -> tuple[list[Slot], Slot | None]:
    """The slots to show at first, and the first after their days."""
    slots, zone = list(offered.slots), offered.zone
    if wanted and slots[0].start <= wanted <= slots[-1].start:
        day = wanted.astimezone(zone).date()
        slots = [slot for slot in slots if slot.start.astimezone(zone).date() >= day]
    shown = pick(slots, A_DAY, DAYS, zone)
    last = shown[-1].start.astimezone(zone).date()
    later = (slot for slot in slots if slot.start.astimezone(zone).date() > last)
    kept = {slot for slot in slots if slot.start == wanted and slot not in shown}
    return sorted({*shown, *kept}), next(later, None)


def _words(known: Known, locale: Locale, offered: Offer) -> dict[str, str]:
    """What the form says and does: it books, or it moves a meeting."""
    host, moving = first_name(offered.host.name), offered.moving
    if moving:
        when = at_words(locale, moving.start, offered.zone)
        return {
            "title": say(locale, "answer.times.move_title", host=host),
            "text": locale.text("answer.times.move_text", when=when),
            "button": locale.text("answer.times.move_button"),
            "action": "/api/bookings/change",
            "change": "1",
        }
    place = "link" if offered.host.link else "phone"
    minutes = locale.number(known.program.booking.minutes)
    return {
        "title": say(locale, "answer.times.title", host=host),
        "text": say(locale, f"answer.times.text_{place}", minutes=minutes, host=host),
        "button": locale.text("answer.times.button"),
        "action": "/api/bookings",
    }


def _typed(who: Acting, asked: Asked) -> dict[str, str]:
    """What was typed so far; before that, what is known."""
    typed = {name: asked.fields[name] for name in _TYPED}
    if who.referee and not any(typed.values()):
        typed |= {"name": who.referee.name, "company": who.referee.company}
    return typed


def _time_rows(
    slots: Sequence[Slot], zone: ZoneInfo, locale: Locale, wanted: datetime | None
) -> Iterator[Row]:
    for day in by_day(slots, zone, locale):
        yield {"day": day.words}
        for time in day.times:
            row = {"start": time.start.isoformat(), "words": time.words}
            yield row | {"chosen": "1"} if time.start == wanted else row


def _zone_rows(known: Known, offered: Offer, locale: Locale, at: datetime) -> Iterator[Row]:
    """The zone that is shown, the host's and the program's, and some for everybody else."""
    first = (offered.zone.key, offered.host.timezone, known.program.timezone)
    for name in dict.fromkeys((*first, *_ZONES)):
        if zone := zones.find(name):
            yield {"value": name, "label": zone_words(zone, locale, at, yours=False)}
