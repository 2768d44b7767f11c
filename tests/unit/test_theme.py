"""A designer's mistake in a template is a sentence with its file and line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn

import pytest

from passalong.errors import Stop, UnknownWord
from passalong.pages.theme import PARTS, Theme, lean, minify
from tests.programs import SITE

BASE = "<body>{% block main %}{% endblock %}</body>\n"


def say(key: str) -> NoReturn:
    raise UnknownWord(key, "en")


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{% extends 'base.html' %}\n{{ title }\n", "templates/page.html:2: unexpected '}'."),
        ("{% block main %}\n{% if title %}\n", "templates/page.html:2: Unexpected end of template"),
        ("\n{{ title|nosuch }}", "templates/page.html:2: No filter named 'nosuch'."),
        ("\n\n{{ nosuch }}", "templates/page.html:3: 'nosuch' is undefined."),
        ("\n{{ title.nosuch }}", "templates/page.html:2: 'str object' has no attribute 'nosuch'."),
        ("{% extends 'bse.html' %}", "templates/page.html:1: there is no template bse.html."),
        ("\n{% include '_part.html' %}", "templates/_part.html:2: 'nosuch' is undefined."),
        ("\n{{ t('a.b') }}", "templates/page.html:2: the word a.b is not in the locale (en)."),
    ],
)
def test_a_mistake_is_said_with_its_file_and_line(
    template: str, sentence: str, tmp_path: Path
) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "base.html").write_text(BASE)
    (folder / "_part.html").write_text("\n{{ nosuch }}")
    (folder / "page.html").write_text(template)
    with pytest.raises(Stop) as stop:
        Theme([tmp_path]).render("page.html", {"title": "Ships", "t": say})
    assert str(stop.value).startswith(sentence)


def test_a_theme_lays_its_files_over_the_ones_below(tmp_path: Path) -> None:
    for name, text in (("own", "own"), ("site", "site")):
        (tmp_path / name / "templates").mkdir(parents=True)
        (tmp_path / name / "templates/page.html").write_text(text)
        (tmp_path / name / "assets").mkdir()
    (tmp_path / "site/assets/core.css").write_text("a { color: red }")
    theme = Theme([tmp_path / "own", tmp_path / "site"])
    assert theme.render("page.html", {}) == "own"
    assert theme.text("core.css") == "a { color: red }"


@pytest.mark.parametrize("sheet", sorted(SITE.glob("assets/*.css")), ids=lambda path: path.name)
def test_a_style_sheet_closes_what_it_opens(sheet: Path) -> None:
    text = minify(sheet.read_text("utf-8"))
    assert text.count("{") == text.count("}")
    assert re.findall(r"(?<=})[^{}]*;", text) == [], "a declaration outside of a rule"


def test_every_style_sheet_and_script_is_on_some_page() -> None:
    kinds = {path.stem for path in SITE.glob("templates/*.html")}
    used = {"core", *kinds, *(part for parts in PARTS.values() for part in parts)}
    assert {path.stem for path in SITE.glob("assets/*.*")} - used == set()


def test_a_script_arrives_without_indentation_and_comments() -> None:
    script = (
        "// Why.\n(() => {\n  const a = 'https://x'; // here\n\n    // and why\n  b(a);\n})();\n"
    )
    assert lean(script) == "(() => {\nconst a = 'https://x'; // here\nb(a);\n})();"
