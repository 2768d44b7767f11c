"""A case study is shown under a sign-off that holds, in the mode that it says; not otherwise."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from passalong.errors import ContentRefused
from tests.functional.conftest import Make
from tests.programs import (
    SECRET_STORY,
    TODAY,
    Made,
    advocate,
    files,
    path_of,
    referee,
    story,
    write,
)
from tests.reading import read

TITLE = "Oakhurst’s trucks are gone by nine"
OAKHURST: dict[str, Any] = {
    "title": TITLE,
    "customer": "Oakhurst Brewing",
    "industry": "food",
    "summary": "Oakhurst gave each truck a time.",
    "domain": "oakhurst.example",
    "quote": {"text": "The yard is quiet.", "name": "Dale Whitcomb", "role": "VP Operations"},
    "logo": "logos/oakhurst.svg",
}
LOGO = {"logos/oakhurst.svg": "<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0'/></svg>"}
READERS = {
    "advocates": [advocate("a-1", industry="food", company="Elsewhere")],
    "referees": [referee("r-1", industry="food")],
}
TRACES = re.compile(rb"oakhurst|trucks are gone|yard is quiet|dale whitcomb", re.IGNORECASE)


def traces(made: Made, pattern: re.Pattern[bytes] = TRACES) -> set[str]:
    """Every file with a word of the story in its name or its bytes, an index by its address."""
    return {
        "/" + path.removesuffix("index.html")
        for path, data in made.tree().items()
        if pattern.search(path.encode()) or pattern.search(data)
    }


def program(**changes: Any) -> dict[str, Any]:
    stories = [story(), story("oakhurst", **OAKHURST)]
    return {"stories": stories, "more": LOGO} | READERS | changes


# --- Through the command line -----------------------------------------------------------------


def test_a_story_appears_when_it_is_signed_off_and_goes_when_its_text_changes(make: Make) -> None:
    made = make(**program(sign_offs={"oakhurst": None}))
    assert traces(made) == set()

    signed = made.run("sign-off", "oakhurst", "--by", "Dale Whitcomb", "--authority", "VP")
    assert signed.returncode == 0, signed.stderr
    built = made.run("build", "--changes")
    assert built.returncode == 0, built.stderr
    shown = traces(made)
    assert {"/", "/stories/", "/stories/oakhurst/"} < shown
    assert {f"/p/{path_of('referee', 'r-1').split('/')[1]}/"} < shown
    listed = set(built.stdout.split())
    assert shown - listed == set()

    path = made.content / "case-studies" / "oakhurst.md"
    path.write_text(path.read_text("utf-8").replace("Everybody waited", "All waited"), "utf-8")
    built = made.run("build", "--changes")
    assert built.returncode == 0, built.stderr
    assert "its text has changed since it was signed off" in built.stderr
    assert traces(made) == set()
    assert shown - set(built.stdout.split()) == set()
    assert "- /stories/oakhurst/" in built.stdout


def test_what_is_signed_off_again_is_shown_again(make: Make) -> None:
    made = make(**program(sign_offs={"oakhurst": {"digest": "0" * 32}}))
    assert traces(made) == set()
    assert made.run("sign-off", "oakhurst", "--by", "Dale Whitcomb").returncode == 0
    assert made.run("build").returncode == 0
    assert "/stories/oakhurst/" in traces(made)


def test_a_story_that_is_not_there_is_not_signed_off(make: Make) -> None:
    made = make(**program())
    before = (made.content / "sign-offs.toml").read_bytes()
    done = made.run("sign-off", "oakhusrt", "--by", "Dale Whitcomb")
    assert done.returncode == 1
    assert "oakhusrt" in done.stderr
    assert "Traceback" not in done.stderr
    assert (made.content / "sign-offs.toml").read_bytes() == before


def test_withdrawing_lists_every_address_that_changed(make: Make) -> None:
    made = make(**program())
    shown = traces(made)
    write(made.content, files(**program(sign_offs={"oakhurst": {"state": "withdrawn"}})))
    built = made.run("build", "--changes")
    assert "sign-offs.toml" in built.stderr
    assert "oakhurst is not shown: its sign-off was withdrawn" in built.stderr
    assert shown - set(built.stdout.split()) == set()
    assert traces(made) == set()


# --- Every way not to hold --------------------------------------------------------------------


@pytest.mark.parametrize(
    "sign_off",
    [
        None,
        {"state": "requested"},
        {"state": "with legal"},
        {"state": "withdrawn"},
        {"until": TODAY - timedelta(days=1)},
        {"digest": "0" * 32},
    ],
    ids=["none", "requested", "with legal", "withdrawn", "expired", "other text"],
)
def test_a_story_without_a_sign_off_that_holds_leaves_no_trace(
    make: Make, sign_off: dict[str, Any] | None
) -> None:
    made = make(**program())
    assert len(traces(made)) > 5
    result = made.change(**program(sign_offs={"oakhurst": sign_off}))
    assert traces(made) == set()
    assert [p for p in result.warnings if "oakhurst is not shown" in p.message]


def test_a_sign_off_holds_to_the_end_of_its_last_day(make: Make) -> None:
    made = make(**program(sign_offs={"oakhurst": {"until": TODAY}}))
    assert traces(made)
    removed = made.build(today=TODAY + timedelta(days=1)).removed
    assert "stories/oakhurst/index.html" in removed
    assert traces(made) == set()


@pytest.mark.parametrize("line_ends", ["\r\n", "\r"])
def test_other_line_ends_are_the_same_text(make: Make, line_ends: str) -> None:
    made = make(**program())
    path = made.content / "case-studies" / "oakhurst.md"
    path.write_bytes(path.read_bytes().replace(b"\n", line_ends.encode()))
    made.build()
    assert "/stories/oakhurst/" in traces(made)


def test_whoever_loses_their_story_keeps_their_pages(make: Make) -> None:
    own = {"advocates": [advocate("a-1", "Dale Whitcomb", case_study="oakhurst")]}
    made = make(**program(**own))
    assert TITLE in made.page("advocate", "a-1")
    made.change(**program(**own, sign_offs={"oakhurst": None}))
    assert TITLE not in made.page("advocate", "a-1")
    assert "Nordhavn" in made.page("share", "a-1")


# --- Anonymised -------------------------------------------------------------------------------

SECRET = re.compile(rb"solvane|de.?smet|pieter|kallo", re.IGNORECASE)
TOLD = re.compile(r"solvents")
ANONYMISED = {"solvane": {"scope": "anonymised"}}


def anonymised(**changes: Any) -> dict[str, Any]:
    stories = [story(**SECRET_STORY), story(locale="de")]
    readers = {
        "advocates": [advocate("a-1", industry="chemicals", company="Elsewhere")],
        "referees": [referee("r-1", industry="chemicals")],
    }
    return {"stories": stories, "sign_offs": ANONYMISED} | readers | changes


def test_an_anonymised_story_leaves_no_trace_of_its_customer(make: Make) -> None:
    made = make(**anonymised())
    assert traces(made, SECRET) == set()
    page = read((made.out / "stories/solvents/index.html").read_text("utf-8"))
    assert "a maker of solvents" in page.one("main").shown
    assert page.one("h1").shown == "The company’s tank trucks leave after two hours, not four"
    assert page.all("img") == []


def test_an_anonymised_story_is_shown_to_whoever_has_nothing_to_do_with_it(make: Make) -> None:
    made = make(**anonymised())
    assert TOLD.search(made.page("referee", "r-1"))
    assert TOLD.search(made.page("share", "a-1"))


def test_a_story_that_becomes_anonymous_moves_and_the_old_address_goes(make: Make) -> None:
    made = make(**anonymised(sign_offs={}))
    assert "/stories/solvane/" in traces(made, SECRET)
    result = made.change(**anonymised())
    assert "stories/solvane/index.html" in result.removed
    assert "stories/solvents/index.html" in result.changed
    assert traces(made, SECRET) == set()


CHEMISTS = {"industry": "chemicals", "company_size": "1200"}
INSIDERS: dict[str, dict[str, Any]] = {
    "its advocate": {
        "advocates": [
            advocate("a-1", "Jan Peeters", case_study="solvane", company="", show_name="yes")
        ]
    },
    "somebody of the firm": {
        "advocates": [
            advocate("a-1", "Jan Peeters", company="Solvane Chemicals", show_name="yes", **CHEMISTS)
        ]
    },
    "somebody of the firm, spelt otherwise": {
        "advocates": [
            advocate(
                "a-1", "Jan Peeters", company="SOLVANE Chemicals N.V.", show_name="yes", **CHEMISTS
            )
        ]
    },
    "whoever is quoted": {
        "advocates": [advocate("a-1", "Pieter De Smet", company="", show_name="yes", **CHEMISTS)]
    },
    "a referee of the firm": {
        "advocates": [advocate("a-1", "Ana Ruiz", company="Elsewhere")],
        "referees": [referee("r-1", company="Solvane Chemicals", **CHEMISTS)],
    },
    "a reason that names the firm": {
        "advocates": [advocate("a-1", "Ana Ruiz", company="Elsewhere")],
        "referees": [referee("r-1", reason="They did it at\u00a0Solvane.", **CHEMISTS)],
    },
    "a byline that names the firm": {
        "advocates": [
            advocate("a-1", "Ana Ruiz", role="formerly Solvane", show_name="yes", **CHEMISTS)
        ]
    },
}


@pytest.mark.parametrize("who", INSIDERS)
def test_an_anonymised_story_never_stands_on_a_page_that_names_its_advocate_or_firm(
    make: Make, who: str
) -> None:
    readers = {"referees": [referee("r-1", **CHEMISTS)]} | INSIDERS[who]
    made = make(**anonymised(**readers))
    insider = re.compile(SECRET.pattern.decode() + "|jan peeters", re.IGNORECASE)
    both = {
        path for path, html in made.pages().items() if insider.search(html) and TOLD.search(html)
    }
    assert both == set()
    assert who == "a referee of the firm" or any(map(insider.search, made.pages().values()))


def test_the_advocate_of_an_anonymised_story_may_share_it_unnamed(make: Make) -> None:
    own = advocate("a-1", "Jan Peeters", case_study="solvane", company="Solvane Chemicals")
    made = make(**anonymised(advocates=[own]))
    assert TOLD.search(made.page("share", "a-1"))
    assert not SECRET.search(made.page("share", "a-1").encode())
    assert "Jan Peeters" not in made.page("share", "a-1")
    assert not TOLD.search(made.page("advocate", "a-1"))
    assert not TOLD.search(made.page("referee", "r-1"))


AMPERSAND = SECRET_STORY | {
    "slug": "chemco",
    "title": "Tank trucks leave after two hours, not four",
    "customer": "Smith & O'Brien",
    "summary": "A tank truck could fail on a sheet of paper after hours in line.",
    "domain": None,
    "logo": None,
    "quote": None,
    "body": "## The gate\n\nIt was slow.\n",
    "anonymous": {"customer": "a maker of solvents", "slug": "solvents"},
}


@pytest.mark.parametrize("name", ["Smith & O'Brien", "SMITH & O'BRIEN", "Smith & O’Brien"])
def test_a_name_with_signs_in_it_is_found_however_pages_escape_it(make: Make, name: str) -> None:
    telling = story(body=f"## As others did\n\nWe asked {name} how.\n")
    with pytest.raises(ContentRefused) as refused:
        make(
            **anonymised(
                stories=[story(**AMPERSAND), telling], sign_offs={"chemco": {"scope": "anonymised"}}
            )
        )
    assert {problem.file for problem in refused.value.problems} == {"stories/nordhavn/index.html"}


def test_an_anonymised_story_must_say_how(make: Make) -> None:
    made = make(**anonymised())
    plain = story(**SECRET_STORY | {"anonymous": None})
    with pytest.raises(ContentRefused) as refused:
        made.change(**anonymised(stories=[plain]))
    assert [problem.file for problem in refused.value.problems] == ["sign-offs.toml"]
    assert traces(made, SECRET) == set()


def test_the_command_records_an_anonymised_scope_with_its_end(make: Make) -> None:
    made = make(**anonymised(sign_offs={"solvane": None}))
    made.run(
        "sign-off", "solvane", "--by", "Legal", "--scope", "anonymised", "--until", "2999-12-31"
    )
    assert made.run("build").returncode == 0
    assert traces(made, SECRET) == set()
    assert "stories/solvents/index.html" in made.tree()
    assert replace(made).build(today=date(3000, 1, 1)).removed
