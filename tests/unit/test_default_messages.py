"""The drafts that come with the site: in every language, for every medium, within every limit."""

from __future__ import annotations

from pathlib import Path

import pytest

from passalong.drafts import placeholders
from passalong.editorial import Message
from passalong.message_lint import lint
from passalong.program import MEDIA

SITE = Path(__file__).parents[2] / "site"
KINDS = sorted({*MEDIA, "ask", "refer"} - {"copy-link"})
CODES = sorted(path.stem for path in (SITE / "locales").glob("*.toml"))
GREETED = {"first_name", "name"}  # a formal letter greets by the whole name
WIDE = {
    "first_name": "Bartholomew",
    "name": "Bartholomew Featherstonehaugh",
    "company": "Mossgate Building Supplies",
    "role": "Operations Director",
    "brand": "Leeway",
    "overview": "x" * 150,
    "looking_for": "a head of operations at a carrier of 200 to 2,000 people",
    "result": "x" * 70,
    "customer": "Mossgate Building Supplies",
    "link": "https://friends.leeway.example/r/y64evg90h2xxm/?v=copy-message",
    "disclosure": "x" * 100,
    "host_first": "Jonas",
    "referee_first": "Tomas",
    "referee_company": "Kestrel Ferries",
}


def message(kind: str, code: str) -> Message:
    path = SITE / "messages" / f"{kind}.{code}.md"
    first, _, rest = path.read_text().partition("\n")
    subject = first.removeprefix("Subject: ") if first.startswith("Subject: ") else ""
    return Message(kind, code, "", subject, rest.strip() if subject else f"{first}\n{rest}", "", 1)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_draft_is_good_for_somebody_with_little_and_with_much(kind: str, code: str) -> None:
    absent = dict.fromkeys(("company", "role", "result", "customer", "referee_company"), "somebody")
    found = lint(message(kind, code), WIDE, gift=True, absent=absent)
    mails = ("email", "refer")  # an address of letters that are not Latin is long by nature
    assert [p for p in found if p.severity == "error" or kind not in mails] == []


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_draft_says_what_the_english_one_says(kind: str, code: str) -> None:
    theirs, english = message(kind, code), message(kind, "en")
    assert bool(theirs.subject) == bool(english.subject)
    words, expected = (
        {spot.name for spot in placeholders(f"{m.subject}\n{m.text}")} for m in (theirs, english)
    )
    assert words - GREETED == expected - GREETED
    assert bool(words & GREETED) == bool(expected & GREETED)
