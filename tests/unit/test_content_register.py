"""Ids and who is kept: a link outlives a changed address, a changed name, and a smaller export."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passalong import content
from passalong.content import register
from passalong.content.clean import tidy
from passalong.content.problems import Problems
from passalong.content.register import compose
from passalong.people import Advocate, People, Referee
from tests.unit.content_samples import make, read, write

NO_IDS = """\
name,email,company
Maria Lindqvist,maria@nordhavn.example,Nordhavn Lines
Henrike Voss,henrike@kaltwasser.example,Kaltwasser
Jürgen,,Albers
"""
NO_REFEREES = "id,advocate,name\n"


def people_of(folder: Path, remove: frozenset[str] | str = frozenset()) -> People:
    """What a build reads and then keeps."""
    people = content.read_people(folder, read(folder), remove=remove)
    assert people.problems == ()
    content.write_register(folder, people)
    return people


def export(folder: Path, advocates: str, referees: str = NO_REFEREES) -> None:
    write(folder, {"advocates.csv": advocates, "referees.csv": referees})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "content", advocates=NO_IDS, referees=NO_REFEREES)


def ids(people: People) -> dict[str, str]:
    return {person.name: person.id for person in people.advocates}


def test_who_has_no_id_gets_one_that_is_the_same_on_every_machine(folder: Path) -> None:
    first = ids(people_of(folder))
    assert all(len(given) == 12 and given.startswith("a-") for given in first.values())
    assert len(set(first.values())) == 3
    (folder / "ids.csv").unlink()
    assert ids(people_of(folder)) == first


def test_an_id_outlives_a_new_address(folder: Path) -> None:
    before = ids(people_of(folder))
    export(folder, NO_IDS.replace("maria@nordhavn", "m.lindqvist@nordhavn"))
    after = people_of(folder)
    assert ids(after) == before
    assert after.kept == ()
    export(folder, NO_IDS.replace("maria@nordhavn", "lindqvist@nordhavn"))
    assert ids(people_of(folder)) == before


def test_an_id_outlives_a_new_name(folder: Path) -> None:
    before = ids(people_of(folder))
    export(folder, NO_IDS.replace("Maria Lindqvist", "Maria Berg"))
    after = people_of(folder)
    assert ids(after)["Maria Berg"] == before["Maria Lindqvist"]
    assert after.kept == ()


def test_an_id_does_not_depend_on_the_order_of_rows(folder: Path) -> None:
    before = ids(people_of(folder))
    text = (folder / "ids.csv").read_bytes()
    header, *rows = NO_IDS.splitlines()
    export(folder, "\n".join([header, *reversed(rows)]) + "\n")
    assert ids(people_of(folder)) == before
    assert (folder / "ids.csv").read_bytes() == text


def test_an_id_from_the_crm_that_comes_later_does_not_change_the_link(folder: Path) -> None:
    before = ids(people_of(folder))
    header, *rows = NO_IDS.splitlines()
    with_ids = [f"crm{number},{row}" for number, row in enumerate(rows)]
    export(
        folder,
        "\n".join([f"id,{header}", *with_ids]) + "\n",
        "id,advocate,name\nr1,crm0,Tomas Berg\n",
    )
    after = people_of(folder)
    assert ids(after) == before
    assert after.kept == ()
    assert after.referees[0].advocate == before["Maria Lindqvist"]
    assert ids(people_of(folder)) == before


def test_a_namesake_with_another_address_is_somebody_else(folder: Path) -> None:
    before = ids(people_of(folder))
    export(folder, NO_IDS + "Maria Lindqvist,other@nordhavn.example,Nordhavn Lines\n")
    people = people_of(folder)
    found = [person.id for person in people.advocates if person.name == "Maria Lindqvist"]
    assert found[0] == before["Maria Lindqvist"]
    assert found[1] != found[0]


def test_who_vanishes_from_an_export_stays_with_everything_we_knew(folder: Path) -> None:
    advocates = (
        "id,name,email,company,case_study,owner,share_code,context\n"
        'a1,"Maria ""M"" Lindqvist",maria@nordhavn.example,"Lines, Ltd",nordhavn,jonas,maria,Ours\n'
        "a2,Henrike Voss,,,,,,\n"
    )
    referees = "id,advocate,name,reason\nr1,a1,Tomas Berg,He asked me.\nr2,a2,Ida Lund,\n"
    export(folder, advocates, referees)
    before = people_of(folder)
    export(folder, "id,name\na2,Henrike Voss\n", "id,advocate,name\nr2,a2,Ida Lund\n")
    after = people_of(folder)
    assert after.kept == ("a1", "r1")
    maria = next(person for person in after.advocates if person.id == "a1")
    assert maria == before.advocates[0]._replace(line=0)
    assert after.referees[-1] == before.referees[0]._replace(line=0)
    assert people_of(folder) == after


def test_who_comes_back_is_not_kept_any_more(folder: Path) -> None:
    first = people_of(folder)
    export(folder, "name,email,company\n")
    assert len(people_of(folder).kept) == 3
    export(folder, NO_IDS)
    assert people_of(folder) == first


def test_who_is_removed_is_gone_for_good(folder: Path) -> None:
    export(folder, "id,name\na1,Maria\na2,Henrike\n", "id,advocate,name\nr1,a1,Tomas\n")
    people_of(folder)
    export(folder, "id,name\n", NO_REFEREES)
    assert people_of(folder).kept == ("a1", "a2", "r1")
    assert people_of(folder, remove=frozenset({"a1"})).kept == ("a2",)
    assert people_of(folder).kept == ("a2",)
    assert people_of(folder, remove="vanished").kept == ()
    assert (folder / "ids.csv").read_text().count("\n") == 1


def test_only_who_has_left_the_lists_can_be_removed(folder: Path) -> None:
    export(folder, "id,name\na1,Maria\n")
    people = content.read_people(folder, read(folder), remove=frozenset({"a1", "a9"}))
    assert [str(problem) for problem in people.problems] == [
        "ids.csv: a1 is still in a list; take the row out first.",
        "ids.csv: nobody has the id a9.",
    ]


def test_who_is_kept_loses_a_story_and_an_owner_that_are_gone(folder: Path) -> None:
    export(folder, "id,name,case_study,owner\na1,Maria,nordhavn,jonas\n")
    people_of(folder)
    export(folder, "id,name\n")
    people = content.read_people(folder, read(folder), known_slugs=())
    assert people.problems == ()
    assert (people.advocates[0].case_study, people.advocates[0].owner) == ("", "jonas")


def test_a_share_code_stays_its_owners(folder: Path) -> None:
    export(folder, "id,name,share_code\na1,Maria,maria\n")
    people_of(folder)
    export(folder, "id,name,share_code\na2,Marie,MARIA\n")
    people = content.read_people(folder, read(folder))
    assert [str(problem) for problem in people.problems] == [
        "advocates.csv:2: share_code is “maria”, which still is Maria’s. "
        "They are in ids.csv until they are removed."
    ]


def test_one_person_named_by_two_advocates_is_two_referees(folder: Path) -> None:
    export(
        folder,
        "id,name\na1,Maria\na2,Henrike\n",
        "advocate,name,email\na1,Tomas,t@kestrel.example\na2,Tomas,t@kestrel.example\n",
    )
    people = people_of(folder)
    assert len({referee.id for referee in people.referees}) == 2
    assert all(referee.id.startswith("r-") for referee in people.referees)


def test_the_register_is_written_only_when_it_changes(folder: Path) -> None:
    people = content.read_people(folder, read(folder))
    assert content.write_register(folder, people)
    stamp = (folder / "ids.csv").stat().st_mtime_ns
    assert not content.write_register(folder, people)
    assert (folder / "ids.csv").stat().st_mtime_ns == stamp
    assert not list(folder.glob(".ids*"))


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        ("list;id;name\n", 1),
        ("advocate,a1\n", None),
        ("somebody" + "," * 20 + "\n", None),
    ],
)
def test_a_damaged_register_is_said_at_its_line(
    folder: Path, damage: str, line: int | None
) -> None:
    people_of(folder)
    text = (folder / "ids.csv").read_text()
    lines = text.count("\n")
    (folder / "ids.csv").write_text(damage if line else text + damage)
    found = content.read_people(folder, read(folder)).problems
    assert [(problem.file, problem.line) for problem in found] == [("ids.csv", line or lines + 1)]


def test_a_register_of_an_older_version_lacks_columns_and_is_read(folder: Path) -> None:
    write(folder, {"ids.csv": "list,id,name,email\nadvocate,a7,Ruth,ruth@tamarack.example\n"})
    people = content.read_people(folder, read(folder))
    assert people.problems == ()
    assert people.kept == ("a7",)
    assert people.advocates[-1].company == ""


TEXT = st.text(st.characters(codec="utf-8"), max_size=12).map(tidy)
IDS = TEXT.filter(bool)


@settings(deadline=None)
@given(
    st.lists(st.tuples(IDS, *[TEXT] * 17), max_size=5, unique_by=lambda row: row[0]),
    st.lists(st.tuples(IDS, *[TEXT] * 11), max_size=5, unique_by=lambda row: row[0]),
)
def test_the_register_gives_back_whoever_was_written_into_it(
    tmp_path_factory: pytest.TempPathFactory,
    advocates: list[tuple[str, ...]],
    referees: list[tuple[str, ...]],
) -> None:
    folder = tmp_path_factory.mktemp("register")
    pieces = compose(
        [Advocate._make((*row, 1)) for row in advocates],
        [Referee._make((*row, 1)) for row in referees],
    )
    (folder / "ids.csv").write_bytes(b"".join(pieces))
    problems = Problems()
    known = register.read(folder, problems)
    assert problems.sorted() == ()
    assert sorted(known["advocate"].values()) == sorted(advocates)
    assert sorted(known["referee"].values()) == sorted(referees)
    ids = {kind: list(rows) for kind, rows in known.items()}
    plain = not any("," in name or '"' in name for names in ids.values() for name in names)
    everybody = sum(map(len, ids.values()))
    assert register.held(folder, ids) == (everybody if plain else None)
    for kind, names in ids.items():
        if names:
            assert register.held(folder, ids | {kind: names[1:]}) is None
