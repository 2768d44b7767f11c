"""One letter of each kind, about people of the sample program: for tests, and to be looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from passalong import content
from passalong.ledger.port import Meeting
from passalong.letter_fields import skeleton_of
from passalong.locales import Locale
from passalong.mail.letter import Letter, mail_of
from passalong.mail.letters.ask_host import ask_host
from passalong.mail.letters.house import House
from passalong.mail.letters.talk import Guest, Introduction, Moment, Talk
from passalong.mail.letters.to_advocate import Stage, to_advocate
from passalong.mail.letters.to_firm import to_firm
from passalong.mail.letters.to_host import to_host
from passalong.mail.letters.to_referee import to_referee
from passalong.mail.port import Mail
from passalong.pages.fill import Skeleton
from passalong.pages.mails import mail_skeletons
from passalong.pages.site import Site
from passalong.party import Party
from passalong.people import Account
from passalong.program import Host, Program
from tests.programs import ROOT, SITE

CODES = ("en", "de", "ar", "zh")
MOMENTS: tuple[Moment, ...] = ("booked", "moved", "cancelled", "reminder")
STAGES: tuple[Stage, ...] = ("introduced", "booked", "met", "won", "lost", "disqualified")

PAGE = "https://friends.leeway.example/p/7f3kq9x2m4c8v1n6b5z0t7r3wa/"
OWN = "https://friends.leeway.example/a/2m4c8v1n6b5z0t7r3wa7f3kq9x/"
TOLD = "https://friends.leeway.example/api/outcomes/" + "m4c8v1n6b5z0t7r3wa" * 8
STOP = "https://friends.leeway.example/a/2m4c8v1n6b5z0t7r3wa7f3kq9x/#stop"

# A Wednesday in September has the longest date in English, a Thursday in German.
START = datetime(2026, 9, 30, 12, tzinfo=UTC)
MEETING = Meeting(
    "m-1", "ref-1", "in-1", "adv-1001", "jonas", START, START + timedelta(minutes=25), "Europe/Oslo"
)
GUEST = Guest(
    "Tomas Berg",
    "tomas.berg@kestrel.example",
    "Kestrel Lines",
    "Head of Operations",
    "+47 22 14 09 88",
    "We have two quays, and a queue at one of them every Monday.\n"
    "How many ships call in a week?\nEleven, twelve in autumn.",
)
INTRODUCTION = Introduction(
    "Maria Lindqvist",
    "Chief Operating Officer, Nordhavn",
    "Tomas has the queue that we had three years ago.\nHe will want to see it on a bad day.",
    email="maria.lindqvist@nordhavn.example",
)
OPEN = Account("kestrel.example", "Kestrel Lines", "open", "aoife", "Nordics", 1)
COMPETITOR = Account("kestrel.example", "Kestrel Lines", "competitor", "", "Nordics", 1)
STORY = "Nordhavn’s ships wait 31 % less"


@cache
def site() -> Site:
    """The sample program in every language that there is."""
    editorial = content.read_editorial(ROOT / "content", date(2026, 11, 21), SITE)
    program = editorial.program
    texts = {code: program.texts.get(code, program.texts["en"]) for code in CODES}
    every = replace(program, locales=CODES, texts=texts)
    return Site(replace(editorial, program=every), ROOT / "content", SITE)


@cache
def skeletons() -> dict[str, Skeleton]:
    return mail_skeletons(site())


def program() -> Program:
    return site().program


def locale(code: str) -> Locale:
    return site().locale(code)


def house(code: str) -> House:
    return House(locale(code), program())


def host(name: str) -> Host:
    """A host by id: jonas meets by video, ines by telephone."""
    return site().hosts[name]


def talk(
    by: str = "jonas", guest: Guest = GUEST, introduction: Introduction = INTRODUCTION
) -> Talk:
    return Talk(MEETING, host(by), guest, introduction, OPEN, STORY)


def letters(code: str) -> Iterator[tuple[str, Letter]]:
    """One of each, by a name for it."""
    home = house(code)
    link = Introduction("Maria Lindqvist", "Chief Operating Officer, Nordhavn", by_link=True)
    little = Talk(MEETING, host("ines"), Guest("Tomas Berg", GUEST.email), link)
    for moment in MOMENTS:
        yield f"referee-{moment}", to_referee(moment, home, talk(), PAGE)
        yield f"referee-{moment}-phone", to_referee(moment, home, talk("ines"), PAGE)
        yield f"host-{moment}", to_host(moment, home, talk())
        yield f"host-{moment}-little", to_host(moment, home, little)
    yield "host-outcome", ask_host(home, talk(), TOLD)
    yield "host-outcome-little", ask_host(home, little, TOLD)
    for stage in STAGES:
        url = PAGE if stage == "introduced" else OWN
        for name in ("Tomas Berg", ""):
            if name or stage != "introduced":
                letter = to_advocate(
                    stage, home, host("jonas"), "Maria Lindqvist", name, url=url, stop=STOP
                )
                yield f"advocate-{stage}{'' if name else '-link'}", letter
    yield (
        "firm-introduction",
        to_firm(
            "introduction",
            home,
            GUEST._replace(email="", note=""),
            INTRODUCTION,
            account=COMPETITOR,
        ),
    )
    yield (
        "firm-booking",
        to_firm("booking", home, GUEST, INTRODUCTION, account=COMPETITOR, start=START),
    )


def mail(code: str, letter: Letter, id: str = "dv-1", invitation: bytes = b"") -> Mail:  # noqa: A002
    return mail_of(
        letter,
        locale(code),
        skeletons()[skeleton_of(code)],
        id=id,
        to=Party("Tomas Berg", "tomas.berg@kestrel.example"),
        sender=Party("Jonas Petersen", "hello@leeway.example"),
        reply_to=Party("Jonas Petersen", "jonas.petersen@leeway.example"),
        invitation=invitation,
    )


def draw(folder: Path) -> None:
    """Writes every letter as a page and as text."""
    for code in CODES:
        for name, letter in letters(code):
            made = mail(code, letter)
            (folder / f"{code}-{name}.html").write_text(made.html)
            (folder / f"{code}-{name}.txt").write_text(f"Subject: {made.subject}\n\n{made.text}")
