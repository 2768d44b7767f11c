"""What ``serve`` prints first: addresses that open, of the people with the most to see."""

from __future__ import annotations

import re
from pathlib import Path

from infra.local.guide import Door, doors, guide
from passalong.pages.reading import read
from tests.programs import SECRET_STORY, Made, advocate, files, referee, story, write


def shown(made: Made) -> list[Door]:
    editorial, people, holders = read(made.order())[:3]
    return doors(editorial, people, holders)


def test_it_names_the_advocate_and_the_referee_with_the_most_to_see(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "content",
        files(
            advocates=[
                advocate("a-1", "Ada Grün"),
                advocate("a-2", "Maria Lindqvist", case_study="nordhavn"),
                advocate("a-3", "Lars Holm", case_study="nordhavn"),
            ],
            referees=[
                referee("r-1", "Kim Berg", advocate="a-1", reason="You asked."),
                referee("r-2", "Uma Ek", advocate="a-2"),
                referee("r-3", "Tomas Berg", advocate="a-2", reason="You asked."),
            ],
        ),
    )
    made = Made(folder, folder.parent / "out", folder.parent / "var")
    said = [door.what for door in shown(made)]
    assert said[1:4] == [
        "Maria Lindqvist, who may introduce somebody",
        "Tomas Berg, whom Maria introduced",
        "Whoever follows Maria’s link",
    ]


def test_every_address_is_one_that_the_build_wrote(tmp_path: Path) -> None:
    folder = write(tmp_path / "content", files())
    made = Made(folder, folder.parent / "out", folder.parent / "var")
    made.build()
    pages = made.pages()
    paths = [door.path.partition("?")[0] for door in shown(made)]
    for own in "/_people/", "/_mail/":  # the server's, not the build's
        paths.remove(own)
    assert [path for path in paths if f"{path}index.html"[1:] not in pages] == []
    assert len(paths) == 4


def test_a_program_without_people_still_has_doors(tmp_path: Path) -> None:
    content = files(stories=[story(**SECRET_STORY)], advocates=[], referees=[])
    folder = write(tmp_path / "content", content)
    made = Made(folder, folder.parent / "out", folder.parent / "var")
    assert [door.path for door in shown(made)] == ["/_people/", "/_mail/", "/"]


def test_the_addresses_stand_under_one_another() -> None:
    text = guide("http://127.0.0.1:8000", [Door("Short", "/a/"), Door("Rather longer", "/")])
    columns = {line.index("http") for line in text.splitlines() if line.startswith("  ")}
    assert len(columns) == 1
    assert re.search(r"Serving on http://127\.0\.0\.1:8000\.", text)
