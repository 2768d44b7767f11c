"""What came of a meeting, as its host says it on a phone or a laptop: two presses, no scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from passalong.events import BOOKED, Event
from passalong.ledger.port import Actor, Ledger, Meeting
from tests import sample
from tests.browser.test_every_page import CONTROLS, OVERFLOW, SMALL, faults
from tests.sample import Site

START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Site]:
    with sample.serving(sample.sample(tmp_path), follows=False) as served:
        yield served


def ledger_of(site: Site) -> Ledger:
    assert site.backstage
    return site.backstage.wiring.ledger


def link(site: Site) -> str:
    """The link in the host's letter about a meeting that is over."""
    assert site.backstage
    known = site.backstage.wiring.known()
    referee = next(one for one in known.bundle.referees if one.status == "confirmed")
    host = known.program.booking.hosts[0].id
    meeting = Meeting(
        "m-1", "ref-1", referee.id, referee.advocate, host, START, START + timedelta(minutes=25),
        "Europe/Berlin",
    )  # fmt: skip
    event = Event(
        "b-1", known.program.id, BOOKED, START - timedelta(days=1), referee.advocate, referee.id,
        "ref-1", data={"meeting": "m-1", "host": host, "start": START.isoformat()},
    )  # fmt: skip
    ledger_of(site).book(event, meeting, None, Actor(f"referee:{referee.id}"))
    return f"/api/outcomes/{known.holders.outcome_token(meeting)}"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light")])
def test_two_presses_say_what_came_of_a_meeting(
    scripts: bool, width: int, scheme: str, here: Site, open_page: Callable[..., Page]
) -> None:
    size: dict[str, Any] = {"viewport": {"width": width, "height": 740}, "color_scheme": scheme}
    page = open_page(java_script_enabled=scripts, **size)
    page.goto(here.url(link(here)))
    for press in ("We met", "Worth pursuing"):
        if scripts:
            assert page.evaluate(OVERFLOW) == []
            assert page.evaluate(SMALL, page.evaluate_handle(CONTROLS)) == []
            assert faults(page, {"runOnly": ["color-contrast", "label", "target-size"]}) == []
        if press == "Worth pursuing":
            page.get_by_label("What it may be worth").fill("12,000")
        with page.expect_navigation():
            page.get_by_role("button", name=press).click()
    assert page.locator("h1").inner_text() == "Noted: worth pursuing."
    told = [event for event in ledger_of(here).after("", 99)[0] if event.evidence == "host"]
    assert [event.type for event in told] == ["met", "qualified"]
    assert told[1].amount
    assert told[1].amount.minor == 1_200_000
    with page.expect_navigation():
        page.get_by_role("link", name="Change my answer").click()
    assert page.get_by_text("You said: you met, worth pursuing.").is_visible()
    assert page.get_by_role("button", name="Nobody came").is_visible()
