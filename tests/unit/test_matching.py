"""The proof that a reader sees first is the one that fits best."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.editorial import Story
from passalong.matching import chooser, headcount


def story(slug: str, **values: object) -> Story:
    plain = {"title": "T", "customer": "C", "summary": "S", "body": "B", "locale": "en"}
    return Story(slug, f"{slug}.md", 1, **plain | values)  # type: ignore[arg-type]


STORIES = (
    story("carrier", industry="shipping", company_size=400, roles=("head of operations",)),
    story("line", industry="shipping", company_size=5000, roles=("COO",)),
    story("brewer", industry="food", company_size=210, roles=("VP operations",)),
    story("werk", industry="shipping", company_size=400, locale="de"),
    story("dairy", industry="food", company_size=380, roles=("site manager",)),
)


def order(
    own: str = "", industry: str = "", size: str = "", role: str = "", locale: str = "en"
) -> tuple[str, ...]:
    return chooser(STORIES)(own, industry, size, role, locale)


def test_the_advocates_own_story_comes_first_whatever_it_is() -> None:
    assert order("werk", "food", "200", "COO", "en")[0] == "werk"


def test_what_a_reader_cannot_read_comes_last() -> None:
    assert order(industry="shipping", size="400")[-1] == "werk"
    assert order(industry="food", locale="de")[0] == "werk"
    assert order(industry="food", locale="de-AT")[0] == "werk"


def test_the_same_industry_comes_before_the_same_size() -> None:
    assert order(industry="food", size="5000")[:2] == ("dairy", "brewer")
    assert order(industry="Shipping", size="210")[:2] == ("carrier", "line")


def test_among_one_industry_the_firm_of_about_the_same_size_comes_first() -> None:
    assert order(industry="shipping", size="4,000")[0] == "line"
    assert order(industry="shipping", size="200-500")[0] == "carrier"
    assert order(industry="shipping", size="1000+")[0] == "carrier"


def test_among_equals_somebody_in_the_readers_role_comes_first() -> None:
    assert order(industry="food", role="VP Operations, Europe")[0] == "brewer"
    assert order(industry="food", role="Site Manager")[0] == "dairy"


def test_every_story_is_in_the_order_once() -> None:
    assert sorted(order("line", "food", "400", "COO")) == sorted(s.slug for s in STORIES)
    assert order("gone") == order()


@given(st.randoms(use_true_random=False), st.sampled_from(["", "food", "shipping"]))
def test_the_order_does_not_depend_on_how_stories_are_listed(
    shuffle: random.Random, industry: str
) -> None:
    listed = list(STORIES)
    shuffle.shuffle(listed)
    assert chooser(listed)("", industry, "300", "COO", "en") == order("", industry, "300", "COO")


def test_without_stories_there_is_nothing_to_show() -> None:
    assert chooser(())("nordhavn", "food", "400", "COO", "en") == ()


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("", 0),
        ("many", 0),
        ("400", 400),
        ("1,200", 1200),
        ("1.200", 1200),
        ("1 200", 1200),
        ("1’200", 1200),
        ("1\u202f200", 1200),
        ("400.0", 400),
        ("1000+", 1000),
        ("200-500", 316),
        ("200 – 500", 316),
    ],
)
def test_a_company_size_is_a_number_of_people_a_range_its_middle(text: str, people: int) -> None:
    assert headcount(text) == people
