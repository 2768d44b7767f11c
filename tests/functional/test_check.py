"""``check`` says what a build would refuse, and writes nothing; ``--deep`` reads every page."""

from __future__ import annotations

import random
from typing import Any

import pytest

from passalong.pages.deep import deep_problems
from tests.functional.conftest import Make
from tests.naughty import NAUGHTY
from tests.programs import (
    SITE,
    Made,
    advocate,
    files,
    path_of,
    referee,
    story,
    tree,
    write,
)


def problems(made: Made) -> list[str]:
    return [str(problem) for problem in deep_problems(made.out, made.order())]


def theme(old: str, new: str, name: str = "referee.html") -> dict[str, str]:
    text = (SITE / "templates" / name).read_text("utf-8")
    assert text.count(old) == 1
    return {f"theme/templates/{name}": text.replace(old, new)}


def test_content_in_order_is_said_to_be(make: Make) -> None:
    made = make()
    done = made.run("check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "The content is in order.\n", "")


def test_every_problem_is_said_in_one_run_and_nothing_is_written(make: Make) -> None:
    made = make()
    bad: dict[str, Any] = {
        "advocates": [advocate(email="nobody"), advocate("a-2", kind="customre")],
        "referees": [referee(advocate="a-9")],
        "stories": [story(title=None)],
        "more": {"messages/x.md": "Hello {nosuch}.\n{disclosure}"},
    }
    write(made.content, files(**bad))
    (made.content / "ids.csv").unlink()
    content, site = tree(made.content), made.tree()
    done = made.run("check")
    assert done.returncode == 1
    places = {
        line.removeprefix(f"{made.content}/").split(": ")[0] for line in done.stderr.split("\n")
    }
    assert {
        "advocates.csv:2",
        "advocates.csv:3",
        "referees.csv:2",
        "case-studies/nordhavn.md:1",
        "messages/x.md:1",
    } <= places
    assert "Did you mean “customer”?" in done.stderr
    assert (tree(made.content), made.tree()) == (content, site)


def test_a_warning_is_said_and_no_reason_to_fail(make: Make) -> None:
    made = make()
    write(made.content, files(sign_offs={"nordhavn": None}))
    done = made.run("check")
    assert done.returncode == 0
    assert "nordhavn is not shown" in done.stderr
    assert "1 warning." in done.stdout


# --- Deep -------------------------------------------------------------------------------------


def test_every_page_of_a_sound_program_is_in_order(make: Make) -> None:
    made = make(locales=["de"], more={"pages/privacy.de.md": "# D\n\nText.\n"})
    done = made.run("check", "--deep", "--out", str(made.out))
    assert (done.returncode, done.stdout.split(",")[0]) == (0, "Every page is in order")


def test_no_name_makes_a_page_suspect(make: Make) -> None:
    people = [
        advocate(f"a-{i}", name, company=name, role=name, context=name)
        for i, name in enumerate(NAUGHTY)
    ]
    asked = [
        referee(f"r-{i}", name, advocate=f"a-{i}", company=name, reason=name)
        for i, name in enumerate(NAUGHTY)
    ]
    assert problems(make(advocates=people, referees=asked)) == []


def test_a_mail_address_on_a_page_is_found_however_it_came_there(make: Make) -> None:
    made = make(more=theme("<article>", "<article>\n<p>R-1@kestrel.example</p>"))
    assert problems(made) == [
        f"{path_of('referee', 'r-1')}: shows the address of somebody in the lists: "
        "r-1@kestrel.example"
    ]


@pytest.mark.parametrize("spelt", ["tomas-berg", "tomasberg", "Tomas%20Berg", "tomas_berg"])
def test_a_name_in_an_address_is_found(make: Make, spelt: str) -> None:
    made = make(more=theme("<article>", f'<article>\n<a href="/r/x/?for={spelt}">x</a>'))
    (found,) = problems(made)
    assert found.startswith(f"{path_of('referee', 'r-1')}: has a name in an address")


def test_a_page_that_a_person_makes_too_heavy_is_found(make: Make) -> None:
    some = random.Random(1)
    long = ["".join(chr(some.randrange(0x4E00, 0x9FA5)) for _ in range(1900)) for _ in range(3)]
    found = problems(
        make(
            advocates=[advocate(company=long[0], role=long[1])], referees=[referee(reason=long[2])]
        )
    )
    assert [each.split(": ")[0] for each in found] == [path_of("referee", "r-1")]
    assert all("compressed" in each for each in found)
