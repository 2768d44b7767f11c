"""What came of a meeting, as its host says on a page of their own: two presses at most.

Each press is an event; whoever changes their mind makes another, and the newest holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from passalong.access import Refused
from passalong.actions.exchange import Reply
from passalong.actions.wording import at_words, say, zone_of
from passalong.booking.hosts import language_of
from passalong.currencies import minor_units
from passalong.events import DISQUALIFIED, MET, NO_SHOW, QUALIFIED, Event, Money, id_of
from passalong.ledger.port import NotFound
from passalong.names import first_name
from passalong.requests import BadFields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from passalong.access import Kind
    from passalong.known import Known
    from passalong.ledger.port import Meeting
    from passalong.locales import Locale
    from passalong.pages.fill import Row
    from passalong.requests import Fields
    from passalong.world import World

PATH: Final = "/api/outcomes/"
HOST: Final = "host"
_KINDS: Final[tuple[Kind, ...]] = ("outcome",)
_FIRST: Final = (MET, NO_SHOW)
_THEN: Final = (QUALIFIED, DISQUALIFIED)
_MOST: Final = 10**15
_SIGNS: Final = "$€£¥\u00a0"


@dataclass(frozen=True, slots=True)
class About:
    """A meeting that a host may speak of, and the language that they read."""

    meeting: Meeting
    token: str
    locale: str


def about(world: World, known: Known, token: str, at: datetime) -> About:
    """The meeting that a token is for. Raises Refused."""
    reference = known.holders.signer.verify(token, _KINDS, at).reference
    referee, _, meeting_id = reference.rpartition("~")
    meeting = world.ledger.meeting_of(referee)
    if meeting is None or meeting.id != meeting_id or meeting.status == "cancelled":
        raise Refused("this meeting is not as it was")
    hosts = {host.id: host for host in known.program.booking.hosts}
    host = hosts.get(meeting.host)
    locale = language_of(host, known.program) if host else known.program.locale
    return About(meeting, token, locale)


def ask(world: World, known: Known, which: About, at: datetime) -> Reply:
    """The page behind the link: it changes nothing, for whoever reads mail for us follows links."""
    locale, meeting = known.locale(which.locale), which.meeting
    hosts = {host.id: host.timezone for host in known.program.booking.hosts}
    zone = hosts.get(meeting.host, "")
    said = _said(world, meeting)
    words = {
        "title": say(locale, "answer.outcome.title", name=_name(world, known, meeting, locale)),
        "text": locale.text(f"answer.outcome.said.{said}" if said else "answer.outcome.text"),
        "when": at_words(locale, meeting.start, zone_of(known, zone)),
    }
    return _page(known, which, at, _FIRST, words)


def _said(world: World, meeting: Meeting) -> str:
    """What its host said last of a meeting; empty before they said anything."""
    said = [
        event.type
        for event in world.ledger.events_of(meeting.advocate)
        if event.evidence == HOST and event.data.get("meeting") == meeting.id
    ]
    return said[-1] if said else ""


def tell(world: World, known: Known, which: About, fields: Fields, at: datetime) -> Reply:
    """Files what the host says, and asks what is left to say. Raises BadFields."""
    if fields.faults:
        raise BadFields(fields.faults)
    locale, what = known.locale(which.locale), fields["what"]
    amount = None
    if what == QUALIFIED and fields["amount"]:
        amount = amount_in(locale, fields["amount"], known.program.currency)
        if amount is None:
            problem = {"text": locale.text("answer.outcome.problem")}
            return _more(known, which, at, {"problem": (problem,), "amount": fields["amount"]})
    world.ledger.file(_event(known, which, fields, amount, at))
    if what == MET:
        return _more(known, which, at, {})
    words = {name: locale.text(f"answer.outcome.{what}.{name}") for name in ("title", "text")}
    return _page(known, which, at, (), words)


def _event(known: Known, which: About, fields: Fields, amount: Money | None, at: datetime) -> Event:
    """What the host says; the same page pressed twice says it once."""
    meeting, what = which.meeting, fields["what"]
    minute = fields["shown"] or f"{at:%Y-%m-%dT%H:%M}"
    said = "\0".join(("outcome", meeting.id, what, fields["amount"], minute))
    return Event(
        id=id_of(said),
        program=known.program.id,
        type=what,
        at=at,
        advocate=meeting.advocate,
        referee=meeting.referee,
        referral=meeting.referral,
        medium=meeting.medium,
        evidence=HOST,
        amount=amount,
        data={"meeting": meeting.id, "source": HOST},
    )


def _more(
    known: Known, which: About, at: datetime, given: Mapping[str, str | tuple[Row, ...]]
) -> Reply:
    """What to say of somebody whom the host did meet."""
    locale = known.locale(which.locale)
    words = {name: locale.text(f"answer.outcome.met.{name}") for name in ("title", "text")}
    worth = say(locale, "answer.outcome.amount", currency=known.program.currency)
    said: dict[str, str | tuple[Row, ...]] = {**words, **given, "worth": ({"label": worth},)}
    return _page(known, which, at, _THEN, said)


def _page(
    known: Known,
    which: About,
    at: datetime,
    choices: Sequence[str],
    said: Mapping[str, str | tuple[Row, ...]],
) -> Reply:
    locale = known.locale(which.locale)
    rows = tuple(
        {"value": one, "label": locale.text(f"answer.outcome.{one}.do")} for one in choices
    )
    path = PATH + which.token
    if choices == _FIRST:
        label = locale.text("answer.back.home", brand=known.program.brand.name)
        back = {"back": "/", "back_label": label}
    else:
        back = {"back": path, "back_label": locale.text("answer.outcome.change")}
    form: dict[str, str | tuple[Row, ...]] = {
        "action": path,
        "shown": str(int(at.timestamp())),
        "choices": rows,
    }
    return Reply("outcome", {**back, **form, **said})


def _name(world: World, known: Known, meeting: Meeting, locale: Locale) -> str:
    """The first name of whom the host met; of somebody of whom nothing is kept, "somebody"."""
    try:
        name = world.ledger.person(meeting.referee).name
    except NotFound:
        listed = known.referee(meeting.referee)
        name = listed.name if listed else ""
    return first_name(name) or locale.text("answer.outcome.guest")


def amount_in(locale: Locale, text: str, currency: str) -> Money | None:
    """An amount as people write it in their language: "12,000", "€ 12.000,50"; None if it is none.

    Where it can be read in two ways, it is read in the way of the page's language.
    """
    group, decimal = locale.pattern("number.group"), locale.pattern("number.decimal")
    digits = "".join(str(int(c)) if c.isdecimal() else c for c in text)
    written = digits.strip(f" {currency}{_SIGNS}").replace(decimal, "\0")
    for sign in (group, "'", "\u00a0", "\u202f", " "):
        written = written.replace(sign, "")
    written = written.replace("\0", ".")
    try:
        minor = minor_units(written, currency)
    except ValueError:
        return None
    return Money(minor, currency) if 0 < minor <= _MOST else None
