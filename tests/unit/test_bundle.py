"""The functions' bundle: whole, versioned, refused where it is of other code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from passalong.bundle import FORMAT, Bundle, UnknownFormat, dump, load
from tests.programs import KEYS, SECRET_STORY, Made, advocate, files, keys, referee, story, write


def made(folder: Path, **content: object) -> Made:
    program = Made(folder / "content", folder / "out", folder / "var")
    write(program.content, files(**content))  # type: ignore[arg-type]
    return program


def bundle_in(program: Made) -> bytes:
    path = program.var / "bundle.json"
    program.build(bundle=path)
    return path.read_bytes()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    program = made(
        tmp_path_factory.mktemp("bundle"),
        stories=[story(), story(**SECRET_STORY)],
        sign_offs={"solvane": {"scope": "anonymised"}},
        referees=[referee(), referee("r-2", status="suggested")],
        locales=["de"],
    )
    return bundle_in(program)


def test_a_bundle_reads_as_it_was_written(data: bytes) -> None:
    assert dump(load(data)) == data


def test_a_bundle_that_was_damaged_lost_or_overwritten_is_written_again(tmp_path: Path) -> None:
    one = made(tmp_path / "one")
    whole, path = bundle_in(one), one.var / "bundle.json"
    path.write_bytes(b"{")
    assert bundle_in(one) == whole
    path.unlink()
    assert bundle_in(one) == whole
    made(tmp_path / "other", referees=[referee("r-9")]).build(bundle=path)
    assert path.read_bytes() != whole
    assert bundle_in(one) == whole


def test_a_bundle_that_is_as_it_was_is_left_alone(tmp_path: Path) -> None:
    program = made(tmp_path)
    bundle_in(program)
    before = (program.var / "bundle.json").stat()
    bundle_in(program)
    after = (program.var / "bundle.json").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_bundle_has_everybody_by_what_tokens_call_them(data: bytes) -> None:
    bundle = load(data)
    assert bundle.keys[keys().key("advocate", "a-1")] == "a-1"
    assert bundle.keys[keys().code("a-1")] == "a-1"
    assert bundle.keys[keys().key("referee", "r-1")] == "r-1"
    assert [one.status for one in bundle.referees] == ["confirmed", "suggested"]


def test_a_bundle_holds_neither_stories_nor_text_pages(data: bytes) -> None:
    bundle = load(data)
    assert {one.body for one in bundle.editorial.stories} == {""}
    assert bundle.editorial.pages == ()


def test_a_bundle_answers_forms_and_writes_letters_in_every_locale(data: bytes) -> None:
    bundle = load(data)
    assert {"said.en", "said.de", "times.en", "meeting.de", "mail.en", "mail.de"} <= {
        *bundle.answers
    }


def test_another_person_is_another_version(tmp_path: Path) -> None:
    before = load(bundle_in(made(tmp_path, advocates=[advocate()])))
    after = load(bundle_in(made(tmp_path, advocates=[advocate(role="Chair")])))
    assert before.version != after.version


def test_the_same_inputs_give_the_same_bundle(tmp_path: Path) -> None:
    assert bundle_in(made(tmp_path / "one")) == bundle_in(made(tmp_path / "two"))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d | {"format": FORMAT + 1},
        lambda d: {n: v for n, v in d.items() if n != "format"},
        lambda d: {n: v for n, v in d.items() if n != "frames"},
        lambda d: d | {"advocates": [["too", "short"]]},
        lambda d: d | {"texts": []},
        lambda d: [d],
    ],
)
def test_a_bundle_of_other_code_is_refused(data: bytes, change: object) -> None:
    assert callable(change)
    with pytest.raises(UnknownFormat):
        load(json.dumps(change(json.loads(data))).encode())


@pytest.mark.parametrize("cut", [0, 1, 1000])
def test_half_a_bundle_is_refused(data: bytes, cut: int) -> None:
    with pytest.raises(UnknownFormat):
        load(data[:cut])


def test_a_bundle_holds_no_secret(data: bytes) -> None:
    assert KEYS[0].secret.hex().encode() not in data
    assert isinstance(load(data), Bundle)
