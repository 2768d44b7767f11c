"""Letters to the firm's own mailbox: somebody has to be looked at before anything goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from passalong import zones
from passalong.mail.letter import Fact, Letter
from passalong.mail.letters.to_host import about, background, quotes, write_to

if TYPE_CHECKING:
    from datetime import datetime

    from passalong.mail.letters.house import House
    from passalong.mail.letters.talk import Guest, Introduction
    from passalong.people import Account


def to_firm(
    what: Literal["introduction", "booking"],
    house: House,
    guest: Guest,
    introduction: Introduction,
    *,
    account: Account | None = None,
    start: datetime | None = None,
) -> Letter:
    """Asks somebody to decide about an introduction or a booking that was put under review.

    ``start`` is the time that was asked for.
    """
    words = f"firm.{what}"
    said = {"name": guest.name, "advocate": introduction.advocate}
    if what == "booking":
        button = write_to(house, guest.name, guest.email)
    else:
        button = write_to(house, introduction.advocate, introduction.email)
    return Letter(
        subject=house.say(f"{words}.subject", **said),
        greeting=house.say("greeting_plain"),
        paragraphs=house.paragraphs(f"{words}.text", **said),
        quotes=quotes(house, introduction, guest),
        facts=(
            *about(house, guest),
            *(_wanted(house, start) if start else ()),
            *background(house, introduction, account),
        ),
        button=button,
        closing=house.desk(),
        footer=house.footer("host"),
    )


def _wanted(house: House, start: datetime) -> tuple[Fact, ...]:
    zone = zones.first(house.program.timezone)
    return (Fact(house.say("label.wanted"), house.locale.datetime(start.astimezone(zone))),)
