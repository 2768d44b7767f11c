"""Which letter a delivery is, with everything that it says looked up as it is now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from passalong.booking.accounts import handling
from passalong.booking.hosts import host_for, language_of
from passalong.conversions.whom import rows_of
from passalong.letter_fields import skeleton_of
from passalong.mail.letter import mail_of
from passalong.mail.letters.ask_host import ask_host
from passalong.mail.letters.calendar import calendar_words
from passalong.mail.letters.house import House
from passalong.mail.letters.talk import Talk
from passalong.mail.letters.to_advocate import to_advocate
from passalong.mail.letters.to_firm import to_firm
from passalong.mail.letters.to_host import to_host
from passalong.mail.letters.to_referee import to_referee
from passalong.merging import SILENT, STOP
from passalong.party import Party
from passalong.relay.case import case_of, guest_of, introduction_of, is_by_link, talk_of

if TYPE_CHECKING:
    from typing import Literal

    from passalong.known import Known
    from passalong.ledger.port import Delivery
    from passalong.mail.letter import Letter
    from passalong.mail.port import Mail
    from passalong.program import Host
    from passalong.relay.case import Case
    from passalong.world import World


_NEWS = frozenset({"met", "won", "lost", "disqualified"})
_FRESH = timedelta(days=14)


def letter_for(world: World, delivery: Delivery) -> Mail | None:
    """The mail of a delivery; None where it is pointless by now. Raises NotFound, Unavailable."""
    case = case_of(world, delivery)
    return _WRITERS[case.audience](case) if case else None


def _to_advocate(case: Case) -> Mail | None:
    """Thanks, and what became of it: not where either of the two asked for silence."""
    if not case.advocate.email or not _may_hear(case):
        return None
    if case.about in _NEWS and _is_old(case):
        return None
    known, advocate = case.known, case.advocate
    locale = known.program.locale_for(advocate.locale)
    house = House(known.locale(locale), known.program)
    signer = host_for(known.program, advocate.id, advocate.owner, advocate.region, locale)
    kind, holder = "referee", case.referee.id
    if case.about != "introduced":
        kind, holder = "advocate", advocate.id
    letter = to_advocate(
        case.about,  # type: ignore[arg-type]
        house,
        signer,
        advocate.name,
        "" if is_by_link(case) else case.referee.name,
        url=_address(case, kind, holder),
        stop=f"{case.world.address}/api/unsubscribe/{known.holders.unsubscribe_token(advocate)}",
    )
    return _mail(case, house, letter, signer, Party(advocate.name, advocate.email))


def _is_old(case: Case) -> bool:
    """Whether what is told happened so long ago that it is no news: from a list of last year."""
    since = case.delivery.since or case.delivery.next_at
    return case.world.clock() - since > _FRESH


def _may_hear(case: Case) -> bool:
    subjects = [f"referee:{case.referee.id}", f"advocate:{case.advocate.id}"]
    referee, advocate = case.world.ledger.standing(subjects).values()
    silent = case.about != "introduced" and bool(referee.preferences.get(SILENT))
    return not (silent or advocate.revoked or advocate.preferences.get(STOP))


def _to_referee(case: Case) -> Mail | None:
    talk = talk_of(case)
    if talk is None:
        return None
    known = case.known
    house = House(known.locale(case.referee.locale or case.advocate.locale), known.program)
    page = _address(case, "referee", case.referee.id)
    letter = to_referee(case.about, house, talk, page)  # type: ignore[arg-type]
    to = Party(talk.guest.name, talk.guest.email)
    invited = _invitation(case, "referee", house, talk, page)
    return _mail(case, house, letter, talk.host, to, invitation=invited)


def _to_host(case: Case) -> Mail | None:
    talk = talk_of(case)
    if talk is None:
        return None
    house = House(case.known.locale(language_of(talk.host, case.known.program)), case.known.program)
    to = Party(talk.host.name, talk.host.email)
    if case.about == "outcome":
        return _asking(case, house, talk, to)
    letter = to_host(case.about, house, talk)  # type: ignore[arg-type]
    invited = _invitation(case, "host", house, talk, "")
    answers = Party(talk.guest.name, talk.guest.email) if talk.guest.email else None
    return _mail(case, house, letter, talk.host, to, invitation=invited, reply_to=answers)


def _asking(case: Case, house: House, talk: Talk, to: Party) -> Mail | None:
    """What came of a meeting? Not where somebody has said so."""
    row = rows_of(case.world.ledger, [case.referee.id]).get(case.referee.id)
    if row and any(at >= talk.meeting.start.isoformat() for at in row.outcomes.values()):
        return None
    url = f"{case.world.address}/api/outcomes/{case.known.holders.outcome_token(talk.meeting)}"
    return _mail(case, house, ask_host(house, talk, url), None, to)


def _to_firm(case: Case) -> Mail | None:
    program = case.known.program
    house = House(case.known.locale(program.locale), program)
    start = case.delivery.data.get("start")
    guest = guest_of(case.referee, case.person)
    decided = handling(case.known.accounts, guest.email, guest.company)
    letter = to_firm(
        case.about,  # type: ignore[arg-type]
        house,
        guest,
        introduction_of(case),
        account=decided.account,
        start=datetime.fromisoformat(start) if start else None,
    )
    to = Party(program.brand.name, program.brand.email)
    return _mail(case, house, letter, None, to)


_WRITERS = {
    "advocate": _to_advocate,
    "referee": _to_referee,
    "host": _to_host,
    "firm": _to_firm,
}


def _address(case: Case, kind: str, person: str) -> str:
    letter = "a" if kind == "advocate" else "p"
    return f"{case.world.address}/{letter}/{case.known.holders.key(kind, person)}/"


def _invitation(
    case: Case, reader: Literal["referee", "host"], house: House, talk: Talk, page: str
) -> bytes:
    """What calendars read; a reminder brings none."""
    if case.about == "reminder":
        return b""
    from passalong.booking.invitation import invitation  # noqa: PLC0415 - 65 ms

    return invitation(
        talk.meeting,
        words=calendar_words(reader, house, talk, page),
        sender=_sender(case.known, talk.host),
        guests=[Party(one.name, one.email) for one in (talk.host, talk.guest) if one.email],
        base_url=case.known.program.base_url,
        now=case.world.clock(),
    )


def _sender(known: Known, host: Host | None) -> Party:
    """A person of the firm, at the address that the firm's mail comes from."""
    brand = known.program.brand
    return Party(f"{host.name} ({brand.name})" if host else brand.name, brand.email)


def _mail(
    case: Case,
    house: House,
    letter: Letter,
    signer: Host | None,
    to: Party,
    *,
    invitation: bytes = b"",
    reply_to: Party | None = None,
) -> Mail:
    if reply_to is None and signer:
        reply_to = Party(signer.name, signer.email)
    return mail_of(
        letter,
        house.locale,
        case.known.bundle.answers[skeleton_of(house.locale.code)],
        id=case.delivery.id,
        to=to,
        sender=_sender(case.known, signer),
        reply_to=reply_to,
        invitation=invitation,
        method="CANCEL" if case.about == "cancelled" else "REQUEST",
    )
