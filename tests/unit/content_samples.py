"""A small content folder that is as it should be, to be spoilt by tests one line at a time."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from passalong import content
from passalong.content.storyfiles import digest_of
from passalong.editorial import Editorial
from passalong.errors import Problem
from passalong.people import People

TODAY = date(2026, 11, 21)

PROGRAM = """\
id = "leeway"
base_url = "https://friends.leeway.example"
locale = "en"
timezone = "Europe/Berlin"
currency = "EUR"

[brand]
name = "Leeway"
colour = "#0b5d6b"
email = "hello@leeway.example"

[product]
overview = "Leeway gives every truck a time."

[looking_for]
ask = "a head of operations"

[share]
media = ["linkedin", "copy-link"]

[[booking.hosts]]
id = "jonas"
name = "Jonas Petersen"
email = "jonas@leeway.example"
hours = ["Mon-Thu 09:00-17:00"]
"""

STORY = """\
---
title: Ships wait 31 % less at the quay
customer: Nordhavn Lines
industry: shipping
company_size: 400
summary: Nordhavn gave every ship a time and lost a third of its waiting.
metrics:
  - {value: 31 %, label: less waiting}
  - {value: 2 h, label: shorter calls}
  - {value: 9, label: fewer tugs}
---
## Before

Ships waited.
"""

ADVOCATES = """\
id,name,email,company,kind,case_study,owner
a1,Maria Lindqvist,maria@nordhavn.example,Nordhavn Lines,customer,nordhavn,jonas
a2,Henrike Voss,henrike@kaltwasser.example,Kaltwasser,partner,,
"""

REFEREES = """\
id,advocate,name,email,company,reason
r1,a1,Tomas Berg,tomas@kestrel.example,Kestrel,He asked me about the quay.
r2,a1,Ida Lund,ida@lund.example,Lund,
"""


def sign_off(folder: Path, *slugs: str, state: str = "approved", extra: str = "") -> str:
    """The text of sign-offs for the stories as they are now."""
    entries = []
    for slug in slugs:
        digest = digest_of((folder / "case-studies" / f"{slug}.md").read_bytes())
        entries.append(
            f'[{slug}]\nstate = "{state}"\nby = "Maria Lindqvist"\nwhen = 2026-05-02\n'
            f'digest = "{digest}"\n{extra}'
        )
    return "\n".join(entries)


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


def make(folder: Path, **files: str | bytes) -> Path:
    """A content folder; ``files`` replaces its ``program``, ``story`` or lists."""
    write(
        folder,
        {
            "program.toml": files.get("program", PROGRAM),
            "case-studies/nordhavn.md": files.get("story", STORY),
            "pages/privacy.md": "# Privacy\n\nWe keep little.\n",
            "advocates.csv": files.get("advocates", ADVOCATES),
            "referees.csv": files.get("referees", REFEREES),
        },
    )
    write(folder, {"sign-offs.toml": sign_off(folder, "nordhavn")})
    return folder


def site(folder: Path) -> Path:
    """A site that has nothing but a default message."""
    write(folder, {"messages/linkedin.en.md": "Leeway is worth a look.\n"})
    return folder


def read(folder: Path, today: date = TODAY) -> Editorial:
    return content.read_editorial(folder, today, site(folder.parent / "site"))


def read_all(folder: Path) -> tuple[Editorial, People]:
    editorial = read(folder)
    return editorial, content.read_people(folder, editorial)


def problems(folder: Path) -> list[Problem]:
    """Everything that is wrong with the folder, as ``check`` would list it."""
    editorial, people = read_all(folder)
    return sorted({*editorial.problems, *people.problems})


def said(folder: Path) -> list[str]:
    return [str(problem) for problem in problems(folder)]
