"""Which case studies a reader should see: the proof that fits best.

The advocate's own story comes first; then, among those in a language that the reader reads, the
same industry, a company of about the same size, and somebody in the reader's role.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from passalong.editorial import Story

_NUMBER = re.compile(r"\d[\d.,\u00a0\u202f’' ]*")
_NOUGHT = re.compile(r"\.0(?!\d)")


def headcount(text: str) -> int:
    """People in a company, from "400", "1,200", "200-500" (the middle) or "1000+"; else 0."""
    plain = _NOUGHT.sub("", text)
    numbers = [int(re.sub(r"\D", "", n)) for n in _NUMBER.findall(plain)[:2]]
    if not numbers:
        return 0
    return round(math.sqrt(numbers[0] * numbers[1])) if len(numbers) == 2 else numbers[0]


def _band(people: int) -> int:
    """Sizes that a reader would call alike: each band is twice the one before."""
    return people.bit_length()


Choose = Callable[[str, str, str, str, str], tuple[str, ...]]
"""``choose(own, industry, company_size, role, locale)`` gives slugs, the best first."""


def chooser(stories: Sequence[Story]) -> Choose:
    """A function that orders ``stories`` for a reader, quick when asked for thousands of them."""

    @cache
    def in_role(role: str) -> frozenset[str]:
        wanted = role.casefold()
        return frozenset(
            story.slug
            for story in stories
            if any(
                known.casefold() in wanted or wanted in known.casefold() for known in story.roles
            )
        )

    @cache
    def ranked(industry: str, band: int, roles: frozenset[str], locale: str) -> tuple[str, ...]:
        language = locale.partition("-")[0]

        def distance(story: Story) -> tuple[bool, bool, int, bool, str]:
            sized = band and story.company_size
            return (
                bool(story.locale) and story.locale.partition("-")[0] != language,
                story.industry.casefold() != industry,
                abs(_band(story.company_size) - band) if sized else 9,
                story.slug not in roles,
                story.slug,
            )

        return tuple(story.slug for story in sorted(stories, key=distance))

    @cache
    def order(
        own: str, industry: str, band: int, roles: frozenset[str], locale: str
    ) -> tuple[str, ...]:
        slugs = ranked(industry, band, roles, locale)
        return (own, *(slug for slug in slugs if slug != own)) if own in slugs else slugs

    bands = lru_cache(maxsize=None)(lambda text: _band(headcount(text)))

    def choose(
        own: str, industry: str, company_size: str, role: str, locale: str
    ) -> tuple[str, ...]:
        roles: frozenset[str] = in_role(role) if role else frozenset()
        return order(own, industry.casefold(), bands(company_size), roles, locale)

    return choose
