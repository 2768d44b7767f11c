"""Whoever books: what they typed, judged, and the record that is kept of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.actions.acting import whole
from passalong.endpoints import ANSWERS
from passalong.ledger.port import Person
from passalong.merging import with_words

if TYPE_CHECKING:
    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.booking.mail_address import MailAddress
    from passalong.known import Known
    from passalong.ledger.port import Ledger
    from passalong.people import Referee
    from passalong.program import Host

FASTEST: Final = 2
"""Seconds that nobody needs less of to fill in a form."""
_AHEAD: Final = 5 * 60
_DIGITS: Final = 5
"""A telephone number has no fewer."""

FAULTS: Final = {
    "fast": ("shown", "is less than two seconds ago, or to come"),
    "email": ("email", "must be an address such as maria@example.com"),
    "disposable": ("email", "must be an address that lasts"),
    "phone": ("phone", "is needed, for the host calls"),
}
"""What can be wrong, by its key in ``answer.problem``: in which field, and what would be right."""


class Judged(NamedTuple):
    """The mail address that somebody gave, if it is usable, and the keys of what is wrong."""

    mail: MailAddress | None
    faults: tuple[str, ...]


def judged(asked: Asked) -> Judged:
    """What somebody typed, as far as it can be judged without knowing the host."""
    from passalong.booking.mail_address import (  # noqa: PLC0415 - long lists, for bookings alone
        AddressRefused,
        read_address,
    )

    faults = ["fast"] if _is_too_fast(asked) else []
    if "email" in asked.fields.faults:
        return Judged(None, tuple(faults))  # which is told already
    try:
        return Judged(read_address(asked.fields["email"]), tuple(faults))
    except AddressRefused as refused:
        fault = "disposable" if refused.code == "disposable" else "email"
        return Judged(None, (*faults, fault))


def lacks_phone(asked: Asked, host: Host) -> bool:
    """Whether the host has to call, and there is no number."""
    digits = sum(character.isdecimal() for character in asked.fields["phone"])
    return not host.link and digits < _DIGITS


def _is_too_fast(asked: Asked) -> bool:
    """Whether a form was sent sooner than anybody reads it; programs need not say."""
    shown = asked.fields["shown"]
    if not shown and not asked.fields.form:
        return False
    if not shown.isdecimal():
        return True
    age = asked.at.timestamp() - int(shown)
    return age < -_AHEAD or 0 <= age < FASTEST


def as_known(ledger: Ledger, who: Acting) -> Referee | None:
    """The referee whose page it is, with what the advocate said of them; nobody on a share page.

    Of those whom the bundle does not know yet, or not yet as named by the advocate, one reading of
    the ledger tells. Raises NotFound.
    """
    if who.referee and who.referee.status == "suggested":
        return with_words(who.referee, ledger.person(who.referee.id).reason)
    return whole(ledger, who, who.referee) if who.referee else None


def guest(
    known: Known, who: Acting, asked: Asked, mail: MailAddress, referee: Referee | None
) -> Person:
    """Who books, as it is kept: what the advocate said of them, and what they say themselves.

    Their referral is the one that the introduction began; without one it goes by their company, or
    the domain of their mail where that tells one.
    """
    fields, advocate, holders = asked.fields, who.advocate.id, known.holders
    company = fields["company"] or ("" if referee or mail.free else mail.domain)
    if referee:
        person_id, about = referee.id, referee.company
        company = company or referee.company
    else:
        person_id, about = holders.booked(advocate, mail.mailbox), company
    return Person(
        id=person_id,
        kind="referee",
        advocate=advocate,
        name=fields["name"],
        origin="booking",
        since=asked.at,
        email=mail.address,
        company=company,
        role=referee.role if referee else "",
        locale=(referee.locale if referee else "") or who.locale,
        reason=referee.reason if referee else "",
        phone=fields["phone"],
        industry=referee.industry if referee else "",
        region=referee.region if referee else "",
        note=_note(known, who, asked),
        referral=holders.referral(advocate, about, person_id),
    )


def _note(known: Known, who: Acting, asked: Asked) -> str:
    """What they wrote to the host, with what they answered to the program's questions."""
    questions = known.program.texts[who.locale].questions
    given = [asked.fields[field.name] for field in ANSWERS]
    answers = [f"{asks}\n{says}" for asks, says in zip(questions, given, strict=False) if says]
    return "\n".join(filter(None, (asked.fields["note"], *answers)))
