"""Every byte of a tiny site is as it was when somebody last looked at it: ``make golden``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden_site import OTHERS, built, kept, without_inline

KEPT = kept()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return built(tmp_path_factory.mktemp("golden"))


def test_the_golden_site_has_the_files_that_it_had(site: dict[str, str]) -> None:
    assert sorted(site) == sorted(KEPT), "If that is meant: make golden, and look at the change."
    assert len([path for path in KEPT if path.endswith(".html")]) == 9


@pytest.mark.parametrize("path", sorted(KEPT))
def test_a_file_of_the_golden_site_is_as_it_was(site: dict[str, str], path: str) -> None:
    assert site.get(path) == KEPT[path], "If that is meant: make golden, and look at the change."


def test_styles_and_scripts_are_kept_as_digests_and_data_as_it_is(site: dict[str, str]) -> None:
    page = '<style>p{}</style><script type="application/ld+json">{}</script><script>x</script>'
    short = without_inline(page)
    assert without_inline(page.replace("p{}", "b{}")) != short
    assert "p{}" not in short
    assert '<script type="application/ld+json">{}</script>' in short
    assert all("{" not in text.partition("<style>")[2][:40] for text in site.values())
    assert site[OTHERS].startswith("assets/card-nordhavn.")


def test_the_golden_site_is_small_enough_to_read() -> None:
    folder = Path(__file__).parents[1] / "golden"
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 100_000
