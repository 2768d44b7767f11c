"""Existing content, untouched: exports of CRMs and stories of others, read by mapping alone."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong import content
from passalong.content import signoffs
from passalong.content.columns import Column
from passalong.content.mapping import Mapping, Source, mapping_of
from passalong.content.problems import Problems
from passalong.content.storyfiles import find_stories
from tests.unit.content_samples import PROGRAM, TODAY, make, read, read_all, said, site, write

HUBSPOT = """\
Record ID,First Name,Last Name,Email,Company Name,Job Title,Industry,Number of Employees,Lead Status
501,Maria,Lindqvist,maria@nordhavn.example,Nordhavn Lines,COO,MARITIME,400,OPEN
502,Henrike,,henrike@kaltwasser.example,Kaltwasser,Leiterin,COMPUTER_SOFTWARE,"1,200",
503,,,info@nobody.example,,,,,
504,Sam,Okafor,not an address,Brightmarket,Head of Supply Chain,MARITIME,1000+,
505,Priya,Raman,priya@mossgate.example,Mossgate,Director,MARITIME,quite a few,
"""

HUBSPOT_MAPPING = """
[content.advocates]
file = "hubspot-contacts.csv"
id = "Record ID"
name = ["First Name", "Last Name"]
email = "Email"
company = "Company Name"
role = "Job Title"
industry = {from = "Industry", values = {MARITIME = "shipping", COMPUTER_SOFTWARE = "software"}}
company_size = "Number of Employees"
kind = {default = "customer"}
ignore = "*"
"""

SALESFORCE = """\
"Contact ID","First Name","Last Name","Title","Account Name","Email"
"0035g00000AbCdE","Tomas","Berg","Head of Operations","Kestrel, Inc.","tomas@kestrel.example"
"0035g00000aBcDe","Ida","Lund","","Lund","ida@lund.example"
"""

SALESFORCE_MAPPING = """
[content.referees]
file = "exports/salesforce.csv"
id = "Contact ID"
name = ["First Name", "Last Name"]
role = "Title"
company = "Account Name"
email = "Email"
advocate = {default = "501"}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = make(tmp_path / "content", program=PROGRAM + HUBSPOT_MAPPING + SALESFORCE_MAPPING)
    for name in ("advocates.csv", "referees.csv"):
        (folder / name).unlink()
    write(folder, {"hubspot-contacts.csv": HUBSPOT, "exports/salesforce.csv": SALESFORCE})
    return folder


def test_a_hubspot_export_becomes_advocates(folder: Path) -> None:
    _, people = read_all(folder)
    maria, henrike, sam, priya = people.advocates
    assert maria[:8] == (
        "501",
        "Maria Lindqvist",
        "maria@nordhavn.example",
        "Nordhavn Lines",
        "COO",
        "shipping",
        "400",
        "",
    )
    assert (maria.kind, maria.status, maria.line) == ("customer", "active", 2)
    assert (henrike.name, henrike.industry) == ("Henrike", "software")
    assert (sam.email, priya.company_size) == ("", "")


def test_rows_of_no_use_in_an_export_are_warnings(folder: Path) -> None:
    assert said(folder) == [
        "hubspot-contacts.csv:4: warning: name is missing; the row is left out.",
        "hubspot-contacts.csv:5: warning: email is “not an address”; "
        "it must be an address such as maria@example.com; it is left out.",
        "hubspot-contacts.csv:6: warning: company_size is “quite a few”; "
        "it must be a number of people such as 400, 200-500 or 1000+; it is left out.",
    ]


def test_a_salesforce_export_becomes_referees(folder: Path) -> None:
    _, people = read_all(folder)
    tomas, ida = people.referees
    assert (tomas.id, tomas.advocate) == ("0035g00000AbCdE", "501")
    assert tomas[2:4] == ("Tomas Berg", "tomas@kestrel.example")
    assert tomas[4:6] == ("Kestrel, Inc.", "Head of Operations")
    assert (ida.id, ida.name, ida.role) == ("0035g00000aBcDe", "Ida Lund", "")
    assert ida.status == "suggested"


def test_a_foreign_column_is_an_error_unless_it_is_to_be_ignored(folder: Path) -> None:
    write(folder, {"exports/salesforce.csv": SALESFORCE.replace('"Title"', '"Title","Titel"')})
    wanted = "exports/salesforce.csv:1: the column “Titel” is not one we know. Take it out, or say"
    assert any(line.startswith(wanted) for line in said(folder))
    write(folder, {"program.toml": PROGRAM + HUBSPOT_MAPPING.replace('"*"', '["Lead Status"]')})
    assert not [line for line in said(folder) if "not one we know" in line]


def test_a_mapped_column_that_is_not_there_is_an_error_with_a_hint(folder: Path) -> None:
    write(folder, {"hubspot-contacts.csv": HUBSPOT.replace("Record ID", "Record Id")})
    assert (
        "hubspot-contacts.csv:1: the column “Record ID” is not there; program.toml reads id from "
        "it. Did you mean “Record Id”?" in said(folder)
    )


def test_a_status_that_means_nothing_here_is_never_guessed(folder: Path) -> None:
    mapping = HUBSPOT_MAPPING + 'status = "Lead Status"\n'
    write(folder, {"program.toml": PROGRAM + mapping})
    found = [line for line in said(folder) if "status" in line]
    assert found == [
        "hubspot-contacts.csv:2: status is “OPEN”; it can be active, paused, moved or left."
    ]


@pytest.mark.parametrize(
    ("mapping", "problem"),
    [
        ('[content.advocate]\nid = "ID"', "content.advocate is not a setting we know."),
        ('[content.advocates]\nids = "ID"', "content.advocates.ids is not a setting we know."),
        (
            '[content.advocates]\nid = {form = "ID"}',
            "content.advocates.id.form is not a setting we know.",
        ),
        ("[content.advocates]\nid = 5", "content.advocates.id must be a list of texts"),
        (
            '[content.advocates]\nid = {values = {a = "b"}}',
            "content.advocates.id.from is missing: it names the column to read.",
        ),
        (
            '[content.advocates]\nfile = "gone.csv"',
            "content.advocates.file is “gone.csv”, and there is no such file.",
        ),
        (
            '[content.case_studies]\nfolder = "gone"',
            "content.case_studies.folder is “gone”, and there is no such folder.",
        ),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_an_error_at_its_line(
    tmp_path: Path, mapping: str, problem: str
) -> None:
    folder = make(tmp_path / "content", program=PROGRAM + "\n" + mapping + "\n")
    line = PROGRAM.count("\n") + (2 if "[content.advocate]" in mapping else 3)
    found = [str(problem) for problem in read(folder).problems]
    assert any(said.startswith(f"program.toml:{line}: {problem}") for said in found), found


def test_a_folder_of_our_own_format_may_lie_elsewhere(tmp_path: Path) -> None:
    program = PROGRAM + '\n[content.case_studies]\nfolder = "../stories"\n'
    folder = make(tmp_path / "content", program=program)
    (folder / "case-studies").rename(tmp_path / "stories")
    editorial = read(folder)
    assert editorial.problems == ()
    assert editorial.stories[0].file == "../stories/nordhavn.md"
    assert tmp_path / "stories/nordhavn.md" in [path.resolve() for path in content.sources(folder)]


def test_two_languages_of_one_story_have_two_addresses(tmp_path: Path) -> None:
    write(tmp_path, {f"{name}.md": "x" for name in ("cnooc.en", "cnooc.zh", "caii.zh", "Rai Se")})
    mapping = Mapping(".", {"title": Source(("title",))}, foreign=True)
    found = find_stories(tmp_path, mapping, Problems())
    assert [(story.slug, story.locale) for story in found] == [
        ("rai-se", ""),
        ("caii", "zh"),
        ("cnooc-en", "en"),
        ("cnooc-zh", "zh"),
    ]


CASES = """
[content.case_studies]
folder = "stories"
customer = "title"
title = "@heading"
summary = "description"
date = "date"
ignore = ["tags", "subTitle"]
"""

FOREIGN = """\
---
date: 2023-01-20
title: CNOOC
subTitle:
description: With edge computing the unified control of the cloud centre on land reduces the time \
of every single offshore operation, thereby reducing costs while maximising efficiency for all.
tags:
  - UserCase
---

# Best practices of edge computing in the offshore production of a national oil corporation

It is [evident](../evident/) that ![](img/pump.png) pumps matter.

<iframe src="https://www.youtube.com/embed/abc"></iframe>
<video src="x.mp4"></video>
"""


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    folder = make(tmp_path / "content", program=PROGRAM + CASES, advocates="id,name\n")
    write(folder, {"stories/cnooc.en.md": FOREIGN, "referees.csv": "id,advocate\n"})
    (folder / "sign-offs.toml").unlink()
    signoffs.record(folder, ["cnooc"], "Li Wei", "Director", date(2026, 5, 2), "named", None)
    return folder


def test_a_foreign_story_is_shown_with_what_it_has(foreign: Path) -> None:
    (story,) = read(foreign).stories
    assert story.title == "Best practices of edge computing in the offshore production of a…"
    assert story.customer == "CNOOC"
    assert len(story.summary) <= 160
    assert story.summary.endswith("…")
    assert (story.locale, story.date, story.metrics, story.quote) == ("en", "2023-01-20", (), None)
    assert "# Best practices" not in story.body
    assert "It is evident that  pumps matter." in story.body


def test_what_a_foreign_story_loses_is_a_warning_at_its_line(foreign: Path) -> None:
    file = "stories/cnooc.en.md"
    assert [str(problem) for problem in read(foreign).problems] == [
        f"{file}:5: warning: summary has 180 characters; it may have 160; it is cut there.",
        f"{file}:10: warning: title has 89 characters; it may have 70; it is cut there.",
        f"{file}:12: warning: the image img/pump.png is not there; it is left out.",
        f"{file}:12: warning: the link /stories/evident/ leads nowhere; only its words stay.",
        f"{file}:15: warning: video (x.mp4) is left out.",
    ]


def test_a_foreign_name_that_nobody_mapped_is_an_error_with_a_hint(foreign: Path) -> None:
    program = (PROGRAM + CASES).replace(', "subTitle"', "")
    write(foreign, {"program.toml": program})
    assert [str(problem) for problem in read(foreign).problems if problem.severity == "error"] == [
        "stories/cnooc.en.md:4: subTitle is not a name we know. Did you mean “title”?"
    ]


def test_a_foreign_story_without_title_and_summary_takes_them_from_elsewhere(
    foreign: Path,
) -> None:
    text = "---\ntags: [x]\n---\n\n> Quoted.\n\nPumps *matter* [much](https://x.example). More.\n"
    write(foreign, {"stories/cnooc.en.md": text})
    signoffs.record(foreign, ["cnooc"], "Li Wei", "", date(2026, 5, 2), "named", None)
    (story,) = read(foreign).stories
    assert (story.title, story.customer) == ("Cnooc", "Cnooc")
    assert story.summary == "Pumps matter much."


def test_values_of_a_foreign_story_that_we_cannot_use_are_left_out(foreign: Path) -> None:
    program = (PROGRAM + CASES).replace('date = "date"', 'industry = "tags"\ncompany_size = "size"')
    text = "---\ntags: [oil, gas]\nsize: 200-500\n---\n\n# **Pumps** [matter](/x/)\n\nThey do.\n"
    write(foreign, {"program.toml": program.replace('"tags", ', ""), "stories/cnooc.en.md": text})
    signoffs.record(foreign, ["cnooc"], "Li Wei", "", date(2026, 5, 2), "named", None)
    editorial = read(foreign)
    assert [str(problem) for problem in editorial.problems] == [
        "stories/cnooc.en.md:3: warning: company_size is “200-500”; "
        "it must be a number of people such as 400; it is left out."
    ]
    (story,) = editorial.stories
    assert (story.title, story.industry, story.company_size) == ("Pumps matter", "oil, gas", 0)


@given(
    st.lists(st.lists(st.text(max_size=8), min_size=3, max_size=3), max_size=6),
    st.permutations([0, 1, 2]),
)
def test_joined_columns_are_the_words_of_each_with_one_space(
    rows: list[list[str]], order: list[int]
) -> None:
    names = tuple("abc"[position] for position in order)
    column = Column("name", Source(names), tuple(order), "a.csv")
    table = list(zip(*rows, strict=True)) or [(), (), ()]
    joined = column.clean(column.take(table), range(len(rows)), Problems())
    assert joined == [
        " ".join(" ".join(row[position] for position in order).replace("\0", "").split())
        for row in rows
    ] or any(not "".join(row).isprintable() for row in rows)


@given(st.dictionaries(st.text(max_size=5), st.text(max_size=5)), st.text(max_size=5))
def test_a_mapping_reads_back_what_a_program_says(values: dict[str, str], default: str) -> None:
    raw: dict[str, object] = {
        "advocates": {"kind": {"from": "Type", "values": values, "default": default}}
    }
    source = mapping_of(raw, "advocates").source("kind")
    assert source == Source(("Type",), values, default)
    assert mapping_of(raw, "referees") == Mapping("referees.csv")


REAL = """
[content.case_studies]
folder = '{folder}'
customer = "title"
title = "@heading"
summary = "description"
date = "date"
ignore = ["tags", "subTitle"]
"""


def test_thirteen_real_case_studies_go_through_by_mapping_alone(tmp_path: Path) -> None:
    real = os.environ.get("PASSALONG_REAL_INPUT")
    if not real:
        pytest.skip("PASSALONG_REAL_INPUT names no folder of real case studies")
    studies = Path(real) / "case-studies"
    program = PROGRAM + REAL.format(folder=studies)
    folder = make(tmp_path / "content", program=program, advocates="id,name\n")
    write(folder, {"referees.csv": "id,advocate\n"})
    (folder / "sign-offs.toml").unlink()
    slugs = sorted(path.name.split(".")[0] for path in studies.glob("*.md"))
    signoffs.record(folder, slugs, "A. Customer", "Director", date(2026, 5, 2), "named", None)
    editorial = content.read_editorial(folder, TODAY, site(tmp_path / "site"))
    assert [str(p) for p in editorial.problems if p.severity == "error"] == []
    assert [story.slug for story in editorial.stories] == slugs
    assert len(slugs) == 13
    for story in editorial.stories:
        assert story.customer
        assert 0 < len(story.title) <= 70
        assert 0 < len(story.summary) <= 160
        assert story.locale == story.file.split(".")[-2]
        assert "![" not in story.body
    missing = [p for p in editorial.problems if "is not there" in p.message]
    assert len(missing) == sum(
        path.read_text(encoding="utf-8").count("![") for path in studies.glob("*.md")
    )
    assert all(p.line > 8 for p in missing)
