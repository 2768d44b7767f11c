"""What a calendar's entry says: to the referee whom they meet, to the host who comes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from passalong.mail.letters.to_referee import where

if TYPE_CHECKING:
    from passalong.booking.invitation import Words
    from passalong.mail.letters.house import House
    from passalong.mail.letters.talk import Talk


def calendar_words(
    reader: Literal["referee", "host"], house: House, talk: Talk, page: str = ""
) -> Words:
    """The words of the invitation that goes with a letter.

    ``page`` is the address of the referee's own page, which only they are told.
    """
    from passalong.booking.invitation import Words  # noqa: PLC0415 - it imports a calendar library

    guest, host, who = talk.guest, talk.host, talk.introduction
    lines = []
    if who.advocate and not who.by_link:
        lines.append(house.say("calendar.by", advocate=who.advocate))
    if reader == "referee":
        summary = house.joined(host.name, house.program.brand.name)
        change = house.locale.text("letter.fact", label=house.say("label.change"), text=page)
        lines += [where(house, talk), change]
    else:
        summary = house.joined(guest.name, guest.company)
        lines.append(house.joined(guest.email, guest.phone))
    return Words(summary, "\n".join(lines), host.link or where(house, talk), host.link)
