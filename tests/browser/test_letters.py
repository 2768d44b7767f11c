"""Letters as a mail program would show them: on a phone and a laptop, by day and in the dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests import letter_samples as sample

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
BUTTON = "document.querySelector('.press a').getBoundingClientRect().height"
NOT_FOR_MAIL = ("landmark-one-main", "page-has-heading-one", "region")
"""Rules of axe for whole pages: a letter has no landmarks, and begins with no heading."""


LOOKED_AT = ("referee-booked", "referee-reminder", "host-booked", "advocate-introduced")
"""One of each look; the others have less of the same."""


@pytest.mark.parametrize("code", sample.CODES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_letter_fits_and_can_be_read(
    open_page: Callable[..., Page], code: str, scheme: str
) -> None:
    page = open_page(color_scheme=scheme)
    letters = dict(sample.letters(code))
    for name in LOOKED_AT:
        page.set_content(sample.mail(code, letters[name]).html)
        for width in 700, 320:
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate(SIDEWAYS) == 0, (name, width)
        assert page.evaluate(BUTTON) >= 48, name
        if name in LOOKED_AT[2:]:  # which have all that a letter can have
            rules = {rule: {"enabled": False} for rule in NOT_FOR_MAIL}
            found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})
            assert found.violations_count == 0, found.generate_report()
