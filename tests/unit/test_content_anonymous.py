"""Anonymised stories: the customer is nowhere, and where they still are the build stops."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.content.anonymous import anonymised
from passalong.content.problems import Problems
from passalong.editorial import Anonymous, Quote, Story
from tests.unit.content_samples import make, read, said, sign_off, write

SOLVANE = """\
---
title: Solvane’s tank trucks leave sooner
customer: Solvane Chemicals
industry: chemicals
region: Benelux
summary: At Solvane a truck waited three hours.
domain: solvane.example
metrics:
  - {value: 58 %, label: less time at Solvane}
  - {value: 75 %, label: fewer turned away}
  - {value: 45 %, label: less idle time}
quote: {text: Ask SOLVANE CHEMICALS., name: Pieter De Smet, role: Site Manager}
logo: logos/solvane.svg
assets: [{file: logos/solvane.svg, label: Summary}]
anonymous:
  customer: a Belgian maker of solvents
  slug: solvents-belgium
  replace:
    Solvane: the company
    De Smet: the site manager
    Kallo: the plant
---
## Kallo at six

Pieter
De Smet runs Kallo. Trucks to
solvane chemicals wait. Solvane’s gate opens.

![The gate at Kallo](../logos/solvane.svg)

Their [site](https://www.solvane.example/about) says so.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = make(tmp_path / "content")
    write(folder, {"case-studies/solvane.md": SOLVANE, "logos/solvane.svg": "<svg/>"})
    sign(folder)
    return folder


def sign(folder: Path) -> None:
    offs = sign_off(folder, "nordhavn") + sign_off(
        folder, "solvane", extra='scope = "anonymised"\n'
    )
    write(folder, {"sign-offs.toml": offs})


def change(folder: Path, old: str, new: str) -> None:
    path = folder / "case-studies/solvane.md"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    sign(folder)


def test_nothing_of_the_customer_is_left(folder: Path) -> None:
    editorial = read(folder)
    assert editorial.problems == ()
    story = next(story for story in editorial.stories if story.slug == "solvents-belgium")
    assert story.title == "The company’s tank trucks leave sooner"
    assert story.customer == "a Belgian maker of solvents"
    assert story.summary == "At the company a truck waited three hours."
    assert story.quote == Quote("Ask a Belgian maker of solvents.", "Site Manager", "")
    assert story.metrics[0].label == "less time at the company"
    assert (story.logo, story.domain, story.assets, story.anonymous) == ("", "", (), None)
    assert story.body.splitlines() == [
        "## The plant at six",
        "",
        "Site Manager",
        " runs the plant. Trucks to",
        "a Belgian maker of solvents wait. The company’s gate opens.",
        "",
        "",
        "",
        "Their site says so.",
    ]
    text = repr(story).replace(story.file, "").lower()
    assert not [word for word in ("solvane", "smet", "pieter", "kallo") if word in text]


def test_others_learn_the_public_address_and_what_must_not_show(folder: Path) -> None:
    editorial = read(folder)
    assert editorial.public_slugs == {"nordhavn": "nordhavn", "solvane": "solvents-belgium"}
    assert set(editorial.forbidden) == {"solvents-belgium"}
    assert set(editorial.forbidden["solvents-belgium"]) == {
        "Solvane Chemicals",
        "solvane.example",
        "Pieter De Smet",
        "De Smet",
        "Solvane",
        "Kallo",
    }


def test_without_a_slug_the_address_says_the_industry_and_stays_the_same(folder: Path) -> None:
    change(folder, "  slug: solvents-belgium\n", "")
    slug = read(folder).public_slugs["solvane"]
    assert slug.startswith("chemicals-")
    change(folder, "runs Kallo", "leads Kallo")
    assert read(folder).public_slugs["solvane"] == slug


@pytest.mark.parametrize(
    ("old", "new", "line", "word"),
    [
        ("runs Kallo.", "runs Kallo. Pieter left.", 26, "Pieter"),
        ("runs Kallo.", "runs *So*lvane2.", 26, "Solvane"),
        ("runs Kallo.", "runs Sol&#118;ane&shy;works.", 26, "Solvane"),
        ("slug: solvents-belgium", "slug: solvents-solvanes", 15, "Solvane"),
        ("customer: a Belgian", "customer: a Solvane-like", 15, "Solvane"),
        ("title: Solvane’s tank", "title: Solvanian tank", None, ""),
        ("title: Solvane’s tank", "title: Solvanes tank", 2, "Solvane"),
    ],
)
def test_a_trace_that_stays_is_an_error_at_its_line(
    folder: Path, old: str, new: str, line: int | None, word: str
) -> None:
    change(folder, old, new)
    wanted = f"case-studies/solvane.md:{line}: “{word}” still gives the customer"
    found = [text for text in said(folder) if "still gives" in text]
    assert [text for text in found if text.startswith(wanted)] if line else not found


def test_a_story_to_be_anonymised_must_say_how(folder: Path) -> None:
    write(folder, {"sign-offs.toml": sign_off(folder, "nordhavn", extra='scope = "anonymised"\n')})
    assert (
        "sign-offs.toml:1: nordhavn is to be anonymised, but case-studies/nordhavn.md does not say "
        "how. Give it “anonymous” with a customer." in said(folder)
    )
    assert read(folder).withheld["nordhavn"] == "it does not say how to be anonymised"


def test_another_story_must_not_name_an_anonymised_one_by_its_address(folder: Path) -> None:
    path = folder / "case-studies/nordhavn.md"
    path.write_text(path.read_text() + "\nAs [they](/stories/solvane/) did.\n")
    sign(folder)
    assert said(folder) == [
        "case-studies/nordhavn.md:16: the link /stories/solvane/ names the customer of an "
        "anonymised story. It is shown at /stories/solvents-belgium/."
    ]


def test_an_anonymous_address_must_be_free(folder: Path) -> None:
    change(folder, "slug: solvents-belgium", "slug: nordhavn")
    assert [text for text in said(folder) if "stories/nordhavn/" in text] == [
        "case-studies/solvane.md:1: is shown at /stories/nordhavn/, as nordhavn is. "
        "Give it an anonymous.slug of its own."
    ]


NAMES = st.text("abcdefghij", min_size=5, max_size=8)


@given(NAMES, NAMES, st.lists(st.sampled_from(["\n", " ", ". ", "’s ", "**", "(", "\n\n"])))
def test_a_name_is_gone_wherever_it_stands(first: str, second: str, gaps: list[str]) -> None:
    name = f"{first.title()} {second.title()}"
    body = "".join(f"{name}{gap}{name.upper()}{gap}" for gap in gaps)
    story = Story("zz-top", "x.md", 9, name, name, name, body, anonymous=Anonymous("kkkk", "kk-kk"))
    problems = Problems()
    told, forbidden = anonymised(story, "", problems)
    kept = (told.title + told.summary + told.body).lower()
    assert name.lower() not in " ".join(kept.replace("*", "").split()) or problems.sorted()
    assert name in forbidden
    assert told.body.count("\n") == body.count("\n")
