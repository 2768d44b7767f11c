"""docs/content.md is true: its examples build, and it names every setting and column there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from passalong.content.mapping import FIELDS, STORY_FIELDS
from passalong.content.texts import KINDS, PAGES
from passalong.people import ACCOUNT_STATUSES, ADVOCATE_KINDS, ADVOCATE_STATUSES
from passalong.program import MEDIA
from tests.unit.content_samples import TODAY, read, read_all, said, sign_off, write

DOCS = (Path(__file__).parents[2] / "docs" / "content.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^\*\*`(\S+)`\*\*\n\n```\w+\n(.*?)^```$", DOCS, re.MULTILINE | re.DOTALL))
RECIPES = {"hubspot.toml", "salesforce.toml", "stories.toml"}
FOREIGN = {"hubspot-contacts.csv", "salesforce-contacts.csv", "website/stories/cnooc.en.md"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that the document describes, with the pictures it speaks of."""
    folder = tmp_path / "content"
    write(folder, {name: text for name, text in BLOCKS.items() if name not in RECIPES | FOREIGN})
    write(
        folder,
        {
            "logos/leeway.svg": "<svg/>",
            "logos/nordhavn.svg": "<svg/>",
            "img/anchor.png": b"\x89PNG",
            "files/nordhavn-summary.pdf": b"%PDF",
            "pages/privacy.de.md": "# Datenschutz\n\nWenig.\n",
        },
    )
    write(tmp_path, {"site/messages/linkedin.de.md": "x\n", "site/messages/email.de.md": "x\n"})
    return folder


def test_the_example_folder_is_as_it_should_be(folder: Path) -> None:
    assert said(folder) == [
        "sign-offs.toml:1: warning: nordhavn is not shown: its sign-off is with legal."
    ]
    _, people = read_all(folder)
    assert [person.name for person in people.advocates] == ["Maria Lindqvist", "Henrike Voss"]
    assert [referee.status for referee in people.referees] == ["confirmed", "suggested"]
    assert len(people.accounts) == 2


@pytest.mark.parametrize("extra", ["", 'scope = "anonymised"\n'])
def test_the_example_story_can_be_shown_with_its_name_and_without(folder: Path, extra: str) -> None:
    write(folder, {"sign-offs.toml": sign_off(folder, "nordhavn", extra=extra)})
    assert said(folder) == []
    assert len(read(folder, TODAY).stories) == 1


def test_the_example_of_a_problem_is_what_check_says(folder: Path) -> None:
    rows = BLOCKS["advocates.csv"].splitlines()
    rows += [f"a{number},Person {number}" + "," * 16 for number in range(3, 6)]
    rows.append("a6,Eoin,,,,,,,,custmer,,,,,,,,")
    write(folder, {"advocates.csv": "\n".join(rows) + "\n"})
    example = re.search(r"^advocates\.csv:7: .*$", DOCS, re.MULTILINE)
    assert example
    assert example.group() in said(folder)


@pytest.mark.parametrize("recipe", ["hubspot", "salesforce"])
def test_a_recipe_for_an_export_works_as_it_stands(folder: Path, recipe: str) -> None:
    write(
        folder,
        {
            "program.toml": BLOCKS["program.toml"] + "\n" + BLOCKS[f"{recipe}.toml"],
            f"{recipe}-contacts.csv": BLOCKS[f"{recipe}-contacts.csv"],
            "referees.csv": "id,advocate,name\n",
        },
    )
    assert [line for line in said(folder) if "sign-offs" not in line] == []
    _, people = read_all(folder)
    assert [(person.name, person.company) for person in people.advocates] == [
        ("Maria Lindqvist", "Nordhavn Lines"),
        ("Samuel Okafor", "Brightmarket"),
    ]


def test_the_recipe_for_stories_works_as_it_stands(folder: Path) -> None:
    name = "website/stories/cnooc.en.md"
    program = BLOCKS["program.toml"] + "\n" + BLOCKS["stories.toml"]
    write(folder, {"program.toml": program, name: BLOCKS[name], "advocates.csv": "id,name\n"})
    write(folder, {"referees.csv": "id,advocate\n", "sign-offs.toml": ""})
    assert said(folder) == [f"{name}:1: warning: cnooc is not shown: there is no sign-off for it."]


def test_every_setting_of_a_program_is_in_its_example_and_its_table(folder: Path) -> None:
    table = DOCS[DOCS.index("| Setting |") : DOCS.index("A host's `hours`")]
    for name in re.findall(r"^\[(\w+)\]\n((?:\w.*\n)+)", BLOCKS["program.toml"], re.MULTILINE):
        if name[0] != "industries":
            for key in re.findall(r"^(\w+) =", name[1], re.MULTILINE):
                assert f"`{name[0]}.{key}`" in table
    for name in re.findall(r"`([a-z_.]+)`", table):
        if "." in name:
            key = name.rpartition(".")[2]
            assert re.search(
                rf"^(\w+\.)*{key} =|[\[.]{key}\]", BLOCKS["program.toml"], re.MULTILINE
            )


def test_every_setting_is_one_we_know_and_none_is_left_out(folder: Path) -> None:
    unknown = BLOCKS["program.toml"].replace("\n[brand]\n", "\nzzz = 1\n[brand]\nzzz = 1\n")
    unknown = re.sub(r"^(\[[\w.]+\]|\[\[[\w.]+\]\])$", r"\1\nyyy = 1", unknown, flags=re.MULTILINE)
    write(folder, {"program.toml": unknown})
    found = "\n".join(said(folder))
    for name in ("zzz", "brand.zzz", "product.yyy", "reward.yyy", "share.yyy", "booking.yyy"):
        assert f"{name} is not a setting we know." in found


@pytest.mark.parametrize("kind", ["advocates", "referees", "accounts"])
def test_every_column_is_in_the_example_of_its_list(kind: str) -> None:
    header = BLOCKS[f"{kind}.csv"].splitlines()[0].split(",")
    assert header == list(FIELDS[kind])
    for column in header:
        assert f"`{column}`" in DOCS


def test_every_name_of_front_matter_is_in_the_example_and_explained() -> None:
    front = BLOCKS["case-studies/nordhavn.md"].split("---\n")[1]
    assert sorted(re.findall(r"^(\w+):", front, re.MULTILINE)) == sorted(STORY_FIELDS)
    for name in STORY_FIELDS:
        assert re.search(rf"^\|[^|]*`{name}`", DOCS, re.MULTILINE)


def test_every_choice_is_named() -> None:
    for word in (*MEDIA, *ADVOCATE_KINDS, *ADVOCATE_STATUSES, *ACCOUNT_STATUSES):
        assert f"`{word}`" in DOCS
    for name in (*KINDS, *PAGES):
        assert f"`{name}.md`" in DOCS


def test_every_link_within_the_document_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", DOCS, re.MULTILINE)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", DOCS)) <= headings
