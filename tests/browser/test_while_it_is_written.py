"""``build.py serve`` beside an editor: what is saved shows on the open page, and so do mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.child import serve
from tests.conftest import Seen
from tests.programs import Made, files, path_of, referee, story, write

NEW = story(body="## What was wrong\n\nEverybody waited.\n\n## What is new\n\nNobody does.\n")


@pytest.fixture
def made(tmp_path: Path) -> Made:
    small = Made(tmp_path / "content", tmp_path / "out", tmp_path / "var")
    write(small.content, files())
    return small


@pytest.fixture
def address(made: Made) -> Iterator[str]:
    with serve(made, "--port", "0") as serving:
        yield serving.address()
    assert not any("Traceback" in line for line in serving.complaints)


def told(page: Page) -> Locator:
    return page.locator("body > [role=status]")


def save(made: Made, name: str, text: str) -> Path:
    path = made.content / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_changed_list_shows_on_the_open_page(made: Made, address: str, page: Page) -> None:
    page.goto(f"{address}/{path_of('referee', 'r-1')}")
    expect(page.locator("h1")).to_contain_text("Tomas, Maria Lindqvist")
    write(made.content, files(referees=[referee(name="Ada Berg")]))
    expect(page.locator("h1")).to_contain_text("Ada, Maria Lindqvist")


def test_a_changed_theme_shows_on_the_open_page(made: Made, address: str, page: Page) -> None:
    page.goto(address)
    save(made, "theme/assets/program.css", "h1 { color: rgb(1, 2, 3); }")
    expect(page.locator("h1")).to_have_css("color", "rgb(1, 2, 3)")


def test_a_changed_story_says_why_it_is_gone_until_it_is_signed_off(
    made: Made, address: str, page: Page, seen: Seen
) -> None:
    page.goto(f"{address}/stories/nordhavn/")
    name, text = NEW
    save(made, name, text)
    expect(told(page)).to_contain_text("nordhavn is not shown: its text has changed")
    assert "status of 404" in seen.errors.pop()
    made.run("sign-off", "nordhavn", "--by", "Maria Lindqvist").check_returncode()
    expect(page.locator(".prose h2").last).to_have_text("What is new")
    expect(told(page)).to_have_count(0)


def test_a_mistake_stands_on_the_open_page_until_it_is_mended(
    made: Made, address: str, page: Page
) -> None:
    page.goto(address)
    title = page.locator("h1").inner_text()
    page.evaluate("window.before = true")
    wrong = files(program={"brand": {"nmae": "Leeway"}})
    line = wrong["program.toml"].partition("nmae")[0].count("\n") + 1
    write(made.content, wrong)
    expect(told(page)).to_contain_text(f"program.toml:{line}: ")
    expect(told(page)).to_contain_text("nmae")
    expect(page.locator("h1")).to_have_text(title)
    assert page.evaluate("window.before")
    again = page.context.new_page()  # whoever looks only now is told, too
    again.goto(f"{address}/_people/")
    expect(told(again)).to_contain_text("nmae")
    write(made.content, files(program={"brand": {"name": "Leeward"}}))
    for each in (page, again):
        expect(each.locator(".brand")).to_contain_text("Leeward")
        expect(told(each)).to_have_count(0)


@pytest.mark.parametrize(
    ("template", "mistake"),
    [
        ("{% extends 'base.html' %}\n{{ page.title }\n", r"templates/program\.html:2: "),
        (
            "{% extends 'base.html' %}\n{% block main %}\n{{ nosuch }}{% endblock %}",
            r":3: 'nosuch'",
        ),
        ("{% extends 'bse.html' %}", r":1: there is no template bse\.html"),
    ],
    ids=["syntax", "name", "file"],
)
def test_a_mistake_in_the_theme_stands_there_with_its_line(
    template: str, mistake: str, made: Made, address: str, page: Page
) -> None:
    page.goto(address)
    title = page.locator("h1").inner_text()
    wrong = save(made, "theme/templates/program.html", template)
    expect(told(page)).to_contain_text(re.compile(mistake))
    wrong.unlink()
    expect(told(page)).to_have_count(0)
    expect(page.locator("h1")).to_have_text(title)


def test_whatever_goes_wrong_the_watch_goes_on(made: Made, page: Page) -> None:
    with serve(made, "--port", "0") as serving:
        page.goto(serving.address())
        template = "{% extends 'base.html' %}{% block main %}{{ 1 + '' }}{% endblock %}"
        wrong = save(made, "theme/templates/program.html", template)
        expect(told(page)).to_contain_text("TypeError")
        wrong.unlink()
        expect(told(page)).to_have_count(0)
        page.close()
    assert any("program.html" in line for line in serving.complaints)


def test_a_page_of_a_server_that_was_started_again_is_shown_anew(
    made: Made, page: Page, seen: Seen
) -> None:
    with serve(made, "--port", "0") as serving:
        address = serving.address()
        with page.expect_response("**/_version?0"):
            page.goto(f"{address}/{path_of('referee', 'r-1')}")
    write(made.content, files(referees=[referee(name="Ada Berg")]))
    with serve(made, "--port", address.rpartition(":")[2]):
        expect(page.locator("h1")).to_contain_text("Ada")
        page.close()
    seen.errors[:] = [error for error in seen.errors if "net::ERR_CONNECTION" not in error]
