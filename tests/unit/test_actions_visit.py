"""Who came by: what counts as a visit, what is filed as a hit, and that nobody is told apart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.actions import visit
from passalong.events import HIT, REVOKED, VISITED, Event
from passalong.program import MEDIA
from tests.programs import advocate, referee
from tests.worlds import CHROME, CLIENT, Place, Said, a_world, ask, token_of

CONTENT: dict[str, Any] = {
    "advocates": [advocate(), advocate("a-2", "Jürgen Weiß")],
    "referees": [referee(), referee("r-2", "Bo Ek", advocate="a-2")],
}
IN_APP = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.30.1234"
)
LINKEDIN = "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    world = a_world(tmp_path, **CONTENT)
    yield world
    world.ledger.close()


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A world for many examples."""
    world = a_world(tmp_path_factory.mktemp("one"), **CONTENT)
    yield world
    world.ledger.close()


def beacon(world: Place, token: str, **more: Any) -> Said:
    """What a page says once it is on a screen."""
    return ask(world, "visits", token, **{"visible": True, **more})


def agent(name: str) -> dict[str, Any]:
    return {"headers": {"User-Agent": name}}


def told(world: Place) -> list[tuple[str, str]]:
    """Type and classification of every event."""
    return [(event.type, event.classification) for event in world.events()]


# --- Visits -------------------------------------------------------------------------------------


def test_a_page_that_was_on_a_screen_is_a_visit(here: Place) -> None:
    said = beacon(here, here.share(), medium="linkedin")
    assert (said.status, said.body) == (204, "")
    (event,) = here.events()
    assert (event.type, event.advocate, event.medium) == (VISITED, "a-1", "linkedin")
    assert (event.evidence, event.classification) == ("share-link", "person")
    assert (event.referee, event.referral) == ("", "")


def test_a_visit_to_a_personal_page_is_the_referees_and_notes_that_it_was_opened(
    here: Place,
) -> None:
    said = ask(here, "introductions", here.advocate(), name="Ana Berg")
    person = said.json["id"]
    assert here.ledger.person(person).opened is None
    beacon(here, token_of(here.page(said.json["url"])))
    beacon(here, here.referee())
    ana, tomas = here.events(VISITED)
    assert (ana.referee, ana.advocate, ana.evidence) == (person, "a-1", "personal-link")
    assert (tomas.referee, tomas.evidence) == ("r-1", "personal-link")
    assert tomas.referral == here.known().holders.referral("a-1", "Kestrel Ferries", "r-1")
    assert here.ledger.person(person).opened == here.clock()


def test_a_browser_inside_an_app_is_a_person(here: Place) -> None:
    beacon(here, here.share(), **agent(IN_APP))
    assert told(here) == [(VISITED, "person")]


def test_two_beacons_of_one_visitor_within_an_hour_are_one_visit(here: Place) -> None:
    for minutes in (0, 1, 58):
        here.time.wait(minutes=minutes)
        beacon(here, here.share(), medium="email")
    assert told(here) == [(VISITED, "person")]
    here.time.wait(minutes=62)
    beacon(here, here.share(), medium="email")
    assert len(here.events(VISITED)) == 2


def test_visitors_are_told_apart_by_link_network_and_browser(here: Place) -> None:
    for more in (
        {"medium": "email"},
        {"medium": "linkedin"},
        {"medium": "email", "client": "203.0.113.8"},
        {"medium": "email", **agent(IN_APP)},
    ):
        beacon(here, here.share(), **more)
    beacon(here, here.share("a-2"), medium="email")
    assert len(here.events(VISITED)) == 5


def test_two_visitors_in_the_same_minute_are_two(here: Place) -> None:
    for client in ("203.0.113.8", "203.0.113.9"):
        beacon(here, here.share(), client=client)
        beacon(here, here.share(), client=client)
    assert len(here.events(VISITED)) == 2


def test_the_same_beacon_sent_twice_is_one_event(here: Place) -> None:
    first = beacon(here, here.share(), id="once")
    again = beacon(here, here.share(), id="once")
    assert first == again
    assert len(here.events()) == 1


def test_each_medium_of_each_advocate_is_counted_and_adds_up(here: Place) -> None:
    media = [*MEDIA, "forward", "", "myspace"]
    for person in ("a-1", "a-2"):
        for medium in media:
            beacon(here, here.share(person), medium=medium)
    for person in ("a-1", "a-2"):
        counted = [event.medium for event in here.events(VISITED) if event.advocate == person]
        assert sorted(counted) == sorted([*MEDIA, "forward", ""])


@pytest.mark.parametrize("medium", ["myspace", "-x", "LINKEDIN", "e_mail"])
def test_a_medium_that_was_made_up_is_none(here: Place, medium: str) -> None:
    assert beacon(here, here.share(), medium=medium).status == 204
    assert [event.medium for event in here.events()] == [""]


def test_the_campaign_that_somebody_came_by_is_kept_once(here: Place) -> None:
    query = "?v=email&utm_source=li&utm_source=li&utm_source=x&gclid=Cj0_x&who=a@b.example"
    beacon(here, here.share(), medium="email", query=query)
    data = here.events()[0].data
    assert data == {"utm_source": "li", "gclid": "Cj0_x", "story": "nordhavn"}


# --- Hits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"visible": False}, "hidden"),
        ({"look": True}, "look"),
        (agent(LINKEDIN), "bot:linkedinbot"),
        (agent(""), "bot:none"),
        (agent("curl/8.5.0"), "bot:curl"),
        ({"headers": {"Sec-Purpose": "prefetch;prerender"}}, "prefetch"),
        ({"headers": {"Sec-GPC": "1"}}, "gpc"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_visit_is_filed_with_its_reason(
    here: Place, more: dict[str, Any], reason: str
) -> None:
    assert beacon(here, here.share(), medium="email", **more).status == 204
    (event,) = here.events()
    assert (event.type, event.classification) == (HIT, reason)
    assert (event.advocate, event.medium, event.evidence) == ("a-1", "email", "share-link")


def test_the_advocates_look_at_a_page_they_made_is_no_visit_and_leaves_it_unopened(
    here: Place,
) -> None:
    said = ask(here, "introductions", here.advocate(), name="Ana Berg")
    beacon(here, token_of(here.page(said.json["url"])), look=True)
    assert here.events(VISITED) == []
    assert [event.classification for event in here.events(HIT)] == ["look"]
    assert here.ledger.person(said.json["id"]).opened is None


def test_nobody_visits_their_own_page_as_an_advocate(here: Place) -> None:
    beacon(here, here.advocate())
    beacon(here, here.advocate(), **agent(LINKEDIN))
    assert told(here) == [(HIT, "own"), (HIT, "bot:linkedinbot")]
    assert {event.evidence for event in here.events()} == {"own-page"}


def test_a_bots_same_reason_within_an_hour_is_filed_once(here: Place) -> None:
    for _ in range(5):
        here.time.wait(minutes=9)
        beacon(here, here.share(), **agent(LINKEDIN))
        beacon(here, here.share(), visible=False)
    assert sorted(told(here)) == [(HIT, "bot:linkedinbot"), (HIT, "hidden")]
    here.time.wait(hours=1)
    beacon(here, here.share(), **agent(LINKEDIN))
    assert len(here.events()) == 3


def test_a_hit_takes_no_visit_from_a_person_of_the_same_network(here: Place) -> None:
    beacon(here, here.share(), visible=False)
    beacon(here, here.share())
    assert told(here) == [(HIT, "hidden"), (VISITED, "person")]


def test_who_asks_not_to_be_told_apart_is_one_of_all_who_do(here: Place) -> None:
    """However many they are, what is kept is that somebody did, in this hour."""
    for number in range(5):
        headers = {"Sec-GPC": "1", "User-Agent": f"{CHROME} {number}"}
        beacon(here, here.share(), headers=headers, client=f"203.0.113.{number}")
    assert told(here) == [(HIT, "gpc")]


def test_of_one_page_no_more_is_filed_a_day_than_anybody_reads(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "HITS", 20)
    for number in range(30):
        assert beacon(here, here.share(), **agent(f"curl/{number}")).status == 204
    assert len(here.events(HIT)) == 20
    beacon(here, here.share("a-2"), **agent("curl/1"))
    here.time.wait(days=1)
    beacon(here, here.share(), **agent("curl/1"))
    assert len(here.events(HIT)) == 22


def test_more_visits_than_a_page_can_have_are_a_burst(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "VISITS", 10)
    for number in range(20):
        assert beacon(here, here.share(), client=f"203.0.113.{number}").status == 204
    assert len(here.events(VISITED)) == 10
    assert [event.classification for event in here.events(HIT)] == ["burst"]


# --- Nobody can be told apart -------------------------------------------------------------------


def test_the_ledger_keeps_no_address_and_no_user_agent(here: Place, tmp_path: Path) -> None:
    for more in ({}, {"look": True}, {"headers": {"Sec-GPC": "1"}}, agent(LINKEDIN)):
        beacon(here, here.share(), medium="email", **more)
        beacon(here, here.referee(), client="2001:db8:1:2::7", **more)
    here.ledger.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("ledger.db*"))
    assert b"bot:linkedinbot" in kept
    for raw in (CLIENT, "203.0.113", "2001:db8", "Mozilla", "Chrome", "LinkedInBot/1.0"):
        assert raw.encode() not in kept


# --- Who may ------------------------------------------------------------------------------------


def test_a_page_that_was_taken_away_counts_nothing_and_answers_as_an_unknown_one(
    here: Place,
) -> None:
    for subject in ("advocate:a-1", "referee:r-1"):
        here.ledger.revoke(Event(subject, "leeway", REVOKED, here.clock()), subject)
    tokens = [here.share(), here.advocate(), here.referee(), "x", here.share()[:-2]]
    for more in ({}, agent(LINKEDIN)):
        refused = [beacon(here, token, **more) for token in tokens]
        assert {(said.status, said.body) for said in refused} == {(404, refused[0].body)}
    assert here.events(VISITED) + here.events(HIT) == []


def test_another_sites_page_cannot_count_anything(here: Place) -> None:
    for site in ("cross-site", "same-site", "none"):
        said = beacon(here, here.share(), headers={"Sec-Fetch-Site": site})
        assert said.status == 400
    said = ask(here, "visits", here.share(), visible=True,
               headers={"Sec-Fetch-Site": "", "Origin": "https://x.example"})  # fmt: skip
    assert said.status == 400
    assert here.events() == []


@given(
    agent=st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=300),
    more=st.fixed_dictionaries(
        {},
        optional={
            "medium": st.text(max_size=30),
            "query": st.text(max_size=300),
            "visible": st.sampled_from([True, False, "1", "", "yes", 1, None, []]),
            "look": st.booleans(),
            "id": st.text(max_size=70),
        },
    ),
    client=st.sampled_from(["203.0.113.7", "2001:db8::1", "", "unknown"]),
)
def test_no_beacon_is_more_than_told_what_is_wrong_with_it(
    one: Place, agent: str, more: dict[str, Any], client: str
) -> None:
    one.time.wait(days=1)
    before = len(one.events())
    said = ask(one, "visits", one.share(), headers={"User-Agent": agent}, client=client, **more)
    assert said.status in (204, 422)
    assert len(one.events()) - before == (1 if said.status == 204 else 0)


def test_the_page_of_an_older_revision_counts_nothing(here: Place) -> None:
    old = here.share()
    here.ledger.renew(Event("anew", "leeway", REVOKED, here.clock()), "advocate:a-1")
    assert beacon(here, old).status == 404
    assert here.events(VISITED) == []
