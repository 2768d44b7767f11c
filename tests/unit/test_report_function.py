"""``/api/report``: whom it opens for, what each is answered, and what it costs to ask again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.gateway import Request
from passalong.endpoints import REPORT
from passalong.errors import Stop
from passalong.events import REVOKED, Event
from passalong.readers import subject_of, token_for
from passalong.relay.counting import count_new
from passalong.report.answers import ROWS
from passalong.report.model import ACTS, AFTERWARDS, BREAKDOWNS, FUNNEL, NUMBERS, PERIODS
from passalong.report_key import FILE, VARIABLE, ReportKeys, report_keys
from tests.programs import advocate, referee
from tests.worlds import CHROME, Place, Said, a_world, ask, send

KEY = "k" * 40
PEOPLE: dict[str, Any] = {
    "advocates": [advocate(), advocate("a-2", "Jürgen Weiß")],
    "referees": [referee(), referee("r-2", "Ida Lund", advocate="a-2")],
}


@pytest.fixture
def world(tmp_path: Path) -> Place:
    return replace(a_world(tmp_path, **PEOPLE), report_keys=lambda: ReportKeys((KEY, "n" * 40)))


def link(world: Place, name: str = "Anna Berg", revision: int = 0, days: float = 30) -> str:
    holders = world.known().holders
    expires = world.clock() + timedelta(days=days)
    return token_for(holders.signer, subject_of(holders.keys, name), revision, expires)


def followed(world: Place) -> None:
    """What happened is in the figures."""
    world.time.wait(seconds=10)
    count_new(world)


def a_share(world: Place) -> None:
    assert ask(world, "share", world.advocate(), medium="email").status == 204
    followed(world)


def bearing(world: Place, key: str, fields: Mapping[str, str] | None = None) -> Said:
    """What a program is answered."""
    body = json.dumps(fields).encode() if fields else b""
    headers = (("Authorization", f"Bearer {key}"), ("Content-Type", "application/json"))
    return send(world, Request("POST", "/api/report", headers, body))


# --- Whom it opens for ------------------------------------------------------------------------


def test_a_signed_link_opens_the_page_and_the_figures(world: Place) -> None:
    a_share(world)
    page = ask(world, "report", link(world), form=True)
    assert (page.status, page.headers["cache-control"]) == (200, "no-store")
    assert (
        page.title == "In the last 90 days 0 were asked and 1 acted; 0 meetings, €0 opened, €0 won."
    )
    assert page.token == link(world)
    figures = ask(world, "report", link(world)).json["figures"]
    assert (figures["shared"], figures["acted"], figures["pipeline_won"]) == (
        1,
        1,
        {"value": 0, "currency": "EUR"},
    )


@pytest.mark.parametrize("key", [KEY, "n" * 40])
def test_a_program_has_a_key_of_its_own(world: Place, key: str) -> None:
    assert bearing(world, key).json["figures"]["asked"] == 0
    assert bearing(world, key, {"period": "year", "by": "medium"}).json["by"] == "medium"


def test_a_program_may_bear_a_link_too_but_nobody_pastes_the_key_of_programs(world: Place) -> None:
    assert bearing(world, link(world)).status == 200
    assert ask(world, "report", KEY).status == 404


def test_somebody_may_paste_the_whole_link(world: Place) -> None:
    pasted = f" https://friends.leeway.example/report/#{link(world)}?period=30 "
    assert ask(world, "report", pasted, form=True).status == 200


def picked(world: Place, fields: Mapping[str, str], *, form: bool = False) -> Said:
    """What somebody with a link is answered to these fields."""
    return ask(world, "report", link(world), form=form, **dict[str, Any](fields))


def taken_away(world: Place, name: str, *, renewed: bool = False) -> None:
    subject = subject_of(world.known().holders.keys, name)
    event = Event(world.new_id(), "leeway", REVOKED, world.clock(), data={"subject": subject})
    (world.ledger.renew if renewed else world.ledger.revoke)(event, subject)


def false_tokens(world: Place) -> dict[str, str]:
    taken_away(world, "Gone")
    taken_away(world, "Renewed", renewed=True)
    good = link(world)
    return {
        "none": "",
        "nonsense": "x" * 700,
        "altered": ("A" if good[0] != "A" else "B") + good[1:],
        "expired": link(world, days=-1),
        "taken away": link(world, "Gone"),
        "replaced": link(world, "Renewed"),
        "an advocate's": world.advocate(),
        "a share page's": world.share(),
        "a referee's": world.referee(),
        "almost the key": KEY[:-1] + "l",
    }


def test_whatever_opens_nothing_is_answered_alike(world: Place) -> None:
    tokens = false_tokens(world)
    bodies = {(s.status, s.body) for s in (ask(world, "report", t) for t in tokens.values())}
    pages = [ask(world, "report", token, form=True) for token in tokens.values()]
    borne = {(s.status, s.body) for t in tokens.values() if t for s in [bearing(world, t)]}
    assert bodies == borne
    assert [status for status, _ in bodies] == [404]
    assert len({(page.status, page.body) for page in pages}) == 1
    assert (pages[0].status, pages[0].title) == (404, "This key opens no report, or no longer.")


def test_a_link_that_was_replaced_opens_it_again(world: Place) -> None:
    taken_away(world, "Renewed", renewed=True)
    assert ask(world, "report", link(world, "renewed ", revision=1)).status == 200


def test_a_link_says_nothing_of_whose_it_is(world: Place) -> None:
    holders = world.known().holders
    code = subject_of(holders.keys, "Anna Berg")
    assert "anna" not in code.lower()
    assert code == subject_of(holders.keys, " anna  BERG")
    assert code != subject_of(holders.keys, "Anna Burg")


def test_no_other_endpoint_takes_it(world: Place) -> None:
    for name in ("share", "status", "slots"):
        assert ask(world, name, link(world), medium="email").status == 404


def test_another_site_s_page_is_refused(world: Place) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert ask(world, "report", link(world), form=True, headers=elsewhere).status == 400


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_only_post_is_taken(world: Place, method: str) -> None:
    said = send(world, Request(method, "/api/report", (("User-Agent", CHROME),)))
    assert (said.status, said.headers["allow"]) == (405, "POST")


def test_where_the_key_cannot_be_had_a_program_may_try_again(world: Place) -> None:
    def nothing() -> ReportKeys:
        raise Stop("the parameter is not to be had")

    said = bearing(replace(world, report_keys=nothing), KEY)
    assert (said.status, said.json["code"]) == (503, "unavailable")
    assert "parameter" not in said.body


# --- What is asked ----------------------------------------------------------------------------


def test_the_endpoint_names_what_can_be_picked() -> None:
    choices = {field.name: field.choices for field in REPORT.fields if field.choices}
    assert choices == {"period": PERIODS, "by": BREAKDOWNS}


def test_every_figure_of_the_contract_is_there_from_the_first_day(world: Place) -> None:
    said = ask(world, "report", link(world)).json
    assert {*FUNNEL, *ACTS, *AFTERWARDS, *NUMBERS} < said["figures"].keys()
    assert {"pipeline_generated", "pipeline_won"} < said["figures"].keys()
    assert said["figures"]["won"] == 0
    assert said["figures"]["yield"] is None
    assert said["rows"] == []


def test_days_are_both_within_whichever_comes_first(world: Place) -> None:
    for first, last in (("2026-11-01", "2026-11-24"), ("2026-11-24", "2026-11-01")):
        said = picked(world, {"from": first, "to": last}).json
        assert (said["from"], said["to"]) == ("2026-11-01", "2026-11-24")


def test_rows_are_those_of_the_breakdown(world: Place) -> None:
    a_share(world)
    said = ask(world, "report", link(world), by="medium").json
    assert [(row["value"], row["shared"]) for row in said["rows"]] == [("email", 1)]


def test_a_figure_opens_its_rows_and_these_their_csv(world: Place) -> None:
    a_share(world)
    page = ask(world, "report", link(world), form=True)
    (key, *_) = [one["value"] for one in page.page.all("button", name="rows")]
    opened = ask(world, "report", link(world), form=True, rows=key)
    assert "Maria Lindqvist" in opened.shown
    assert opened.title == page.title
    (sheet,) = [one["value"] for one in opened.page.all("button", name="csv")]
    assert sheet == f"{ROWS}/{key}"
    handed = ask(world, "report", link(world), form=True, csv=sheet)
    assert handed.headers["content-type"] == "text/csv; charset=utf-8"
    assert handed.headers["content-disposition"] == (
        'attachment; filename="rows-2026-08-27-2026-11-24.csv"'
    )
    assert "Maria Lindqvist,1" in handed.body


def test_every_table_of_the_page_is_handed_out_as_csv(world: Place) -> None:
    a_share(world)
    page = ask(world, "report", link(world), form=True)
    sheets = [one["value"] for one in page.page.all("button", name="csv")]
    assert {"funnel", "series", "numbers", "medium", "advocate"} - {*sheets} <= {
        "medium",
        "advocate",
    }
    for sheet in sheets:
        said = ask(world, "report", link(world), form=True, csv=sheet)
        assert (said.status, said.headers["cache-control"]) == (200, "no-store")
        assert said.body.count("\r\n") > 0


@pytest.mark.parametrize(
    "fields",
    [
        {"period": "fortnight"},
        {"by": "shoe-size"},
        {"from": "yesterday"},
        {"from": "2026-02-30"},
        {"to": "0001-01-01"},
        {"to": "9999-12-31"},
        {"from": "1990-01-01", "to": "2026-11-24"},
        {"rows": "met/nowhere"},
        {"rows": "nothing/"},
        {"rows": "met/all/\u00ff"},
        {"csv": "passwd"},
        {"csv": "rows/?"},
        {"only": "x" * 501, "by": "story"},
        {"only": "nonsense", "by": "story"},
    ],
    ids=str,
)
def test_what_cannot_be_picked_is_refused_in_a_sentence(
    world: Place, fields: dict[str, str]
) -> None:
    a_share(world)
    said = picked(world, fields)
    assert (said.status, said.json["code"]) == (422, "invalid")
    assert picked(world, fields, form=True).status == 422


def test_what_is_refused_is_named(world: Place) -> None:
    said = picked(world, {"by": "medium", "only": "linkedn"}).json
    assert said["errors"].keys() == {"only"}
    assert said["errors"]["only"].startswith("only is “linkedn”; by medium it can be linkedin, ")
    assert picked(world, {"rows": "nothing/"}).json["errors"].keys() == {"rows"}


def test_whoever_may_not_read_is_told_nothing_of_what_could_be_picked(world: Place) -> None:
    assert ask(world, "report", "x", period="fortnight").status == 404


# --- Asking again -----------------------------------------------------------------------------


def test_who_has_seen_it_is_told_nothing_until_something_happens(world: Place) -> None:
    version = ask(world, "report", link(world)).json["version"]
    again = ask(world, "report", link(world), form=True, seen=version)
    assert (again.status, again.body) == (204, "")
    world.time.wait(hours=1)
    assert ask(world, "report", link(world), seen=version).status == 204
    a_share(world)
    page = ask(world, "report", link(world), form=True, seen=version)
    assert page.status == 200
    newer = ask(world, "report", link(world)).json["version"]
    assert newer != version
    assert f'data-version="{newer}"' in page.body


def test_another_choice_is_another_version(world: Place) -> None:
    def version(**fields: str) -> str:
        return str(picked(world, fields).json["version"])

    versions = [version(), version(period="30"), version(by="story"), version(rows="visited")]
    assert len({*versions}) == 4
    world.time.wait(days=1)
    assert version() != versions[0]


# --- The key of programs ----------------------------------------------------------------------


def test_the_first_run_makes_a_key_for_its_owner_s_eyes_only(tmp_path: Path) -> None:
    keys = report_keys(tmp_path / "var", {})
    file = tmp_path / "var" / FILE
    written = file.read_text("ascii").strip()
    assert (len(written), file.stat().st_mode & 0o777) == (64, 0o600)
    assert keys.fits(written)
    assert report_keys(tmp_path / "var", {}).fits(written)
    assert written not in repr(keys)


def test_the_environment_may_say_several(tmp_path: Path) -> None:
    keys = report_keys(tmp_path, {VARIABLE: f"{'a' * 32}, {'b' * 32}"})
    assert [keys.fits(key * 32) for key in "abc"] == [True, True, False]
    assert not keys.fits("")
    assert not keys.fits("\u00e9")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("given", ["", "short", "a" * 32 + ",", "with spaces " * 5])
def test_a_key_that_is_none_is_refused_and_not_quoted(tmp_path: Path, given: str) -> None:
    with pytest.raises(Stop) as refused:
        report_keys(tmp_path, {VARIABLE: given})
    assert VARIABLE in str(refused.value)
    assert not given or given not in str(refused.value)
