"""A folder that ``init`` made, and a story that ``new story`` began, build at once."""

from __future__ import annotations

import csv
import io
from argparse import Namespace
from datetime import date
from pathlib import Path

import pytest

from passalong.commands import init, links, new_story
from passalong.content import read_editorial, read_people
from passalong.content.signoffs import record
from passalong.errors import Stop

ROOT = Path(__file__).parents[2]
SITE = ROOT / "site"
TODAY = date(2026, 11, 2)


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "content"
    monkeypatch.setattr("sys.stdin", io.StringIO("Acme\n"))
    assert init.main(Namespace(folder=folder), ROOT) == 0
    return folder


def errors(content: Path) -> list[str]:
    editorial = read_editorial(content, TODAY, SITE)
    people = read_people(content, editorial)
    problems = (*editorial.problems, *people.problems)
    return [str(problem) for problem in problems if problem.severity == "error"]


def test_a_new_folder_has_no_errors_and_its_example_is_not_shown(content: Path) -> None:
    assert errors(content) == []
    assert read_editorial(content, TODAY, SITE).stories == ()


def test_once_signed_off_the_example_is_a_whole_story_without_its_questions(content: Path) -> None:
    record(content, ["example"], "Alex Example", "", TODAY, "named", None)
    (story,) = read_editorial(content, TODAY, SITE).stories
    assert errors(content) == []
    assert len(story.metrics) == 3
    assert "xample" in story.title


def test_a_second_init_changes_nothing(content: Path) -> None:
    before = {path: path.read_bytes() for path in content.rglob("*") if path.is_file()}
    with pytest.raises(Stop, match="overwrites nothing"):
        init.main(Namespace(folder=content), ROOT)
    assert {path: path.read_bytes() for path in content.rglob("*") if path.is_file()} == before


def test_a_new_story_builds_is_not_shown_and_asks_its_questions(content: Path) -> None:
    options = Namespace(content=content, slug="blue-harbour")
    assert new_story.main(options, ROOT) == 0
    text = (content / "case-studies" / "blue-harbour.md").read_text()
    assert "Blue Harbour" in text
    assert text.count("?") > 10
    assert errors(content) == []
    assert read_editorial(content, TODAY, SITE).stories == ()


def test_a_story_is_never_written_over(content: Path) -> None:
    options = Namespace(content=content, slug="example")
    before = (content / "case-studies" / "example.md").read_text()
    with pytest.raises(Stop, match=r"example\.md is there already"):
        new_story.main(options, ROOT)
    assert (content / "case-studies" / "example.md").read_text() == before


@pytest.mark.parametrize("slug", ["Blue Harbour", "../secret", "ä", ""])
def test_a_slug_that_cannot_be_an_address_is_refused(content: Path, slug: str) -> None:
    with pytest.raises(Stop, match="small letters"):
        new_story.main(Namespace(content=content, slug=slug), ROOT)


def test_a_story_needs_a_content_folder(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="init"):
        new_story.main(Namespace(content=tmp_path / "nosuch", slug="blue"), ROOT)


def test_its_example_advocate_has_links_and_a_mail(
    content: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PASSALONG_VAR", str(content.parent / "var"))
    monkeypatch.delenv("PASSALONG_PATH_SECRET", raising=False)
    capsys.readouterr()
    lists = []
    for _ in range(2):
        assert links.main(Namespace(content=content, csv=True), ROOT) == 0
        lists.append(capsys.readouterr().out)
    assert lists[0] == lists[1]
    (row,) = csv.DictReader(io.StringIO(lists[0], newline=""))
    assert row["email"] == "alex@customer.example"
    assert row["page"] in row["ask"]
    assert row["subject"] == "Who comes to mind, Alex?"
    assert row["share_link"].startswith("https://friends.acme.example/r/")
