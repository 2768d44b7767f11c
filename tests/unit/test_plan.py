"""Who gets which page, with which host, story and words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.booking.hosts import host_of, hosts_for
from passalong.names import first_name, short_name
from passalong.pages.reading import read
from passalong.plan import Planner, Shape
from tests.programs import (
    SECRET_STORY,
    Made,
    Row,
    advocate,
    files,
    path_of,
    referee,
    story,
    write,
)

Planned = dict[str, tuple[Shape, dict[str, Any]]]
HOSTS = [
    {"id": "jonas", "name": "Jonas", "role": "R", "email": "j@x.example", "regions": ["Nordics"],
     "languages": ["en", "de"]},
    {"id": "aoife", "name": "Aoife", "role": "R", "email": "a@x.example", "languages": ["en"],
     "regions": ["UK & Ireland", "Nordics"]},
    {"id": "ines", "name": "Inès", "role": "R", "email": "i@x.example", "languages": ["fr"],
     "regions": ["France"]},
]  # fmt: skip


def planned(folder: Path, **program: Any) -> Planned:
    """Per path the page's Shape and its values by name."""
    given = {"program": {"booking": {"hosts": HOSTS}}} | program
    made = Made(write(folder / "content", files(**given)), folder / "out", folder / "var")
    groups = Planner(*read(made.order())[:3]).plan()
    return {
        path: (shape, dict(zip(shape.present, values, strict=True)))
        for shape, group in groups.items()
        for path, values in zip(group.paths, group.values, strict=True)
    }


# --- Who gets a page --------------------------------------------------------------------------


def test_an_advocate_gets_two_pages_and_a_confirmed_referee_one(tmp_path: Path) -> None:
    plan = planned(tmp_path, referees=[referee("r-1"), referee("r-2", status="suggested")])
    assert set(plan) == {
        path_of("advocate", "a-1"),
        path_of("share", "a-1"),
        path_of("referee", "r-1"),
    }


@pytest.mark.parametrize("status", ["active", "paused", "moved", "left"])
def test_the_links_of_whoever_moved_on_still_lead_somewhere(tmp_path: Path, status: str) -> None:
    plan = planned(tmp_path, advocates=[advocate(status=status, show_name="yes")])
    assert len(plan) == 3
    gone = status in ("moved", "left")
    for kind, person in ("referee", "r-1"), ("share", "a-1"):
        assert ("advocate.byline" in plan[path_of(kind, person)][1]) is not gone
    assert ("advocate.company" in plan[path_of("advocate", "a-1")][1]) is not gone


def test_no_more_than_three_people_are_suggested_in_the_order_of_the_list(tmp_path: Path) -> None:
    rows = [referee(f"r-{i}", f"Ana {i}", status="suggested") for i in range(5)]
    _, values = planned(tmp_path, referees=rows)[path_of("advocate", "a-1")]
    assert [row["name"] for row in values["suggestions"]] == ["Ana 0", "Ana 1", "Ana 2"]


def test_introductions_are_told_by_first_name_and_initial(tmp_path: Path) -> None:
    rows = [
        referee("r-1", "Tomas Berg"),
        referee("r-2", "Dr. Ana de la Cruz"),
        referee("r-3", "Bo"),
    ]
    _, values = planned(tmp_path, referees=rows)[path_of("advocate", "a-1")]
    assert values["introductions"] == ({"label": "Tomas B."}, {"label": "Ana C."}, {"label": "Bo"})


def test_two_advocates_of_one_person_tell_nothing_of_each_other(tmp_path: Path) -> None:
    plan = planned(
        tmp_path,
        advocates=[advocate("a-1", "Maria Lindqvist"), advocate("a-2", "Femke de Wit")],
        referees=[
            referee("r-1", "Tomas Berg", reason="From Maria."),
            referee("r-2", "Tomas Berg", advocate="a-2", reason="From Femke."),
        ],
    )
    assert "Femke" not in str(plan[path_of("referee", "r-1")])
    assert "Maria" not in str(plan[path_of("referee", "r-2")])


# --- What stands on it ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("named", "shown"), [("", False), ("no", False), ("yes", True), ("YES", True)]
)
def test_a_share_page_names_its_advocate_only_if_they_said_so(
    tmp_path: Path, named: str, shown: bool
) -> None:
    shape, values = planned(tmp_path, advocates=[advocate(show_name=named)])[
        path_of("share", "a-1")
    ]
    assert shape.named is shown
    assert ("Maria Lindqvist" in str(values)) is shown
    assert ("Nordhavn" in str(values)) is shown


@pytest.mark.parametrize(
    ("own", "program", "value", "gift"),
    [
        ("", True, None, True),
        ("none", True, None, False),
        ("No", True, None, False),
        ("a tree", True, "a tree", False),
        ("", False, None, False),
        ("a tree", False, "a tree", False),
    ],
)
def test_a_reward_is_the_advocates_own_or_the_programs_or_none(
    tmp_path: Path, own: str, program: bool, value: str | None, gift: bool
) -> None:
    reward = {} if program else {"program": {"reward": None}}
    plan = planned(tmp_path, advocates=[advocate(reward=own)], **reward)
    for shape, values in plan.values():
        assert values.get("reward") == value
        assert shape.gift is gift


def test_the_context_is_asked_about_only_where_there_is_no_story_of_their_own(
    tmp_path: Path,
) -> None:
    rows = [
        advocate("a-1", context="We moved your cranes", case_study="nordhavn"),
        advocate("a-2", context="We moved your cranes"),
    ]
    plan = planned(tmp_path, advocates=rows)
    assert "advocate.context" not in plan[path_of("advocate", "a-1")][1]
    assert plan[path_of("advocate", "a-2")][1]["advocate.context"] == "We moved your cranes"


def test_a_referee_is_shown_the_advocates_own_story_first(tmp_path: Path) -> None:
    stories = [story(), story("brewer", industry="food", customer="Oakhurst")]
    rows = [advocate("a-1", case_study="nordhavn"), advocate("a-2", industry="shipping")]
    readers = [referee("r-1", industry="food"), referee("r-2", industry="food", advocate="a-2")]
    plan = planned(tmp_path, stories=stories, advocates=rows, referees=readers)
    shape = plan[path_of("referee", "r-1")][0]
    assert shape.story == "nordhavn"
    shape = plan[path_of("referee", "r-2")][0]
    assert shape.story == "brewer"


def test_a_share_page_has_two_more_stories_than_the_first(tmp_path: Path) -> None:
    stories = [story(), *(story(f"s{i}", customer=f"C{i}") for i in range(4))]
    rows = [advocate(case_study="nordhavn")]
    shape = planned(tmp_path, stories=stories, advocates=rows)[path_of("share", "a-1")][0]
    assert (shape.story, len(shape.more)) == ("nordhavn", 2)
    assert "nordhavn" not in shape.more


def test_without_a_story_there_are_pages_all_the_same(tmp_path: Path) -> None:
    plan = planned(tmp_path, stories=[])
    assert {shape.story for shape, _ in plan.values()} == {""}
    assert len(plan) == 3


def test_an_advocate_is_asked_for_somebody_of_their_own_industry(tmp_path: Path) -> None:
    rows = [advocate("a-1"), advocate("a-2", industry="mining")]
    plan = planned(tmp_path, advocates=rows)
    assert plan[path_of("advocate", "a-1")][0].industry == "shipping"
    assert plan[path_of("advocate", "a-2")][0].industry == ""


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [("", "en"), ("de", "de"), ("de-AT", "de"), ("fr", "en")],
)
def test_everybody_reads_the_closest_language_that_there_is(
    tmp_path: Path, wanted: str, shown: str
) -> None:
    more = {"pages/privacy.de.md": "# D\n\nText.\n"}
    rows: dict[str, list[Row]] = {
        "advocates": [advocate(locale=wanted)],
        "referees": [referee(locale=wanted)],
    }
    plan = planned(tmp_path, locales=["de"], more=more, **rows)
    assert {shape.locale for shape, _ in plan.values()} == {shown}


def test_an_anonymised_story_is_not_on_a_page_of_its_own_firm(tmp_path: Path) -> None:
    plan = planned(
        tmp_path,
        stories=[story(), story(**SECRET_STORY)],
        sign_offs={"solvane": {"scope": "anonymised"}},
        advocates=[
            advocate("a-1", industry="chemicals", company="Solvane Chemicals NV"),
            advocate("a-2", industry="chemicals", company="Other"),
        ],
        referees=[referee("r-1", industry="chemicals")],
    )
    assert plan[path_of("share", "a-1")][0].story == "nordhavn"
    assert plan[path_of("share", "a-2")][0].story == "solvents"
    assert plan[path_of("referee", "r-1")][0].story == "nordhavn"


# --- Who meets them ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("owner", "region", "locale", "hosts"),
    [
        ("ines", "Nordics", "en", ["ines"]),
        ("", "Nordics", "en", ["jonas", "aoife"]),
        ("", "nordics", "de", ["jonas"]),
        ("", "France", "en", ["ines"]),
        ("", "", "fr", ["ines"]),
        ("", "Iberia", "en", ["jonas", "aoife"]),
        ("", "", "it", ["jonas", "aoife", "ines"]),
        ("somebody", "", "fr-CA", ["ines"]),
    ],
)
def test_the_owner_meets_them_else_whoever_knows_the_region_and_the_language(
    tmp_path: Path, owner: str, region: str, locale: str, hosts: list[str]
) -> None:
    content = files(program={"booking": {"hosts": HOSTS}})
    made = Made(write(tmp_path / "content", content), tmp_path / "out", tmp_path / "var")
    program = read(made.order())[0].program
    assert [host.id for host in hosts_for(program, owner, region, locale)] == hosts


def test_among_several_hosts_each_has_a_fair_share_and_everybody_keeps_theirs(
    tmp_path: Path,
) -> None:
    made = Made(
        write(tmp_path / "content", files(program={"booking": {"hosts": HOSTS}})),
        tmp_path / "out",
        tmp_path / "var",
    )
    hosts = read(made.order())[0].program.booking.hosts
    turns = [host_of(hosts, f"r-{i}").id for i in range(300)]
    assert all(70 < turns.count(host.id) < 130 for host in hosts)
    assert turns == [host_of(hosts, f"r-{i}").id for i in range(300)]


# --- Names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "first", "short"),
    [
        ("Tomas Berg", "Tomas", "Tomas B."),
        ("Dr. Stefan Kühn", "Stefan", "Stefan K."),
        ("Prof. Dr. Ana Ruiz", "Ana", "Ana R."),
        ("Dr. Kühn", "Dr. Kühn", "Dr. Kühn"),
        ("Dr. Kühn-Voss", "Dr. Kühn-Voss", "Dr. Kühn-Voss"),
        ("Bo", "Bo", "Bo"),
        ("山田太郎", "山田太郎", "山田太郎"),
        ("Anna Anna", "Anna", "Anna"),
        ("Ludwig van Beethoven", "Ludwig", "Ludwig B."),
    ],
)
def test_people_are_called_by_their_first_name(name: str, first: str, short: str) -> None:
    assert (first_name(name), short_name(name)) == (first, short)


@given(st.text(max_size=30).filter(str.strip))
def test_everybody_has_something_to_be_called(name: str) -> None:
    tidy = " ".join(name.split())
    assert first_name(tidy) in tidy
    assert first_name(tidy)
    assert short_name(tidy).startswith(first_name(tidy))


def test_a_host_is_called_as_everybody_else_is(tmp_path: Path) -> None:
    host = {"id": "ana", "name": "Dr. Ana Ruiz", "role": "R", "email": "ana@x.example"}
    content = files(program={"booking": {"hosts": [host]}})
    made = Made(write(tmp_path / "content", content), tmp_path / "out", tmp_path / "var")
    made.build()
    assert "write to <bdi>Ana</bdi>" in made.page("referee", "r-1")
