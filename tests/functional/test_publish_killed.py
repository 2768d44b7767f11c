"""Publishing killed at any moment: no page lacks anything meanwhile, and the next run finishes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publishing import Shop, fill, shop
from tests.s3_stand_in import cloud


@pytest.fixture(name="shop")
def a_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shop]:
    with cloud() as there:
        yield from shop(tmp_path, there, monkeypatch, capsys)


@pytest.mark.parametrize("kills", [8, pytest.param(150, marks=pytest.mark.soak)])
def test_publishing_killed_at_any_moment_breaks_no_page_and_the_next_run_finishes(
    shop: Shop, kills: int
) -> None:
    people = 30
    fill(shop.made, people)
    shop.publish()
    shop.must_stay.add(shop.introduce("Ida Lund"))
    files = len(shop.made.tree())
    moments = random.Random(20261102)
    at_work = 0
    for number in range(kills):
        fill(shop.made, people, mark=("two", "one")[number % 2])
        at_work += shop.killed(moments.randint(1, files + 8))
        if number % 3 == 2:
            if number % 2:
                name = f"Ida Lund {number}"
                shop.must_stay.add(shop.introduce(name, by=f"a-{number % people}"))
            shop.publish()
            assert shop.is_the_build(), f"kill {number}"
        assert shop.cloud.wrong == [], f"kill {number}"
    assert at_work > kills / 2
    shop.publish()
    assert shop.is_the_build()
    assert shop.publish()["put"] == 0


def test_the_first_time_killed_leaves_nothing_that_the_second_does_not_know(shop: Shop) -> None:
    fill(shop.made, 10)
    assert shop.killed(20)
    fill(shop.made, 10, stories=2)  # a story that may be up is no longer part of the site
    shop.publish()
    assert shop.is_the_build()
    assert not any("story-2/" in path for path in shop.pages())


def test_what_caches_hold_is_forgotten_by_the_run_after_a_killed_one(shop: Shop) -> None:
    fill(shop.made)
    shop.publish()
    fill(shop.made, story_0="All is new.")
    assert shop.killed(2)  # the note that it begins, and the page
    assert shop.cloud.invalidated == []
    assert shop.publish()["put"] == 0
    assert shop.cloud.invalidated == [["/stories/story-0/", "/stories/story-0/index.html"]]
