"""The last look at the output finds what no reader should meet, before anything is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from passalong.errors import ContentRefused, Problem, Stop
from passalong.pages.build import Result
from passalong.pages.lint import page_problems, secret_problems, weight
from tests.programs import SECRET_STORY, SITE, Made, advocate, files, referee, story, write

HEAD = """<!doctype html><html lang="en"><head>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<title>A title</title>
<meta name="description" content="Some words.">
<meta property="og:title" content="A title">
<meta property="og:description" content="Some words.">
<meta property="og:image" content="https://x.example/assets/card.1.png">
<meta name="twitter:card" content="summary_large_image">
</head>"""
KNOWN = {"/", "/stories/", "/assets/a.1.svg", "/robots.txt"}


def said(body: str, head: str = HEAD, *forbidden: str) -> list[str]:
    return [p.message for p in page_problems("x.html", f"{head}<body>{body}", KNOWN, forbidden)]


# --- A page -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/">home</a>',
        '<a href="/stories/#top">stories</a>',
        '<a href="/r/abc/?v=forward">on</a>',
        '<a href="https://elsewhere.example/x">away</a>',
        '<a href="mailto:a@b.example?subject=x&amp;body=y">write</a>',
        '<a href="#text">down</a>',
        '<img src="/assets/a.1.svg" alt="">',
        "<p>2 * 3 * 4 # 5</p>",
        "<pre>**as it is** {name}</pre>",
        "<textarea>{name}</textarea>",
    ],
)
def test_a_sound_page_has_no_problems(body: str) -> None:
    assert said(body) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('<a href="/gone/">x</a>', "a link leads nowhere: /gone/"),
        ('<a href="//x.example/">x</a>', "a link leads nowhere: //x.example/"),
        ('<img src="/assets/b.png" alt="b">', "a link leads nowhere: /assets/b.png"),
        ('<img src="/assets/a.1.svg">', "an image has no alternative text"),
        ("<p>This is **bold**</p>", "Markdown or a placeholder is left"),
        ("<p>See [this](that)</p>", "Markdown or a placeholder is left"),
        ("<p>Dear {first_name},</p>", "Markdown or a placeholder is left"),
        ("<p>{{ name }}</p>", "Markdown or a placeholder is left"),
        ("<p>```</p>", "Markdown or a placeholder is left"),
        ("<style>p{}</style>", "does not admit its own <style>"),
        ("<script>x()</script>", "does not admit its own <script>"),
    ],
)
def test_what_is_wrong_with_a_page_is_said(body: str, problem: str) -> None:
    (message,) = said(body)
    assert problem in message


@pytest.mark.parametrize(
    ("gone", "problem"),
    [
        ("<title>A title</title>", "lacks a title"),
        ('<meta name="description" content="Some words.">', "lacks a description"),
        ('<meta property="og:title" content="A title">', "lacks og:title"),
        ('<meta property="og:description" content="Some words.">', "lacks og:description"),
        ("https://x.example", "lacks og:image"),
        ('<meta name="twitter:card" content="summary_large_image">', "lacks twitter:card"),
        ("Content-Security-Policy", "no strict Content-Security-Policy"),
    ],
)
def test_a_head_that_is_not_complete_is_said(gone: str, problem: str) -> None:
    (message,) = said("", HEAD.replace(gone, ""))
    assert problem in message


def test_a_policy_that_admits_any_inline_style_is_none() -> None:
    (message,) = said("", HEAD.replace("'none'", "'unsafe-inline'"))
    assert "no strict Content-Security-Policy" in message


@pytest.mark.parametrize(("what", "limit"), [("A title", 90), ("Some words.", 200)])
def test_a_title_or_description_that_previews_cut_off_is_a_warning(what: str, limit: int) -> None:
    for length, count in (limit, 0), (limit + 1, 1):
        html = HEAD.replace(f">{what}<", f">{'&amp;' * length}<").replace(
            f'description" content="{what}', f'description" content="{"&amp;" * length}'
        )
        found = [*page_problems("x.html", html, KNOWN)]
        assert [problem.severity for problem in found] == ["warning"] * count


@pytest.mark.parametrize(
    "text",
    [
        "Solvane",
        "SOLVANE",
        "of Solvane.",
        "Sol\u00advane",
        "at\u00a0Solvane",
        "&#83;olvane",
        "Smith &amp; O&#39;Brien",
        "Smith &amp; O’Brien",
        "Smith\u00a0&amp; O&#39;Brien",
    ],
)
def test_who_must_stay_unnamed_is_found_as_a_reader_would(text: str) -> None:
    words = ["Solvane", "Smith & O'Brien"]
    assert [*secret_problems("x.html", f"<p>{text}</p>", words)]


@pytest.mark.parametrize("text", ["Solvanes", "insolvane", "Smith and O'Brien", "O'Brien"])
def test_other_words_are_nobodys_name(text: str) -> None:
    assert [*secret_problems("x.html", f"<p>{text}</p>", ["Solvane", "Smith & O'Brien"])] == []


def test_weight_is_what_gzip_makes_of_a_page() -> None:
    import gzip  # noqa: PLC0415 - the measure itself

    page = (HEAD * 40).encode()
    assert abs(weight(page) - len(gzip.compress(page, 6))) <= 1


# --- A build ----------------------------------------------------------------------------------


def refused(folder: Path, **program: Any) -> list[Problem]:
    with pytest.raises(ContentRefused) as error:
        built(folder, **program)
    return list(error.value.problems)


def built(folder: Path, **program: Any) -> Result:
    return Made(write(folder / "c", files(**program)), folder / "out", folder / "var").build()


def template(name: str, old: str, new: str) -> dict[str, str]:
    """A theme whose template differs in one place."""
    text = (SITE / "templates" / name).read_text("utf-8")
    assert text.count(old) == 1
    return {f"theme/templates/{name}": text.replace(old, new)}


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("referee.html", "<article>", '<article><a href="/nowhere/">x</a>', "leads nowhere"),
        ("share.html", "<article>", '<article><img src="/robots.txt">', "alternative text"),
        ("advocate.html", "<article>", "<article><style>p{}</style>", "does not admit"),
        ("program.html", "<header", "<p>**bold**</p><header", "Markdown"),
        ("referee.html", "<article>", "<article>" + "{{ range(9999)|join }}", "compressed"),
    ],
)
def test_a_theme_that_breaks_a_promise_is_refused_with_its_template(
    tmp_path: Path, name: str, old: str, new: str, problem: str
) -> None:
    found = refused(tmp_path, more=template(name, old, new))
    assert all(problem in each.message for each in found)
    page = "index.html" if name == "program.html" else f"templates/{name}"
    assert {each.file for each in found} == {page}
    assert not (tmp_path / "out").exists()


def test_a_theme_that_looks_into_a_name_is_refused_at_its_line(tmp_path: Path) -> None:
    theme = template("referee.html", "<article>", "<article>\n{{ referee.name|upper }}")
    lines = theme["theme/templates/referee.html"].split("\n")
    line = lines.index("{{ referee.name|upper }}") + 1
    with pytest.raises(Stop, match=rf"templates/referee\.html:{line}: the template looks into"):
        built(tmp_path, more=theme)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("{{ nosuch }}", r"referee\.html:\d+: 'nosuch' is undefined"),
        ("{% if %}", r"referee\.html:\d+: Expected an expression"),
        ("{{ t('no.such.word') }}", r"referee\.html:\d+: the word no\.such\.word"),
    ],
)
def test_a_mistake_in_a_theme_is_said_at_its_line(tmp_path: Path, more: str, place: str) -> None:
    with pytest.raises(Stop, match=place):
        built(tmp_path, more=template("referee.html", "<article>", f"<article>{more}"))


def test_a_word_of_a_theme_that_nothing_fills_is_said(tmp_path: Path) -> None:
    theme = {"theme/locales/en.toml": '[referee]\ntitle = "{refree}, hello."\n'}
    with pytest.raises(Stop, match=r"referee\.title needs a word for \{refree\}"):
        built(tmp_path, more=theme)


# --- Values -----------------------------------------------------------------------------------

LEAKS: dict[str, tuple[dict[str, Any], str]] = {
    "a reason": ({"referees": [referee(reason="Ask r-1@kestrel.example.")]}, "referees.csv"),
    "a reason in quotes": (
        {"referees": [referee(reason="Write to “R-1@Kestrel.example”!")]},
        "referees.csv",
    ),
    "a context": ({"advocates": [advocate(context="a-1@nordhavn.example")]}, "advocates.csv"),
    "a name": ({"advocates": [advocate(name="a-1@nordhavn.example")]}, "advocates.csv"),
    "a company": ({"referees": [referee(company="r-1@kestrel.example")]}, "referees.csv"),
    "a role": ({"advocates": [advocate(role="COO (a-1@nordhavn.example)")]}, "advocates.csv"),
    "somebody else's": ({"referees": [referee(reason="a-1@nordhavn.example")]}, "referees.csv"),
}


@pytest.mark.parametrize("where", LEAKS)
def test_the_address_of_somebody_in_the_lists_is_never_published(
    tmp_path: Path, where: str
) -> None:
    program, file = LEAKS[where]
    found = refused(tmp_path, **program)
    assert [(each.file, each.line) for each in found] == [(file, 2)]
    assert "address" in found[0].message
    assert not (tmp_path / "out").exists()


def test_an_at_sign_is_no_address(tmp_path: Path) -> None:
    people = {"referees": [referee(name="@tomas", company="Kestrel @ Sea", reason="@ noon?")]}
    assert built(tmp_path, **people).changed


def test_a_page_without_its_own_privacy_page_leads_to_the_programs(tmp_path: Path) -> None:
    result = built(tmp_path, locales=["de"], advocates=[advocate(locale="de")])
    assert any("pages/privacy.de.md" in str(warning) for warning in result.warnings)
    german = (tmp_path / "out" / "de" / "index.html").read_text("utf-8")
    assert 'href="/privacy/"' in german
    assert "/de/privacy/" not in german


def test_an_unnamed_customer_in_a_static_text_is_refused(tmp_path: Path) -> None:
    found = refused(
        tmp_path,
        stories=[story(**SECRET_STORY)],
        sign_offs={"solvane": {"scope": "anonymised"}},
        program={"product": {"overview": "Solvane works with us."}},
        referees=[],
    )
    assert all("“Solvane”, who must stay anonymous" in each.message for each in found)
    assert {each.file for each in found} == {"index.html", "templates/share.html"}
