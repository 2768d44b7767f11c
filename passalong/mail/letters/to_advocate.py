"""Letters to an advocate: thanks, and in plain words what became of an introduction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from passalong.mail.letter import Button, Letter, Link
from passalong.mail.letters.house import called

if TYPE_CHECKING:
    from passalong.mail.letters.house import House
    from passalong.program import Host

Stage = Literal["introduced", "booked", "met", "won", "lost", "disqualified"]


def to_advocate(
    stage: Stage, house: House, signer: Host, name: str, referee: str, *, url: str, stop: str
) -> Letter:
    """The letter at a stage of an introduction, from whoever looks after the advocate.

    ``referee`` is a name, of which the first is said and nothing else; empty where the advocate
    passed on a link and named nobody. ``url`` is the referee's page as long as it is to be sent,
    at stage introduced, and the advocate's own afterwards; ``stop`` ends letters of this kind
    (RFC 8058).
    """
    words = f"advocate.{stage}"
    is_new = stage == "introduced"
    who = called(referee) or house.say("named" if is_new else "somebody")
    label = "advocate.page" if is_new else "advocate.standing"
    return Letter(
        subject=house.say(f"{words}.subject", name=who),
        greeting=house.greeting(name),
        paragraphs=house.paragraphs(f"{words}.text", name=who),
        button=Button(house.say(label, name=who), url, url),
        closing=house.signed(signer),
        footer=house.footer("advocate"),
        unsubscribe=Link(house.say("stop"), stop),
    )
