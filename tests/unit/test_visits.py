"""What is a visit, what is a hit and why, and that nobody can be told from either."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passalong.events import HIT, VISITED, Event
from passalong.ledger.port import Actor, Ledger
from passalong.ledger.sqlite import open_file
from passalong.visits import (
    ARRIVAL,
    COUNTED,
    SAME_VISIT_SECONDS,
    Beacon,
    arrival,
    classify,
    medium_of,
    network,
    visitor,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
SECRET = bytes(range(32))
HOME = "203.0.113.7"

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0.0.0 Safari/537.36"
)
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko)"
)
ANDROID = (
    "Mozilla/5.0 (Linux; Android 14; SM-S918B Build/UP1A.231005.007; wv) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Version/4.0 Chrome/130.0.6723.107 Mobile Safari/537.36"
)
BOTS = {
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient "
    "+http://www.linkedin.com)": "linkedinbot",
    "Twitterbot/1.0": "twitterbot",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)": "slackbot",
    "WhatsApp/2.23.20.0 A": "whatsapp",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 "
    "skype-url-preview@microsoft.com": "skypeuripreview",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)": (
        "facebookexternalhit"
    ),
    "TelegramBot (like TwitterBot)": "telegrambot",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)": "discordbot",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": "googlebot",
    CHROME.replace("Chrome/", "HeadlessChrome/"): "headlesschrome",
    "curl/8.5.0": "curl",
    "python-requests/2.32.3": "pythonrequests",
}
PEOPLE = {
    "Chrome on Windows": CHROME,
    "Edge": f"{CHROME} Edg/130.0.0.0",
    "Safari on a Mac": "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.1 Safari/605.1.15",
    "Firefox": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Instagram": f"{IPHONE} Mobile/22B83 Instagram 357.0.0.29.103 (iPhone16,2; iOS 18_1; en_US; "
    "en; scale=3.00; 1290x2796; 660309087; IABMV/1)",
    "Facebook on an iPhone": f"{IPHONE} Mobile/22B83 [FBAN/FBIOS;FBAV/490.0.0.37.108;"
    "FBBV/661414223;FBDV/iPhone16,2;FBMD/iPhone;FBSN/iOS;FBSV/18.1;FBSS/3;FBLC/de_DE;FBOP/5]",
    "Facebook on Android": f"{ANDROID} [FB_IAB/FB4A;FBAV/490.0.0.50.83;IABMV/1;]",
    "LinkedIn's app on an iPhone": f"{IPHONE} Mobile/15E148 [LinkedInApp]/9.30.1234",
    "LinkedIn's app on Android": f"{ANDROID} [LinkedInApp]/4.1.1009",
    "Messenger": f"{IPHONE} Mobile/22B83 [FBAN/MessengerForiOS;FBAV/483.0.0.40.108;FBLC/en_US]",
    "Teams": f"{CHROME.replace('Chrome/', 'Teams/24295.605.3225.8804 Chrome/')} Electron/32.2.1",
    "Slack": f"{CHROME} Slack/4.41.98 Electron/33.0.1",
    "Telegram's app": f"{ANDROID} Telegram-Android/11.3.4 (Samsung SM-S918B; Android 14)",
    "a phone called CUBOT": "Mozilla/5.0 (Linux; Android 11; CUBOT X50) AppleWebKit/537.36 "
    "(KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36",
}


def told(agent: str, header: str = "", *, visible: bool = True, look: bool = False) -> str:
    """The reason for a beacon with this user agent, and with another header such as ``dnt: 1``."""
    name, _, value = header.partition(": ")
    return classify(Beacon({"user-agent": agent, name: value}, visible, look))


# --- Visits and hits ----------------------------------------------------------------------------


@pytest.mark.parametrize(("agent", "name"), BOTS.items(), ids=BOTS.values())
def test_a_bot_is_a_hit_with_its_name_whatever_it_does(agent: str, name: str) -> None:
    assert told(agent) == f"bot:{name}"
    assert told(agent, visible=False) == f"bot:{name}"


@pytest.mark.parametrize("agent", PEOPLE.values(), ids=PEOPLE)
def test_a_person_is_a_person_in_any_browser_also_one_inside_an_app(agent: str) -> None:
    assert told(agent) == COUNTED


@pytest.mark.parametrize("agent", PEOPLE.values(), ids=PEOPLE)
def test_a_user_agent_alone_never_makes_a_visit(agent: str) -> None:
    """A scanner has a plain user agent, runs scripts at most, and shows nothing to anybody."""
    assert told(agent, visible=False) == "hidden"


@pytest.mark.parametrize("agent", ["", "  "])
def test_who_does_not_say_what_they_are_is_a_bot(agent: str) -> None:
    assert told(agent) == "bot:none"
    assert classify(Beacon({}, visible=True)) == "bot:none"


def test_who_asks_not_to_be_counted_is_not() -> None:
    assert told(CHROME, "sec-gpc: 1") == "gpc"
    assert told(CHROME, "sec-gpc: 0") == COUNTED


@pytest.mark.parametrize(
    "header",
    [
        "sec-purpose: prefetch",
        "sec-purpose: prefetch;prerender",
        "purpose: prefetch",
        "purpose: preview",
    ],
)
def test_a_page_that_a_browser_fetches_ahead_is_a_hit(header: str) -> None:
    assert told(CHROME, header) == "prefetch"


def test_who_only_looks_at_a_page_they_made_is_a_hit() -> None:
    assert told(CHROME, look=True) == "look"


@given(st.text(max_size=300), st.booleans(), st.booleans())
def test_every_beacon_has_a_reason_that_is_a_plain_code(
    agent: str, visible: bool, look: bool
) -> None:
    reason = told(agent, visible=visible, look=look)
    assert set(reason) <= set("abcdefghijklmnopqrstuvwxyz0123456789:")
    assert len(reason) <= 44


def test_an_endless_user_agent_is_looked_at_for_its_beginning_only() -> None:
    assert told(CHROME + " " * 1000 + "Googlebot/2.1") == COUNTED


# --- One visit ----------------------------------------------------------------------------------


def test_a_visitor_is_the_same_within_a_day_and_another_on_the_next() -> None:
    evening = datetime(2026, 11, 21, 23, 59, 59, tzinfo=UTC)
    first = visitor(SECRET, "r/abc", evening, HOME, CHROME)
    assert visitor(SECRET, "r/abc", NOW, HOME, CHROME) == first
    assert visitor(SECRET, "r/abc", evening + timedelta(seconds=1), HOME, CHROME) != first


def test_a_visitor_differs_by_link_network_browser_and_program() -> None:
    digests = {
        visitor(SECRET, "r/abc", NOW, HOME, CHROME),
        visitor(SECRET, "r/abd", NOW, HOME, CHROME),
        visitor(SECRET, "r/abc", NOW, "203.0.113.8", CHROME),
        visitor(SECRET, "r/abc", NOW, HOME, IPHONE),
        visitor(SECRET[::-1], "r/abc", NOW, HOME, CHROME),
    }
    assert len(digests) == 5


def test_a_digest_holds_no_address_and_no_user_agent_and_cannot_be_guessed_without_the_secret() -> (
    None
):
    digest = visitor(SECRET, "r/abc", NOW, HOME, CHROME)
    assert len(digest) == 32
    assert set(digest) <= set("0123456789abcdef")
    known = ipaddress.ip_network("203.0.113.0/24")
    guesses = {visitor(bytes(32), "r/abc", NOW, str(address), CHROME) for address in known}
    assert digest not in guesses


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_file(tmp_path / "ledger.db", "leeway")
    yield opened
    opened.close()


def count(ledger: Ledger, *beacons: datetime) -> int:
    """How many visits somebody's beacons of one link are."""
    fresh = 0
    for number, at in enumerate(beacons):
        event = Event(f"e{number}", "leeway", VISITED, at, advocate="a-1", classification=COUNTED)
        digest = visitor(SECRET, "r/abc", at, HOME, CHROME)
        fresh += ledger.visit(event, digest, SAME_VISIT_SECONDS, Actor("advocate:a-1")).fresh
    return fresh


def test_beacons_of_one_visitor_within_an_hour_are_one_visit(ledger: Ledger) -> None:
    minutes = (0, 0, 1, 30, 59)
    assert count(ledger, *(NOW + timedelta(minutes=after) for after in minutes)) == 1


def test_after_an_hour_it_is_another_visit(ledger: Ledger) -> None:
    assert count(ledger, NOW, NOW + timedelta(minutes=61)) == 2


def test_across_midnight_they_are_two_at_most(ledger: Ledger) -> None:
    before = datetime(2026, 11, 21, 23, 40, tzinfo=UTC)
    assert count(ledger, *(before + timedelta(minutes=after) for after in (0, 10, 25, 40, 59))) == 2


def test_what_is_kept_of_a_visit_and_a_hit_tells_nobody(tmp_path: Path) -> None:
    ledger = open_file(tmp_path / "ledger.db", "leeway")
    count(ledger, NOW)
    reason = told(next(iter(BOTS)))
    ledger.file(Event("hit", "leeway", HIT, NOW, advocate="a-1", classification=reason))
    ledger.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"bot:linkedinbot" in kept
    for raw in (HOME, "203.0.113", "Mozilla", "LinkedInBot/1.0"):
        assert raw.encode() not in kept


# --- Networks -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("203.0.113.7", "203.0.113.7"),
        (" 203.0.113.7 ", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
        ("unknown", "unknown"),
        ("203.0.113.7:443", "unknown"),
        ("203.0.113.7, 198.51.100.1", "unknown"),
    ],
)
def test_a_network_is_an_address_or_what_a_household_has_of_version_6(
    address: str, found: str
) -> None:
    assert network(address) == found


@given(st.text(max_size=60))
def test_any_text_has_a_network(text: str) -> None:
    assert network(text)


# --- Media and campaigns ------------------------------------------------------------------------


def test_a_medium_is_a_short_plain_word_or_nothing() -> None:
    assert [medium_of(text) for text in ("linkedin", "copy-link", "x")] == [
        "linkedin",
        "copy-link",
        "x",
    ]
    for text in ("", "-x", "LinkedIn", "a b", "maria@nordhavn.example", "x" * 25, "é"):
        assert medium_of(text) == ""


def test_what_an_arrival_says_of_campaigns_is_kept_once() -> None:
    query = "?v=linkedin&utm_source=li&utm_source=li&utm_source=other&li_fat_id=ab-12&gclid=Cj0_x"
    expected = {"utm_source": "li", "li_fat_id": "ab-12", "gclid": "Cj0_x"}
    assert arrival(query) == arrival(query + "&" + query[1:]) == expected


def test_an_arrival_tells_nothing_else_and_no_address() -> None:
    assert arrival("?token=x&email=a@b.example&utm_term=maria@nordhavn.example&utm_id=") == {}
    assert arrival("utm_campaign=autumn+2026&utm_content=" + "x" * 201) == {
        "utm_campaign": "autumn 2026"
    }
    assert arrival("&".join(f"utm_source={number}" for number in range(100))) == {}


@given(st.text(max_size=200) | st.from_regex(r"(utm_source=[^&]{0,9}&){0,4}", fullmatch=True))
def test_any_query_is_an_arrival(query: str) -> None:
    assert set(arrival(query)) <= set(ARRIVAL)
