"""The sign-off gate: nothing of a customer is shown without their consent to this very text."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from passalong.content.signoffs import record
from passalong.errors import Stop
from tests.unit.content_samples import STORY, make, read, said, sign_off, write

DAY = date(2026, 5, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "content")


def reason(folder: Path, today: date = date(2026, 11, 21)) -> str:
    editorial = read(folder, today)
    assert editorial.stories == ()
    assert editorial.public_slugs == {}
    return editorial.withheld["nordhavn"]


def test_a_story_with_a_sign_off_for_its_text_is_shown(folder: Path) -> None:
    editorial = read(folder)
    assert [story.slug for story in editorial.stories] == ["nordhavn"]
    assert editorial.public_slugs == {"nordhavn": "nordhavn"}
    assert editorial.withheld == {}


def test_a_story_without_a_sign_off_is_withheld_with_a_warning(folder: Path) -> None:
    (folder / "sign-offs.toml").unlink()
    assert reason(folder) == "there is no sign-off for it"
    assert said(folder) == [
        "case-studies/nordhavn.md:1: warning: nordhavn is not shown: there is no sign-off for it."
    ]


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("requested", "its sign-off has been requested"),
        ("with legal", "its sign-off is with legal"),
        ("withdrawn", "its sign-off was withdrawn"),
    ],
)
def test_only_an_approved_sign_off_counts(folder: Path, state: str, why: str) -> None:
    write(folder, {"sign-offs.toml": "# ours\n" + sign_off(folder, "nordhavn", state=state)})
    assert reason(folder) == why
    assert said(folder) == [f"sign-offs.toml:2: warning: nordhavn is not shown: {why}."]


def test_any_change_of_the_text_ends_a_sign_off_but_line_ends_do_not(folder: Path) -> None:
    path = folder / "case-studies/nordhavn.md"
    path.write_bytes(STORY.replace("\n", "\r\n").encode())
    assert len(read(folder).stories) == 1
    path.write_text(STORY.replace("Ships waited.", "Ships waited long."))
    assert reason(folder) == "its text has changed since it was signed off"


def test_a_sign_off_holds_through_its_last_day(folder: Path) -> None:
    extra = "until = 2027-05-02\n"
    write(folder, {"sign-offs.toml": sign_off(folder, "nordhavn", extra=extra)})
    assert len(read(folder, date(2027, 5, 2)).stories) == 1
    assert reason(folder, date(2027, 5, 3)) == "its sign-off ended on 2027-05-02"


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ('state = "aproved"', "2: nordhavn.state is “aproved”; it can be requested, with legal, "),
        ('by = "M"', "1: nordhavn.state is missing."),
        ('state = "approved"', "1: nordhavn.by is missing."),
        ('state = "approved"', "1: nordhavn.digest is missing."),
        ('state = "approved"', "1: nordhavn.when is missing: the day on which they signed."),
        ('state = "requested"\nwhen = "May"', "3: nordhavn.when must be a date such as 2026-"),
        ('state = "requested"\nwho = "M"', "3: nordhavn.who is not a setting we know."),
        (
            'state = "requested"\nwhen = 2026-05-02\nuntil = 2026-05-01',
            "4: nordhavn.until lies before the day on which they signed.",
        ),
        ('state = "requested"\nscope = "anonymous"', "3: nordhavn.scope is “anonymous”; it can "),
    ],
)
def test_a_sign_off_that_says_too_little_is_an_error(
    folder: Path, entry: str, problem: str
) -> None:
    write(folder, {"sign-offs.toml": f"[nordhavn]\n{entry}\n"})
    assert any(line.startswith(f"sign-offs.toml:{problem}") for line in said(folder)), said(folder)


def test_recording_makes_a_story_shown_and_leaves_the_rest_as_it_is(folder: Path) -> None:
    write(
        folder,
        {
            "case-studies/oakhurst.md": STORY.replace("Nordhavn", "Oakhurst"),
            "sign-offs.toml": "# Ask Maria first.\n\n[nordhavn]\nstate = 'requested' # by mail\n"
            '\n# Dale is on leave until June.\n[oakhurst]\nstate = "with legal"\n',
        },
    )
    record(folder, ["nordhavn"], ' Maria  "M" Lindqvist ', "COO", DAY, "named", date(2027, 5, 2))
    text = (folder / "sign-offs.toml").read_text()
    assert text.startswith('# Ask Maria first.\n\n[nordhavn]\nstate = "approved"\n')
    assert text.endswith('\n\n# Dale is on leave until June.\n[oakhurst]\nstate = "with legal"\n')
    entry = tomllib.loads(text)["nordhavn"]
    assert entry["by"] == 'Maria "M" Lindqvist'
    assert entry["until"] == date(2027, 5, 2)
    assert set(read(folder).public_slugs) == {"nordhavn"}
    record(folder, ["oakhurst", "nordhavn"], "Dale", "", DAY, "named", None)
    assert set(read(folder).public_slugs) == {"nordhavn", "oakhurst"}
    assert "Dale is on leave" in (folder / "sign-offs.toml").read_text()


def test_the_first_sign_off_makes_the_file(folder: Path) -> None:
    (folder / "sign-offs.toml").unlink()
    record(folder, ["nordhavn"], "Maria", "", DAY, "named", None)
    assert len(read(folder).stories) == 1
    assert not list(folder.glob(".sign-offs*"))


def test_there_is_no_sign_off_for_a_story_that_does_not_exist(folder: Path) -> None:
    with pytest.raises(Stop, match="There is no story nordhaven"):
        record(folder, ["nordhaven"], "Maria", "", DAY, "named", None)


def test_a_file_of_another_form_is_not_spoilt(folder: Path) -> None:
    text = 'nordhavn.state = "requested"\n'
    write(folder, {"sign-offs.toml": text})
    with pytest.raises(Stop, match="cannot be added to"):
        record(folder, ["nordhavn"], "Maria", "", DAY, "named", None)
    assert (folder / "sign-offs.toml").read_text() == text
