"""``build.py serve``: what it answers to whatever is asked, and how it starts and ends."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image

from infra.local.site import is_ours
from passalong.headers import headers_for
from tests.child import serve
from tests.programs import BASE_URL, Made, files, write
from tests.sample import PAGES, Site, edit_row, personal

FILES = ("/robots.txt", "/sitemap.xml")
PERSONAL = [personal("advocate", "adv-1001"), personal("referee", "ref-2001"), PAGES["named share"]]
BOTS = (
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Twitterbot/1.0",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "WhatsApp/2.23.20.0",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "",
)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    def told(self) -> dict[str, str]:
        """Its headers but the time of day."""
        return {name: value for name, value in self.headers.items() if name != "Date"}


def ask(site: Site, path: str, method: str = "GET", **headers: str) -> Answer:
    """The answer to exactly this path, as no browser would send it."""
    connection = HTTPConnection(urlsplit(site.address).netloc, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())
    finally:
        connection.close()


# --- What is there ----------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES.values(), *FILES, "/_version?0"])
def test_head_is_answered_as_get_without_the_body(path: str, site: Site) -> None:
    got, head = ask(site, path), ask(site, path, "HEAD")
    assert (head.status, head.told()) == (got.status, got.told())
    assert head.body == b""
    assert len(got.body) == int(got.headers["Content-Length"]) > 0


@pytest.mark.parametrize("path", [*PAGES.values(), *FILES])
def test_every_answer_has_the_headers_of_its_kind(path: str, site: Site) -> None:
    answer = ask(site, path)
    like = "/p/somebody/" if path == "/_people/" else path
    expected = headers_for(like, found=answer.status == 200, secure=False)
    told = answer.told()
    if told["Content-Type"].startswith("text/html"):  # a new build must be seen
        assert "no-store" in told.pop("Cache-Control")
        del expected["Cache-Control"]
    assert expected.items() <= told.items()


def test_an_asset_may_be_kept_for_ever(site: Site) -> None:
    (logo,) = set(re.findall(rb'src="(/assets/leeway[^"]*)"', ask(site, "/").body))
    answer = ask(site, logo.decode())
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", [*PAGES.values(), *FILES])
def test_no_answer_sets_a_cookie(path: str, site: Site) -> None:
    assert "Set-Cookie" not in ask(site, path).headers


@pytest.mark.parametrize("path", PAGES.values())
@pytest.mark.parametrize(
    "query", ["next=https://evil.example/", "v=//evil.example", "url=%0d%0aLocation:x"]
)
def test_no_address_leads_elsewhere(path: str, query: str, site: Site) -> None:
    answer = ask(site, f"{path.partition('?')[0]}?{query}")
    assert answer.status in (200, 404)
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("[::1]:8000", True),
        ("evil.example", False),
        ("127.0.0.1.evil.example:8000", False),
        ("friends.leeway.example", True),
    ],
)
def test_only_this_machine_is_asked_for_what_is_on_it(host: str, ours: bool) -> None:
    """A stranger's name that leads here would let their page read everybody's (DNS rebinding)."""
    assert is_ours(host, {"PASSALONG_ADDRESS": "https://friends.leeway.example"}) is ours


def test_asking_changes_nothing(site: Site) -> None:
    before = stamps(site.made)
    for path in [*PAGES.values(), *FILES] * 10:
        ask(site, path, "HEAD")
        ask(site, path)
    assert stamps(site.made) == before


def stamps(made: Made) -> dict[Path, int]:
    folders = (made.content, made.out)
    return {path: path.stat().st_mtime_ns for folder in folders for path in folder.rglob("*")}


@pytest.mark.parametrize("path", PERSONAL)
def test_a_code_is_found_in_capitals_and_with_look_alikes(path: str, site: Site) -> None:
    kind, code = path.strip("/").split("/")
    right = ask(site, path)
    assert right.status == 200
    copies = [code.upper(), code.replace("0", "o").replace("1", "l"),
              code.upper().replace("0", "O").replace("1", "I")]  # fmt: skip
    for copy in copies:
        assert ask(site, f"/{kind}/{copy}/").body == right.body
        assert ask(site, f"/{kind}/{copy}/?v=email").body == right.body


# --- What is not ------------------------------------------------------------------------------

_KEY = PERSONAL[0].split("/")[2]
NOWHERE = [
    "/nowhere",
    "/nowhere/",
    f"/a/{_KEY[:-1]}/",
    f"/a/{_KEY}z/",
    f"/p/{_KEY}/",
    f"/r/{_KEY}/",
    f"/a/{_KEY}/index.htm",
    "/r/aaaaaaaaaaaaa/?v=linkedin",
    "/stories/stadtwerk/",
    "/stories/solvane/",
    "/a/",
    "/r",
    "/assets/",
    "/assets",
    "/robots.txt/",
    "/.passalong",
    "/./.passalong",
    "/../content/program.toml",
    "/assets/../../content/program.toml",
    "/%2e%2e/content/program.toml",
    "/..%2fcontent%2fadvocates.csv",
    "/%2e%2e%2f%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "//etc/passwd",
    "/..%5ccontent%5cprogram.toml",
    "/content/program.toml",
    "/%00",
    "/a%00/../index.html",
    "/%ff%fe",
    "/" + "x" * 300,
    "/" + "x/" * 3000,
    "*",
    "[",
]


@pytest.mark.parametrize("path", NOWHERE)
def test_whatever_is_not_there_has_one_neutral_answer(path: str, site: Site) -> None:
    neutral = ask(site, "/no/such/page/")
    answer = ask(site, path)
    assert (answer.status, answer.body) == (404, neutral.body)
    assert b'<meta name="robots" content="noindex' in answer.body
    folder = path if path[:3] in ("/a/", "/p/", "/r/") else "/no/such/page/"
    told = ask(site, folder[:3] + "no/such/page/").told()  # as whatever never was there
    assert answer.told() == told
    assert ask(site, path, "HEAD").told() == told


@pytest.mark.parametrize("query", ["", "x", "%B2", "-1", "9" * 5000])
def test_a_version_that_is_no_number_is_an_old_one(query: str, site: Site) -> None:
    answer = ask(site, f"/_version?{query}")
    assert answer.status == 200
    assert b'"problems": []' in answer.body


# --- What chat rooms unfurl -------------------------------------------------------------------


@pytest.mark.parametrize("bot", BOTS)
def test_a_preview_bot_finds_a_full_card_on_a_share_page(bot: str, site: Site) -> None:
    answer = ask(site, PAGES["named share"] + "?v=linkedin", **{"User-Agent": bot})
    assert answer.status == 200
    card = dict(meta(answer.body[: 32 * 1024].decode()))  # Slack reads no further
    assert card["og:title"] == "Why somebody sent you to Leeway"
    assert 50 < len(card["og:description"]) <= 200
    assert card["og:type"] == "website"
    assert card["og:site_name"] == "Leeway"
    assert card["og:image:alt"]
    assert card["twitter:card"] == "summary_large_image"
    assert not {"og:url"} & card.keys()  # it would lose the medium


@pytest.mark.parametrize("path", ["/", "/stories/nordhavn/", *PERSONAL])
def test_the_picture_of_a_card_is_there_and_of_the_size_that_is_said(path: str, site: Site) -> None:
    card = dict(meta(ask(site, path).body.decode()))
    assert (card["og:image:width"], card["og:image:height"]) == ("1200", "630")
    address = card["og:image"]
    assert address.startswith(f"{BASE_URL}/assets/")
    answer = ask(site, address.removeprefix(BASE_URL))
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    with Image.open(site.made.out / address.removeprefix(f"{BASE_URL}/")) as picture:
        assert (picture.format, picture.size) == ("PNG", (1200, 630))


def meta(page: str) -> Iterator[tuple[str, str]]:
    for name, content in re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page):
        yield name, unescape(content)


# --- Starting and ending ----------------------------------------------------------------------


@pytest.fixture
def made(tmp_path: Path) -> Made:
    small = Made(tmp_path / "content", tmp_path / "out", tmp_path / "var")
    write(small.content, files())
    return small


def test_it_says_where_to_look_and_ctrl_c_ends_it_quietly(made: Made) -> None:
    with serve(made, "--port", "0") as serving:
        site = Site(serving.address(), made)
        serving.wait_for(rf"{site.address}/_people/")
        assert ask(site, "/").status == 200
        assert serving.interrupt() == 0
    assert serving.complaints == []


def test_a_page_that_is_left_while_it_waits_is_no_trouble(made: Made) -> None:
    with serve(made, "--port", "0") as serving:
        site = Site(serving.address(), made)
        host, port = urlsplit(site.address).netloc.split(":")
        version = re.search(rb"_reload.js\?(\d+)", ask(site, "/").body)
        assert version
        with socket.create_connection((host, int(port)), timeout=30) as waiting:
            waiting.sendall(b"GET /_version?%s HTTP/1.1\r\nHost: x\r\n\r\n" % version[1])
        edit_row(made.content / "advocates.csv", "a-1", name="Ada Lindqvist")
        serving.wait_for("files written")
        assert ask(site, "/").status == 200
        assert serving.interrupt() == 0
    assert serving.complaints == []


def test_without_a_port_it_takes_the_first_that_is_free(made: Made) -> None:
    with socket.socket() as taken:
        first = 8001
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            first = 8000  # somebody else has it, who may let go of it at any time
        with serve(made) as serving:
            port = urlsplit(serving.address()).port
    assert port in range(first, 8100)


@pytest.mark.parametrize("port", ["taken", "70000"])
def test_a_port_that_cannot_be_had_is_said_in_a_sentence(port: str, made: Made) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        wanted = str(taken.getsockname()[1]) if port == "taken" else port
        with serve(made, "--port", wanted) as serving:
            status = serving.process.wait(60)
    assert status == 1
    (sentence,) = serving.complaints
    assert wanted in sentence
    assert sentence.endswith(".\n")
    assert not made.out.exists()


def test_a_folder_with_mistakes_is_served_once_they_are_mended(made: Made) -> None:
    write(made.content, files(program={"brand": {"nmae": "Leeway"}}))
    with serve(made, "--port", "0") as serving:
        site = Site(serving.address(), made)
        early = ask(site, "/")
        assert (early.status, b"not built yet" in early.body) == (404, True)
        assert b"/_reload.js" in early.body
        write(made.content, files())
        serving.wait_for("files written")
        assert ask(site, "/").status == 200
    assert any("program.toml:" in line and "nmae" in line for line in serving.complaints)
