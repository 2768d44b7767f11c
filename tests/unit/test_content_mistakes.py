"""``check`` at its hardest: many mistakes at once, each named once, at its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from passalong import content
from passalong.errors import ContentRefused
from tests.unit.content_samples import (
    PROGRAM,
    TODAY,
    make,
    problems,
    read,
    said,
    sign_off,
    site,
    write,
)

STORY = """\
---
title: Ships now wait thirty-one per cent less at the quay of Nordhavn than they did
customer: Nordhavn Lines
industy: shipping
summary: Nordhavn gave every ship a time.
logo: logos/nordhavn.svg
metrics:
  - {value: 31 %, label: less waiting}
---
## Before

![The quay](images/quay.jpg)

Read [the other one](/stories/kaltwaser/).

<iframe src="https://maps.example/quay"></iframe>
"""

BRIGHTMARKET = """\
---
customer: Brightmarket
summary: Shelves are full.
metrics: [{value: 1, label: a}, {value: 2, label: b}, {value: 3, label: c}]
---
## Shelves

![](shelf.png)
"""

ADVOCATES = """\
id,name,email,company,kind,case_study,owner,share_code
a1,Maria Lindqvist,maria@nordhavn,Nordhavn Lines,customer,nordhavn,jonas,maria
a2,Henrike Voss,henrike@kaltwasser.example,Kaltwasser,partner,nordhaven,,
a2,Samuel Okafor,samuel@brightmarket.example,Brightmarket,customer,,,MARIA
a4,Priya Raman,priya@mossgate.example,Mossgate,customer,,jones,
a5,Dale Whitcomb,dale@oakhurst.example
a6,Eoin Carbery,eoin@carbery.example,Carbery,custmer,,,
a7,,nobody@vercors.example,Vercors,contact,,,
"""

REFEREES = """\
id,advocate,name,e-mail,status
r1,a1,Tomas Berg,tomas@kestrel.example,confirmed
r2,a9,Ida Lund,ida@lund.example,suggested
"""

PLANTED = [
    ("accounts.csv", 2, "status is “rival”"),
    ("advocates.csv", 2, "email is “maria@nordhavn”"),
    ("advocates.csv", 3, "case_study is “nordhaven”"),
    ("advocates.csv", 4, "id is “a2”, as in line 3"),
    ("advocates.csv", 4, "share_code is “maria”, as in line 2"),
    ("advocates.csv", 5, "owner is “jones”"),
    ("advocates.csv", 6, "the row has 3 cells; the first line has 8"),
    ("advocates.csv", 7, "kind is “custmer”; it can be customer, partner or contact"),
    ("advocates.csv", 8, "name is missing"),
    ("case-studies/brightmarket.md", 1, "title is missing"),
    ("case-studies/brightmarket.md", 8, "the image has no words"),
    ("case-studies/nordhavn.md", 2, "title has 77 characters; it may have 70"),
    ("case-studies/nordhavn.md", 4, "industy is not a name we know"),
    ("case-studies/nordhavn.md", 6, "logo is “logos/nordhavn.svg”"),
    ("case-studies/nordhavn.md", 12, "the image images/quay.jpg is not there"),
    ("case-studies/nordhavn.md", 14, "the link /stories/kaltwaser/ leads nowhere"),
    ("pages/privacy.md", 3, "the text is not UTF-8"),
    ("program.toml", 2, "base_url ends with a slash"),
    ("program.toml", 4, "timezone is “Europe/Berln”"),
    ("program.toml", 9, "brand.colour is “petrol”"),
    ("program.toml", 10, "brand.mail is not a setting we know"),
    ("program.toml", 20, "share.media names “linkdin”"),
    ("referees.csv", 1, "the column “e-mail” is not one we know"),
    ("referees.csv", 3, "advocate is “a9”"),
    ("sign-offs.toml", 7, "nordhaven is not the name of a story"),
]


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    program = PROGRAM
    for right, wrong in (
        ('leeway.example"\nlocale', 'leeway.example/"\nlocale'),
        ("Europe/Berlin", "Europe/Berln"),
        ("#0b5d6b", "petrol"),
        ('email = "hello@leeway.example"', 'mail = ""\nemail = "hello@leeway.example"'),
        ('"linkedin"', '"linkdin"'),
    ):
        assert right in program
        program = program.replace(right, wrong)
    folder = make(
        tmp_path / "content",
        program=program,
        story=STORY,
        advocates=ADVOCATES,
        referees=REFEREES,
    )
    write(
        folder,
        {
            "accounts.csv": "domain,company,status\nkestrel.example,Kestrel,rival\n",
            "pages/privacy.md": b"# Privacy\n\nWe keep \xe4 little.\n",
            "case-studies/brightmarket.md": BRIGHTMARKET,
            "case-studies/shelf.png": b"\x89PNG",
        },
    )
    offs = sign_off(folder, "nordhavn") + '\n[nordhaven]\nstate = "requested"\n'
    offs += "\n" + sign_off(folder, "brightmarket")
    write(folder, {"sign-offs.toml": offs})
    return folder


def test_twenty_five_planted_mistakes_are_each_named_once_with_file_and_line(spoilt: Path) -> None:
    found = [problem for problem in problems(spoilt) if problem.severity == "error"]
    assert [(problem.file, problem.line) for problem in found] == [
        (file, line) for file, line, _ in PLANTED
    ]
    for problem, (_, _, words) in zip(found, PLANTED, strict=True):
        assert words in problem.message


def test_what_is_only_lost_is_a_warning(spoilt: Path) -> None:
    found = [str(problem) for problem in problems(spoilt) if problem.severity == "warning"]
    assert found == [
        "case-studies/nordhavn.md:7: warning: metrics lists 1; a page shows exactly three.",
        "case-studies/nordhavn.md:16: warning: iframe (https://maps.example/quay) is left out.",
    ]


def test_a_hint_says_what_was_probably_meant(spoilt: Path) -> None:
    text = "\n".join(said(spoilt))
    for word in ("customer", "industry", "Europe/Berlin", "linkedin", "nordhavn", "jonas", "email"):
        assert f"Did you mean “{word}”?" in text


def test_a_folder_without_mistakes_has_no_problems(tmp_path: Path) -> None:
    assert said(make(tmp_path / "content")) == []


def test_a_folder_without_a_program_is_refused_and_the_rest_is_checked_all_the_same(
    spoilt: Path,
) -> None:
    (spoilt / "program.toml").unlink()
    with pytest.raises(ContentRefused) as refused:
        read(spoilt)
    found = [(problem.file, problem.line) for problem in refused.value.problems]
    assert ("program.toml", 0) in found
    assert ("case-studies/nordhavn.md", 4) in found
    assert ("advocates.csv", 7) in found
    assert len(found) == len(set(refused.value.problems))


def test_a_program_that_cannot_be_read_is_refused_at_its_line(tmp_path: Path) -> None:
    folder = make(tmp_path / "content", program=PROGRAM + "\n[reward\n")
    with pytest.raises(ContentRefused) as refused:
        read(folder)
    assert [(problem.file, problem.line) for problem in refused.value.problems] == [
        ("program.toml", PROGRAM.count("\n") + 2)
    ]


def test_an_unreadable_program_with_mappings_says_nothing_of_columns_it_cannot_judge(
    tmp_path: Path,
) -> None:
    program = PROGRAM + '\n[content.advocates]\nid = "Record ID"\n[reward\n'
    folder = make(tmp_path / "content", program=program, advocates="Record ID,Name\n1,Maria\n")
    with pytest.raises(ContentRefused) as refused:
        content.read_editorial(folder, TODAY, site(tmp_path / "site"))
    assert [problem.file for problem in refused.value.problems] == ["program.toml"]
