"""A build writes what the content says: the same bytes anywhere, and no file in vain."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from passalong.errors import ContentRefused, Stop
from passalong.pages.build import build
from passalong.pages.write import Output
from tests.functional.conftest import Make
from tests.programs import (
    SECRET_STORY,
    TODAY,
    Made,
    Row,
    advocate,
    files,
    keys,
    path_of,
    referee,
    story,
    tree,
    write,
)

PRIVACY = {"pages/privacy.de.md": "# Datenschutz\n\nDein Name steht auf einer Seite.\n"}


def oakhurst(title: str) -> tuple[str, str]:
    firm = {"customer": "Oakhurst Brewing", "industry": "food", "domain": "oakhurst.example"}
    return story("oakhurst", title=title, summary="Oakhurst gave each truck a time.", **firm)


STORIES = [story(), oakhurst("Oakhurst’s trucks are gone by nine"), story(**SECRET_STORY)]
PEOPLE = {
    "advocates": [
        advocate("a-1", "Maria Lindqvist", case_study="nordhavn", show_name="yes"),
        advocate("a-2", "Dale Whitcomb", case_study="oakhurst", industry="food", locale="de"),
        advocate("a-3", "Femke de Wit", kind="partner", reward="none", company="Greenloop"),
        advocate("", "Jo Ek", email="jo@nordhavn.example"),
    ],
    "referees": [
        referee("r-1", "Tomas Berg", advocate="a-1", reason="Bring him your worst day."),
        referee("r-2", "Ingrid Aune", advocate="a-2", status="suggested", reason=""),
        referee("r-3", "Ana Ruiz", advocate="a-1", status="suggested", reason=""),
        referee("r-4", "Kim Oh", advocate="a-2", reason="", company=""),
        referee("", "Bo Li", advocate="jo@nordhavn.example", email="bo@kestrel.example"),
    ],
}
WHOLE: dict[str, Any] = {
    "stories": STORIES,
    "locales": ["de"],
    "more": PRIVACY,
    "sign_offs": {"solvane": {"scope": "anonymised"}},
} | PEOPLE


def stamps(made: Made) -> dict[str, int]:
    return {path: (made.out / path).stat().st_mtime_ns for path in made.tree()}


def clean(made: Made, folder: Path) -> dict[str, bytes]:
    """What a build of this content makes where nothing was before."""
    site = Made(made.content, folder / "clean", folder / "clean-var")
    site.build()
    return site.tree()


# --- The same bytes ---------------------------------------------------------------------------


def mixed(rows: list[Row]) -> list[Row]:
    """The rows in another order, but each advocate's referees among themselves."""
    return sorted(rows, key=lambda row: row.get("advocate", row["name"])[::-1])


def test_the_same_content_is_the_same_bytes_on_any_path_in_any_order(tmp_path: Path) -> None:
    one = Made(write(tmp_path / "one", files(**WHOLE)), tmp_path / "site", tmp_path / "var")
    again = {name: mixed(rows) for name, rows in PEOPLE.items()}
    content = files(**WHOLE | again | {"stories": STORIES[::-1]})
    folder = tmp_path / "somewhere else" / "ünïcode"
    other = Made(
        write(folder / "2", content, lambda names: sorted(names, reverse=True)),
        folder / "site",
        folder / "var",
    )
    assert content["advocates.csv"] != files(**WHOLE)["advocates.csv"]
    one.build()
    abroad = {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    done = subprocess.run(
        other.command("build"),
        env=other.environment() | abroad,
        cwd="/",
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    assert other.tree() == one.tree()


def test_a_file_whose_name_is_no_text_does_not_stop_a_build(make: Make) -> None:
    made = make()
    odd = os.fsencode(made.content) + b"/case-studies/gr\xfc\xdfe.jpg"
    try:
        Path(os.fsdecode(odd)).write_bytes(b"")
    except OSError:
        pytest.skip("this file system takes no such name")
    assert made.build().changed == ()
    assert made.run("build").returncode == 0


def test_the_day_of_the_build_changes_nothing_while_sign_offs_hold(
    make: Make, tmp_path: Path
) -> None:
    made = make(**WHOLE)
    later = replace(made, out=tmp_path / "later")
    later.build(today=TODAY + timedelta(days=400))
    assert later.tree() == made.tree()


# --- No file in vain --------------------------------------------------------------------------


def test_a_build_after_a_build_writes_nothing(make: Make) -> None:
    made = make(**WHOLE)
    before = stamps(made)
    result = made.build()
    assert (result.changed, result.removed) == ((), ())
    assert result.unchanged == len(before)
    assert result.pages == len(made.pages())
    assert stamps(made) == before


def test_a_build_that_remembers_nothing_writes_nothing_that_is_there(
    make: Make, tmp_path: Path
) -> None:
    made = make(**WHOLE)
    before = stamps(made)
    result = replace(made, var=tmp_path / "new-var").build()
    assert (result.changed, result.removed) == ((), ())
    assert stamps(made) == before


@pytest.mark.parametrize("damage", [b"", b"garbage", b"\x80\x05N.", b"\x80\x05]q\x00."])
def test_what_a_build_remembers_may_be_damaged(make: Make, tmp_path: Path, damage: bytes) -> None:
    made = make()
    own = replace(made, var=tmp_path / "own-var")
    own.build()
    for file in ("state", "compiled"):
        for path in own.var.rglob(file):
            path.write_bytes(damage)
    (own.out / "index.html").unlink()
    assert own.build().changed == ("index.html",)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def replaced(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


DAMAGES: tuple[Callable[[Path], object], ...] = (
    Path.unlink,
    cut,
    lambda path: path.write_text("Somebody else's words."),
    replaced,
)


@pytest.mark.parametrize("damage", DAMAGES, ids=["deleted", "cut", "altered", "replaced"])
@pytest.mark.parametrize("kind", ["page", "public page", "asset", "sitemap"])
def test_a_damaged_file_is_mended_and_no_other_is_touched(
    make: Make, kind: str, damage: Callable[[Path], object]
) -> None:
    made = make()
    good, before = made.tree(), stamps(made)
    path = {
        "page": path_of("referee", "r-1"),
        "public page": "stories/nordhavn/index.html",
        "asset": next(path for path in good if path.startswith("assets/card-nordhavn")),
        "sitemap": "sitemap.xml",
    }[kind]
    damage(made.out / path)
    assert made.build().changed == (path,)
    assert made.tree() == good
    after = stamps(made)
    assert {name for name in before if after[name] != before[name]} == {path}


@pytest.mark.parametrize("stray", ["old.html", "stories/gone/index.html", "assets/x.png", "p/x/y"])
def test_a_file_that_no_build_made_goes_with_the_next_change(make: Make, stray: str) -> None:
    made = make()
    (made.out / stray).parent.mkdir(parents=True, exist_ok=True)
    (made.out / stray).write_text("?")
    result = made.change(referees=[referee(reason="You asked.")])
    assert result.removed == (stray,)
    assert not (made.out / stray).exists()


# --- Only what a change concerns --------------------------------------------------------------


def with_row(kind: str, number: int, **values: str) -> dict[str, Any]:
    """The whole program with one row of a list changed."""
    rows = list(PEOPLE[kind])
    rows[number] = rows[number] | values
    return WHOLE | {kind: rows}


def own(*people: str) -> set[str]:
    """The pages of people: ``"advocate a-1"``."""
    return {path_of(*person.split()) for person in people}


EDITS: dict[str, tuple[dict[str, Any], set[str]]] = {
    "a reason": (with_row("referees", 0, reason="Other words."), own("referee r-1")),
    "a referee's name": (
        with_row("referees", 0, name="Thomas Berg"),
        own("referee r-1", "advocate a-1"),
    ),
    "a suggested referee's firm": (
        with_row("referees", 1, company="Havskjær"),
        own("advocate a-2"),
    ),
    "an advocate's role": (
        with_row("advocates", 1, role="VP Operations"),
        own("referee r-4"),
    ),
    "a named advocate's name": (
        with_row("advocates", 0, name="Maria Lind"),
        own("advocate a-1", "share a-1", "referee r-1"),
    ),
    "an advocate's own reward": (
        with_row("advocates", 2, reward="a tree"),
        own("advocate a-3", "share a-3"),
    ),
    "an advocate's wish to be named": (
        with_row("advocates", 1, show_name="yes"),
        own("advocate a-2", "share a-2"),
    ),
    "an address": (with_row("advocates", 1, email="dale@oakhurst.example"), set()),
    "a confirmed suggestion": (
        with_row("referees", 1, status="confirmed"),
        own("referee r-2", "advocate a-2"),
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_editing_a_person_writes_only_the_pages_that_show_them(make: Make, edit: str) -> None:
    made = make(**WHOLE)
    before = stamps(made)
    changes, expected = EDITS[edit]
    result = made.change(**changes)
    assert set(result.changed) == expected
    assert result.removed == ()
    after = stamps(made)
    assert {path for path in after if after[path] != before.get(path)} == expected


def test_a_new_person_gets_their_pages_and_nobody_elses_change(make: Make) -> None:
    made = make(**WHOLE)
    more = WHOLE | {"advocates": [*PEOPLE["advocates"], advocate("a-9", "Zoë Kay")]}
    assert set(made.change(**more).changed) == own("advocate a-9", "share a-9")


def test_whoever_leaves_the_list_stays_until_removed(make: Make) -> None:
    made = make(**WHOLE)
    fewer = WHOLE | {"referees": PEOPLE["referees"][1:]}
    result = made.change(**fewer)
    assert (result.changed, result.removed) == ((), ())
    result = made.build(remove=frozenset({"r-1"}))
    assert set(result.removed) == own("referee r-1")
    assert set(result.changed) == own("advocate a-1")
    assert b"Tomas" not in b"".join(made.tree().values())


def test_editing_a_story_writes_only_the_pages_that_show_it(make: Make, tmp_path: Path) -> None:
    made = make(**WHOLE)
    old, before = made.tree(), stamps(made)
    title = "Oakhurst’s trucks have left by eight"
    result = made.change(**WHOLE | {"stories": [STORIES[0], oakhurst(title), STORIES[2]]})
    new, after = made.tree(), stamps(made)
    shows = {
        path
        for path in new
        if b"are gone by nine" in old.get(path, b"") or title.encode() in new[path]
    }
    images = {path for path in new if path not in old}
    assert {path.partition(".")[0] for path in images} == {"assets/card-oakhurst"}
    assert set(result.changed) == shows | images
    assert {path.partition(".")[0] for path in result.removed} == {"assets/card-oakhurst"}
    assert {path for path in after if after[path] != before.get(path)} == shows | images
    assert own("advocate a-1", "advocate a-3", "referee r-1").isdisjoint(shows)
    assert own("advocate a-2", "referee r-4", "share a-2") < shows
    assert new == clean(made, tmp_path)


def test_editing_a_storys_body_writes_only_its_own_page(make: Make) -> None:
    made = make(**WHOLE)
    edited = story(body="## What was wrong\n\nEverybody waited, and waited.\n")
    assert made.change(**WHOLE | {"stories": [edited, *STORIES[1:]]}).changed == (
        "stories/nordhavn/index.html",
    )


def test_changes_one_by_one_end_where_a_clean_build_does(make: Make, tmp_path: Path) -> None:
    made = make(**WHOLE)
    for changes, _ in EDITS.values():
        made.change(**changes)
    made.change(**WHOLE | {"stories": STORIES[:2], "program": {"brand": {"name": "Leeways"}}})
    made.change(**WHOLE)
    assert made.tree() == clean(made, tmp_path)


# --- What a build refuses ---------------------------------------------------------------------


def test_content_with_a_mistake_leaves_the_site_as_it_was(make: Make) -> None:
    made = make()
    good, before = made.tree(), stamps(made)
    with pytest.raises(ContentRefused) as refused:
        made.change(advocates=[advocate(email="not an address")])
    assert [(p.file, p.line) for p in refused.value.problems] == [("advocates.csv", 2)]
    assert made.tree() == good
    assert stamps(made) == before


def test_a_mistake_in_the_content_is_said_at_its_line_and_ends_with_status_1(make: Make) -> None:
    made = make()
    write(made.content, files(referees=[referee(advocate="nobody")]))
    done = made.run("build")
    assert done.returncode == 1
    assert f"{made.content}/referees.csv:2: advocate is “nobody”" in done.stderr
    assert "nothing was written" in done.stderr


def test_a_folder_of_somebody_else_is_not_touched(make: Make, tmp_path: Path) -> None:
    made = make()
    foreign = tmp_path / "documents"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("Dear Maria")
    with pytest.raises(Stop, match="no build made"):
        replace(made, out=foreign).build()
    assert tree(foreign) == {"letter.txt": b"Dear Maria"}


def test_one_build_at_a_time_writes_to_a_site(make: Make) -> None:
    made = make()
    write(made.content, files(referees=[referee(reason="Changed.")]))
    refused = []

    def meanwhile(_done: int, _all: int) -> None:
        with pytest.raises(Stop, match="Another build") as stopped:
            made.build()
        refused.append(stopped.value)

    build(made.order(), meanwhile)
    assert refused


def test_content_that_changes_during_a_build_is_built_by_the_next(make: Make) -> None:
    made = make()
    write(made.content, files(referees=[referee(reason="First.")]))

    def meanwhile(_done: int, _all: int) -> None:
        write(made.content, files(referees=[referee(reason="Second.")]))

    build(made.order(), meanwhile)
    assert made.build().changed == (path_of("referee", "r-1"),)
    assert "Second." in made.page("referee", "r-1")


def test_what_a_broken_off_build_left_goes_even_if_its_change_is_taken_back(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make()
    good = made.tree()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    write(made.content, files(stories=[story(), oakhurst("Oakhurst’s trucks are gone by nine")]))
    with monkeypatch.context() as patch:
        put = Output.put
        patch.setattr(
            Output, "put", lambda *given: (put(*given), patch.setattr(Output, "put", full))
        )
        with pytest.raises(OSError, match="No space"):
            made.build()
    assert made.tree() != good
    made.change()
    assert made.tree() == good


# --- What a page weighs -----------------------------------------------------------------------


def test_a_personal_page_arrives_in_one_round_trip(make: Make) -> None:
    made = make(**WHOLE)
    weights = {
        path: len(gzip.compress(html.encode(), 6))
        for path, html in made.pages().items()
        if path[:2] in ("a/", "p/", "r/")
    }
    assert len(weights) == 8 + 3
    assert max(weights.values()) <= 14 * 1024


# --- Help for whoever looks on ----------------------------------------------------------------


def test_the_build_says_how_many_files_it_wrote_and_which(make: Make) -> None:
    made = make(**WHOLE)
    write(made.content, files(**with_row("referees", 0, reason="Other words.")))
    done = made.run("build", "--json")
    assert done.returncode == 0
    assert f"/p/{keys().key('referee', 'r-1')}/" in done.stdout.splitlines()[1]
    assert '"written": 1' in done.stdout.splitlines()[-1]
    assert made.run("build").stdout.startswith("Nothing changed")


def test_a_site_that_takes_the_place_of_another_programs_says_so(make: Make) -> None:
    made = make()
    other = made.change(program={"id": "other"})
    assert other.replaced == "leeway"
    assert made.change(program={"id": "other"}, referees=[]).replaced == ""
