"""The letter to the host after a meeting: what came of it, in two presses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.mail.letter import Button, Fact, Letter
from passalong.mail.letters.house import called
from passalong.mail.letters.to_host import about

if TYPE_CHECKING:
    from passalong.mail.letters.house import House
    from passalong.mail.letters.talk import Talk


def ask_host(house: House, talk: Talk, url: str) -> Letter:
    """Asks what came of a meeting; ``url`` is the page that takes the answer."""
    start, end = talk.meeting.start, talk.meeting.end
    zone = talk.host_zone(house.program)
    first = called(talk.guest.name) or house.locale.text("answer.outcome.guest")
    said = {"name": first, "day": house.locale.date(start.astimezone(zone), "short")}
    when = Fact(house.say("label.when"), house.when(start, end, zone, yours=True))
    return Letter(
        subject=house.say("host.outcome.subject", **said),
        greeting=house.greeting(talk.host.name),
        paragraphs=house.paragraphs("host.outcome.text", **said),
        facts=(when, *about(house, talk.guest)),
        button=Button(house.say("host.outcome.button"), url, url),
        closing=house.desk(),
        footer=house.footer("host"),
    )
