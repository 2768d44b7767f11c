"""The pack that a customer's lawyers sign: all of the story and its uses, nobody else's name."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable
from html import unescape
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from passalong.commands import approval
from passalong.errors import ContentRefused, Stop
from passalong.pages import screenshots
from passalong.pages.approval import approval_pack, marked
from tests.programs import (
    LOGO,
    SECRET_STORY,
    TODAY,
    Files,
    Made,
    advocate,
    files,
    path_of,
    referee,
    story,
    write,
)

BERG = {"company": "Kestrel Ferries", "reason": "You drift outside the breakwater, too."}


@pytest.fixture
def made(tmp_path: Path) -> Callable[..., Made]:
    """A program on disk from what `files` takes; Nordhavn's story is with their lawyers."""

    def make(content: Files | None = None, **program: object) -> Made:
        program = {"sign_offs": {"nordhavn": {"state": "with legal"}}} | program
        folder = write(tmp_path / "content", content or files(**program))  # type: ignore[arg-type]
        return Made(folder, tmp_path / "out", tmp_path / "var")

    return make


def pack(made: Made, slug: str = "nordhavn", browser: str = "") -> str:
    return approval_pack(made.order(), approval.request(made.order(), slug, browser)).html


def words(html: str) -> str:
    """What a reader sees, with spaces as one."""
    text = re.sub(r"<(style|script)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", re.sub(r">\s*<", "> <", text))).split())


# --- What is asked ----------------------------------------------------------------------------


def test_a_story_that_nobody_signed_has_a_pack_and_stays_unsigned(
    made: Callable[..., Made],
) -> None:
    program = made()
    before = {path: path.read_bytes() for path in program.content.rglob("*") if path.is_file()}
    assert "May we tell the story of Nordhavn Lines?" in words(pack(program))
    assert {p: p.read_bytes() for p in program.content.rglob("*") if p.is_file()} == before
    program.build()
    assert "stories/nordhavn/index.html" not in program.tree()


def test_the_pack_says_who_asks_and_what_an_introduction_brings(made: Callable[..., Made]) -> None:
    text = words(pack(made()))
    assert "Leeway Software GmbH asks Nordhavn Lines for leave to publish one story" in text
    assert "Whoever makes an introduction receives: a seat at our Harbour Day." in text


def test_the_whole_story_is_in_it_as_its_page_has_it(made: Callable[..., Made]) -> None:
    program = made(
        stories=[story(logo="logos/solvane.svg", body="## Before\n\nA **queue**.\n\n- one\n")]
    )
    html = pack(program)
    text = words(html)
    for said in (
        "Nordhavn’s ships wait a third less at the quay",
        "Nordhavn Lines gave every ship a time, and the queue off the breakwater went.",
        "6 h 10 min",
        "4 h 15 min",
        "telephone calls a day",
        "The sea is calmer.",
        "Maria Lindqvist",
        "A queue.",
    ):
        assert said in text
    assert "<li>one</li>" in html
    assert re.search(r'<img class="logo" src="data:image/svg\+xml;base64,\w+', html)


def test_the_number_is_the_one_that_a_sign_off_records(made: Callable[..., Made]) -> None:
    program = made()
    program.run("sign-off", "nordhavn", "--by", "Maria Lindqvist").check_returncode()
    recorded = re.search(r'digest = "(\w+)"', (program.content / "sign-offs.toml").read_text())
    assert recorded
    assert " ".join(re.findall("....", recorded[1])) in words(pack(program))


def test_another_text_has_another_number(made: Callable[..., Made]) -> None:
    number = re.compile(r'class="number" dir="ltr">([0-9a-f ]+)<')
    first = number.findall(pack(made()))
    second = number.findall(pack(made(stories=[story(body="## New\n\nOther words.\n")])))
    assert first[0] != second[0]


def test_logo_and_files_have_numbers_of_their_own(made: Callable[..., Made]) -> None:
    sheet = story(
        logo="logos/solvane.svg", assets=[{"file": "files/sheet.svg", "label": "One page"}]
    )
    content = files(stories=[sheet], more={"files/sheet.svg": LOGO.replace("80", "90")})
    found = re.findall(r'class="number" dir="ltr">([0-9a-f]{16})<', pack(made(content)))
    assert len(set(found)) == 2


# --- Where the name would stand ---------------------------------------------------------------


def test_the_counts_are_those_of_the_pages_that_a_build_writes(made: Callable[..., Made]) -> None:
    others = [
        story(slug, customer=slug.title(), title=f"{slug.title()} waits less", industry="grocery")
        for slug in ("albers", "carbery")
    ]
    people = [advocate(), advocate("a-2", "Lars Holm", industry="grocery", company="Holm")]
    program = made(
        stories=[story(), *others],
        advocates=[people[0] | {"case_study": "nordhavn"}, people[1] | {"case_study": "albers"}],
        referees=[referee(), referee("r-2", "Ada Grün", advocate="a-2")],
        locales=["de"],
        more={"pages/privacy.de.md": "# Datenschutz\n\nIhr Name steht auf einer Seite.\n"},
    )
    html = pack(program)
    program.run("sign-off", "nordhavn", "--by", "Maria Lindqvist").check_returncode()
    program.build()
    pages = program.pages()
    naming = {path for path, text in pages.items() if "/stories/nordhavn/" in text}
    proof = {path for path in naming if 'id="proof"' in pages[path]}
    first = {p for p in proof if "Nordhavn Lines" in pages[p].split('id="proof"')[1][:300]}
    counts = {
        "Start page and list of stories": len(
            [p for p in naming if re.fullmatch(r"(de/)?(stories/)?index\.html", p)]
        ),
        "Pages of other stories, under": len(
            [p for p in naming if re.fullmatch(r"stories/(albers|carbery)/index\.html", p)]
        ),
        "Pages made for somebody who was introduced": len([p for p in first if p[0] == "p"]),
        "Pages behind a link that somebody passes on": len([p for p in first if p[0] == "r"]),
        "The same pages, as a further story": len(
            [p for p in naming if p[0] == "r" and p not in first]
        ),
    }
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>.*?<td>([^<]*)</td></tr>', html)
    stated = {words(name): count for name, count in rows}
    for name, count in counts.items():
        said = next(value for key, value in stated.items() if key.startswith(name))
        assert said.split()[0] == str(count), name


def test_nobody_of_the_lists_is_in_it(made: Callable[..., Made]) -> None:
    quoted = story(quote={"text": "It is calmer.", "name": "Ida Falk", "role": "COO"})
    program = made(
        stories=[quoted],
        advocates=[advocate(case_study="nordhavn", context="We met in Oslo.", show_name="yes")],
        referees=[referee(**BERG), referee("r-2", "Uma Ek", status="suggested")],
    )
    html = pack(program)
    for kind, person in (("advocate", "a-1"), ("referee", "r-1"), ("share", "a-1")):
        assert path_of(kind, person).split("/")[1] not in html
    for said in ("Lindqvist", "a-1@", "Oslo", "Tomas", "Berg", "Kestrel", "breakwater, too", "Uma"):
        assert said not in html, said


def test_drafted_messages_that_name_the_customer_are_quoted_in_full(
    made: Callable[..., Made],
) -> None:
    program = made(
        advocates=[advocate(case_study="nordhavn", name="Robin Example", role="[position]")],
        more={
            "messages/linkedin.md": "Look at {brand}.\n\n{result|They are good}.\n\n{disclosure}\n",
            "messages/x.md": "{brand} plans who comes when.\n\n{disclosure}\n",
        },
    )
    html = pack(program)
    quoted = [unescape(text) for text in re.findall(r"<blockquote lang.*?>(.*?)</bl", html, re.S)]
    program.run("sign-off", "nordhavn", "--by", "Maria Lindqvist").check_returncode()
    program.build()
    drafts = {
        medium: unescape(text)
        for medium, text in re.findall(
            r'id="field-([\w-]+)".*?>([^<]*)</textarea>', program.page("advocate", "a-1")
        )
    }
    assert drafts["linkedin"] in quoted
    assert not any("plans who comes when" in text for text in quoted)
    assert any("Nordhavn’s ships" in text and "/a/example/" in text for text in quoted)


# --- With and without the name ----------------------------------------------------------------


def test_a_story_that_says_how_is_shown_both_with_and_without_its_name(
    made: Callable[..., Made],
) -> None:
    program = made(stories=[story(**SECRET_STORY)], advocates=[], referees=[], sign_offs={})
    html = pack(program, "solvane")
    text = words(html)
    assert "Solvane’s tank trucks leave after two hours, not four" in text
    assert "The company’s tank trucks leave after two hours, not four" in text
    assert "https://friends.leeway.example/stories/solvents/" in text
    annex = words(html[html.index('id="annex"') : html.index('id="end"')])
    assert "stood at the gate of a maker of solvents in the plant" in annex
    for name in ("Solvane", "De Smet", "Kallo"):
        assert name not in annex


def test_a_story_that_does_not_say_how_may_still_be_wanted_without_its_name(
    made: Callable[..., Made],
) -> None:
    text = words(pack(made()))
    assert "We would rewrite the story so that nobody can tell whose it is" in text
    assert "Without our name, once we have approved that text" in text
    assert 'id="annex"' not in text


def test_the_last_page_is_the_one_to_sign(made: Callable[..., Made]) -> None:
    program = made(stories=[story(**SECRET_STORY)], advocates=[], referees=[], sign_offs={})
    html = pack(program, "solvane")
    headings = re.findall(r'<h2 id="(\w+)">', html)
    assert headings[-1] == "sign"
    listed = re.findall(r'<li><a href="#(\w+)">', html)
    assert listed == [heading for heading in headings if heading != "contents"]


# --- Pictures ---------------------------------------------------------------------------------


@pytest.fixture
def camera(tmp_path: Path) -> Callable[[str], str]:
    """A program that is called as Chromium is, and does what it is told to."""

    def make(body: str) -> str:
        program = tmp_path / "camera"
        program.write_text(f"#!{sys.executable}\nimport sys, urllib.request\n{body}")
        program.chmod(0o755)
        return str(program)

    return make


SHOOT = """
from PIL import Image
size = tuple(map(int, next(a for a in sys.argv if "window-size" in a).split("=")[1].split(",")))
page = urllib.request.urlopen(sys.argv[-1]).read().decode()
image = Image.new("RGB", size, "#fbf8f2")
image.paste("#1c1a17", (0, 0, size[0], 4000))
if "<mark>" in page:
    image.paste("#ffff00", (20, 3600, 90, 3620))
image.save(next(a for a in sys.argv if "screenshot" in a).split("=", 1)[1])
"""


def test_each_kind_of_page_is_pictured_on_a_laptop_and_on_a_phone(
    made: Callable[..., Made], camera: Callable[[str], str]
) -> None:
    html = pack(made(), browser=camera(SHOOT))
    pictures = re.findall(r'<img class="(laptop|phone)" src="data:image/png;base64,', html)
    assert pictures == ["laptop", "phone"] * 6


def test_a_long_picture_shows_the_place_of_the_first_mark(camera: Callable[[str], str]) -> None:
    files: dict[str, bytes | Path] = {"index.html": b"<mark>Nordhavn</mark>", "a/index.html": b""}
    views = [screenshots.View("index.html", 390, 1000), screenshots.View("a/index.html", 390, 1000)]
    marked_one, plain = screenshots.take(camera(SHOOT), files, views)
    yellow = Image.open(io.BytesIO(marked_one)).convert("RGB")
    assert yellow.size == (390, 1000)
    assert (255, 255, 0) in [color for _, color in yellow.getcolors() or []]
    assert Image.open(io.BytesIO(plain)).size == (390, 1000)


def test_without_a_browser_the_pack_says_why_it_has_no_pictures(made: Callable[..., Made]) -> None:
    html = pack(made())
    assert "the machine that made it has no Chromium" in words(html)
    assert 'class="preview"' in html


def test_a_browser_that_fails_is_said_to_have_failed(
    made: Callable[..., Made], camera: Callable[[str], str]
) -> None:
    html = pack(made(), browser=camera("sys.exit(1)"))
    assert "the browser that should have taken them failed" in words(html)
    assert 'class="laptop"' not in html


def test_a_mark_changes_nothing_but_the_text() -> None:
    page = (
        '<title>Nordhavn</title><a href="/stories/nordhavn/">How Nordhavn’s ships</a>'
        "<script>nordhavn()</script><textarea>Nordhavn</textarea><p>Nordhavnen, A&amp;B</p>"
    )
    assert marked(page, ["Nordhavn", "A&B"]) == (
        '<title>Nordhavn</title><a href="/stories/nordhavn/">How <mark>Nordhavn</mark>’s ships</a>'
        "<script>nordhavn()</script><textarea>Nordhavn</textarea>"
        "<p>Nordhavnen, <mark>A&amp;B</mark></p>"
    )


# --- The document -----------------------------------------------------------------------------


def test_the_document_asks_nobody_for_anything(made: Callable[..., Made]) -> None:
    html = pack(made(stories=[story(body="## A\n\n[list](/stories/)\n")]))
    assert re.findall(r'\bsrc="(?!data:)[^"]*"', html) == []
    assert re.findall(r"<(?:script|link|iframe|object)\b", html) == []
    assert 'href="https://friends.leeway.example/stories/"' in html


def test_markup_in_names_is_shown_as_written(made: Callable[..., Made]) -> None:
    html = pack(made(stories=[story(customer="<b onclick=x>Nord & Havn</b>")]))
    assert "<b onclick" not in html
    assert "<b onclick=x>Nord & Havn</b>" in words(html)


@pytest.mark.parametrize(
    ("code", "said"), [("de", "Dürfen wir"), ("ar", "هل تأذنون"), ("zh", "我们可以讲述")]
)
def test_the_pack_speaks_the_language_of_the_story(
    made: Callable[..., Made], code: str, said: str
) -> None:
    html = pack(made(stories=[story(locale=code)], locales=[code]))
    assert said in html
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in html


def test_a_folder_with_foreign_names_has_packs_too(made: Callable[..., Made]) -> None:
    mapping = {"case_studies": {"folder": "studies", "customer": "title", "ignore": "*"}}
    text = "---\ntitle: Havn\ntags: [a]\n---\n# How Havn did it\n\nIt took a year.\n"
    content = files(stories=[], program={"content": mapping}, more={"studies/havn.en.md": text})
    assert "It took a year." in words(pack(made(content), "havn"))


def test_chromium_shows_the_document_without_a_complaint(
    made: Callable[..., Made], page: Page, tmp_path: Path
) -> None:
    file = tmp_path / "pack.html"
    file.write_text(pack(made(stories=[story(logo="logos/solvane.svg")])), "utf-8")
    page.goto(file.as_uri())
    broken = "images => images.filter(image => !image.naturalWidth).length"
    assert page.locator("img").evaluate_all(broken) == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


# --- The command ------------------------------------------------------------------------------


def test_a_misspelt_story_is_asked_back(made: Callable[..., Made]) -> None:
    with pytest.raises(Stop, match=r"There is no story nordhaven\. Did you mean “nordhavn”\?"):
        pack(made(), "nordhaven")


def test_a_folder_with_errors_makes_no_pack(made: Callable[..., Made]) -> None:
    with pytest.raises(ContentRefused):
        pack(made(advocates=[advocate(email="nowhere")]))


def test_the_command_writes_the_file_and_says_what_to_do_with_it(
    made: Callable[..., Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = made()
    monkeypatch.setenv("PATH", "")
    done = program.run("approval", "nordhavn", "--out", str(tmp_path / "pack.html"))
    assert done.returncode == 0
    assert "without pictures of pages: no Chromium is installed" in done.stdout
    assert "build.py sign-off nordhavn" in done.stdout
    assert (tmp_path / "pack.html").read_text("utf-8").startswith("<!doctype html>")


def test_the_day_of_the_pack_is_the_day_it_was_made(made: Callable[..., Made]) -> None:
    assert "Prepared on 2 November 2026" in words(pack(made()))
    assert TODAY.day == 2
