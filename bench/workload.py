"""A content folder of any size for the benchmarks: ``-m bench.workload PEOPLE FOLDER``.

Half the people are advocates, half referees; nine of ten referees are confirmed and so have a page.
24 stories cover 8 industries in 3 sizes. Some names and companies are made of what HTML and URLs
must escape. The same size gives the same bytes.
"""

from __future__ import annotations

import csv
import hashlib
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

SEED = 20261121
INDUSTRIES = (
    "shipping",
    "grocery",
    "chemicals",
    "logistics",
    "recycling",
    "building materials",
    "food and drink",
    "paper and packaging",
)
SIZES = {"small": 120, "medium": 640, "large": 3100}
REGIONS = ("Nordics", "DACH", "Benelux", "UK & Ireland", "North America")
ROLES = (
    "Head of Operations",
    "Site Manager",
    "Supply Chain Director",
    "Terminal Manager",
    "VP Logistics & Procurement",
)
FIRST = (
    *("Ada", "Björn", "Chiara", "Dmitri", "Eoin", "Fatima", "Grace", "Henrike", "Ibrahim"),
    *("Joséphine", "Katrin", "Lucía", "Maeve", "Niels", "Øystein", "Priya", "Quentin"),
    *("Ruth", "Søren", "Tamar", "Ulla", "Víctor", "Wiebke", "小明", "Zoë"),
)
LAST = (
    *("Albers", "Brandt", "O’Connor", "D'Angelo", "Eriksen", "Fourier", "Gallagher", "Hansen"),
    *("Ibarra", "Jansen", "Kowalska", "Lindqvist", "Müller-Lüdenscheidt", "Nowak", "Okafor"),
    *("Petit", "Quist", "Raman", "Sørensen", "Tanaka", "Ueda", "Vogel", "de Wit", "Ångström"),
    *('"Ace" Young', "<Zeiss>", "王"),
)
COMPANY = ("Harbour", "North", "Granite", "Juniper", "Copper", "Meadow", "Ferry", "Lantern", "A<B")
KIND = ("Freight", "Foods", "& Sons", "Mills", "Terminals", "Works GmbH", "Cold Stores", '"Group"')
TEXT = (
    "the gate opens at six and the yard fills before the first crew has had its coffee every truck"
    " now brings a time with it and the plan moves when somebody is late nobody calls the office to"
    " ask where a trailer stands because the screen at the dock says so and the night shift writes"
    " what the morning needs to know in one place instead of three"
)
WORDS = TEXT.split()
SIGNATORY = 'state = "approved"\nby = "R. Signatory"\nauthority = "Managing Director"\n'

PROGRAM = """\
id = "workload"
base_url = "https://friends.workload.example"
locale = "en"
timezone = "Europe/Berlin"
currency = "EUR"

[brand]
name = "Workload"
legal_name = "Workload Systems GmbH"
colour = "#0b5d6b"
email = "hello@workload.example"
address = "Am Kai 1, 20457 Hamburg"
website = "https://workload.example"

[product]
overview = "Workload gives every truck a time and mends the plan when somebody is late."
pitch = "Every arrival has a time, everybody sees the same plan, and the plan mends itself."

[looking_for]
industries = ["shipping", "grocery"]
sizes = "150 to 2,500 people"
roles = ["head of operations"]
ask = "a head of operations whose gate has a queue"

[looking_for.ask_by_industry]
shipping = "a head of operations at a carrier of 200 to 2,000 people"

[reward]
advocate = "a seat at the yearly Harbour Day"
referee = "nothing, and no discount"
disclosure = "Full disclosure: if you meet them, they invite me to their Harbour Day."

[reassurance]
text = "They hear that you met, never what was said."

[share]
media = ["linkedin", "email", "whatsapp", "teams", "copy-link", "copy-message"]

[booking]
minutes = 25
agenda = ["Your gate today", "What others changed", "Whether it is worth a second talk"]

[[booking.hosts]]
id = "jonas"
name = "Jonas Petersen"
role = "Head of Customers"
email = "jonas@workload.example"
bio = "Yard planner for eleven years."
link = "https://meet.workload.example/jonas"
regions = ["Nordics", "DACH", "Benelux"]
languages = ["en", "de"]
hours = ["Mon-Thu 09:00-17:00"]

[[booking.hosts]]
id = "aoife"
name = "Aoife Brennan"
role = "Customer Lead"
email = "aoife@workload.example"
bio = "Ran a cold store before."
phone = "+353 1 555 0100"
regions = ["UK & Ireland", "North America"]
languages = ["en"]
hours = ["Mon-Fri 09:00-17:00"]
"""


def sentence(rng: random.Random) -> str:
    start, length = rng.randrange(len(WORDS)), rng.randrange(9, 20)
    return " ".join((WORDS * 2)[start : start + length]).capitalize() + "."


def paragraph(rng: random.Random) -> str:
    return " ".join(sentence(rng) for _ in range(rng.randrange(4, 7)))


def story(rng: random.Random, slug: str, industry: str, people: int) -> str:
    """A case study of about 600 words, with a list, a table and a link in its Markdown."""
    customer = slug.replace("-", " ").title()
    sections = "\n\n".join(
        f"## {heading}\n\n{paragraph(rng)}\n\n{paragraph(rng)}"
        for heading in ("Where it began", "What changed", "What it took", "What comes next")
    )
    return f"""\
---
title: {customer} waits {rng.randrange(20, 45)} % less at the gate
customer: {customer}
industry: {industry}
company_size: {people}
roles: [head of operations, site manager]
region: {rng.choice(REGIONS)}
locale: en
summary: How the yard of {customer} lost its queue in one summer, and what the crews did about it.
metrics:
  - {{value: {rng.randrange(20, 45)} %, label: less waiting, before: 3 h 10 min, after: 2 h}}
  - {{value: {rng.randrange(2, 9)} h, label: fewer calls a day, before: 11 h, after: 4 h}}
  - {{value: {rng.randrange(80, 99)} %, label: on time, before: 71 %, after: 94 %}}
quote: {{text: "{sentence(rng)}", name: {rng.choice(FIRST)} Customer, role: COO}}
---
{sections}

- {sentence(rng)}
- {sentence(rng)}

| before | after |
|--------|------:|
| 3:10   |  2:00 |

More in [their own words](https://{slug}.example/).
"""


def digest(text: str) -> str:
    """The digest that a sign-off names: of the file's bytes with LF as line end."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def sign_off(slug: str, text: str) -> str:
    return f'[{slug}]\n{SIGNATORY}when = 2026-01-05\nscope = "named"\ndigest = "{digest(text)}"\n'


def write_stories(folder: Path) -> list[str]:
    rng = random.Random(SEED)
    (folder / "case-studies").mkdir(parents=True)
    signed = {}
    for industry in INDUSTRIES:
        for size, people in SIZES.items():
            slug = f"{industry.replace(' ', '-')}-{size}"
            text = story(rng, slug, industry, people)
            (folder / f"case-studies/{slug}.md").write_text(text, "utf-8")
            signed[slug] = sign_off(slug, text)
    (folder / "sign-offs.toml").write_text("\n".join(signed.values()), "utf-8")
    return list(signed)


Row = dict[str, str]


def person(rng: random.Random, number: int) -> Row:
    return {
        "id": f"c{number:06}",
        "name": f"{rng.choice(FIRST)} {rng.choice(LAST)}",
        "email": f"person-{number}@firm-{number % 997}.example",
        "company": f"{rng.choice(COMPANY)} {rng.choice(KIND)}",
        "role": rng.choice(ROLES),
        "industry": rng.choice(INDUSTRIES),
        "company_size": str(rng.choice((90, 400, 1800, 5000))),
        "region": rng.choice(REGIONS),
    }


def advocates(rng: random.Random, count: int, slugs: list[str]) -> Iterator[Row]:
    """One in three stands behind a story or shows their name; one in ten is a partner."""
    for number in range(count):
        own = rng.random() < 1 / 3
        yield person(rng, number) | {
            "kind": "partner" if number % 10 == 9 else "customer",
            "case_study": rng.choice(slugs) if own else "",
            "context": "" if own else sentence(rng),
            "show_name": rng.choice(("yes", "no", "")),
            "reward": "none" if number % 20 == 19 else "",
        }


def referees(rng: random.Random, first: int, count: int, advocate_count: int) -> Iterator[Row]:
    """One in ten is only suggested; of the confirmed, four in five come with a reason."""
    for number in range(first, first + count):
        suggested = number % 10 == 0
        with_reason = not suggested and rng.random() < 4 / 5
        yield person(rng, number) | {
            "advocate": f"c{rng.randrange(advocate_count):06}",
            "status": "suggested" if suggested else "confirmed",
            "reason": f"{sentence(rng)} {sentence(rng)}" if with_reason else "",
        }


def write_rows(file: Path, rows: Iterable[Row]) -> None:
    rows = iter(rows)
    first = next(rows)
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(first), lineterminator="\n")
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)


def write_workload(folder: Path, people: int) -> None:
    """Make ``folder`` (which must not exist) a content folder of ``people`` people."""
    slugs = write_stories(folder)
    (folder / "program.toml").write_text(PROGRAM, "utf-8")
    (folder / "pages").mkdir()
    privacy = f"# Privacy\n\n{paragraph(random.Random(SEED))}\n"
    (folder / "pages/privacy.md").write_text(privacy, "utf-8")
    rng = random.Random(SEED)
    half = people // 2
    write_rows(folder / "advocates.csv", advocates(rng, half, slugs))
    write_rows(folder / "referees.csv", referees(rng, half, people - half, half))


if __name__ == "__main__":
    write_workload(Path(sys.argv[2]), int(sys.argv[1]))
