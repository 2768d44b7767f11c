"""A theme's slips are said: what overrides nothing would otherwise pass in silence."""

from __future__ import annotations

from pathlib import Path

from passalong.pages.overrides import override_problems
from tests.programs import SITE


def said(theme: Path, **files: str) -> list[str]:
    for name, text in files.items():
        folder, _, rest = name.partition("__")
        path = theme / folder / rest.replace("__", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return [str(problem) for problem in override_problems(theme, SITE)]


def test_a_theme_that_overrides_what_there_is_has_no_slips(tmp_path: Path) -> None:
    words = '[missing]\ntitle = "Nothing here."\n'
    files = {"templates__base__html": "x", "assets__core__css": "", "locales__en__toml": words}
    assert not said(tmp_path, **files)


def test_without_a_theme_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert not said(tmp_path / "none")


def test_a_misspelt_template_is_asked_back(tmp_path: Path) -> None:
    assert said(tmp_path, templates__mising__html="x") == [
        "theme/templates/mising.html: warning: takes the place of no file of site/. "
        "Did you mean “missing.html”?"
    ]


def test_a_partial_of_the_themes_own_may_have_any_name(tmp_path: Path) -> None:
    assert not said(tmp_path, templates___mine__html="x")


def test_a_misspelt_folder_is_asked_back(tmp_path: Path) -> None:
    assert said(tmp_path, asset__core__css="x") == [
        "theme/asset: warning: is no folder of a theme. Did you mean “assets”?"
    ]


def test_a_word_that_nothing_says_is_asked_back_with_its_line(tmp_path: Path) -> None:
    words = '[referee]\npromse = "What you can count on"\n'
    assert said(tmp_path, locales__en__toml=words) == [
        "theme/locales/en.toml:2: warning: has a word referee.promse, which nothing says. "
        "Did you mean “referee.promise”?"
    ]
