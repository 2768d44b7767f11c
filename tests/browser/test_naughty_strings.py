"""Whatever somebody is called, their page shows it as written, and nothing of it runs."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Dialog, Page

from passalong.names import first_name
from tests.conftest import Seen
from tests.naughty import NAUGHTY
from tests.programs import Made, advocate, files, path_of, referee, story, write

MANY = len(NAUGHTY)
THIRD = range(0, MANY, 3)
"""Where each string stands on one page at least, three following each other on each."""
LOOK = """async (addresses) => Promise.all(addresses.map(async (address) => {
  const frame = document.createElement('iframe');
  frame.style = 'width: 60rem; height: 40rem';
  const loaded = new Promise((done) => { frame.onload = done; });
  frame.src = address;
  document.body.append(frame);
  await loaded;
  const { document: page, location } = frame.contentWindow;
  const all = (selector) => [...page.querySelectorAll(selector)];
  const found = {
    ran: typeof frame.contentWindow.ran,
    address: location.href,
    shape: all('*').map((e) => e.tagName + ' ' + e.getAttributeNames().sort()).join('\\n'),
    texts: all('h1, .words p, figcaption *, .byline *, .known p, .from').map((e) => e.innerText),
    drafts: all('.medium textarea').map((e) => e.value),
    links: all('a').map((e) => e.protocol),
  };
  frame.remove();
  return found;
}))"""
AT_ONCE = 35
HARMLESS = {"http:", "https:", "mailto:", "tel:", "sms:"}


def at(place: int) -> str:
    return NAUGHTY[place % MANY]


def shown(text: str) -> str:
    """``text`` with line ends and runs of white space as a browser shows them."""
    return re.sub("[ \t\n\r\f\u2028\u2029]+", " ", text).strip()


def people() -> dict[str, Any]:
    """Everybody has a naughty string in every place; the last one has none at all."""
    last, named = MANY, {"show_name": "yes"}
    advocates = [
        advocate(f"a-{i}", at(i), company=at(i + 1), role=at(i + 2), reward=at(i + 3), **named)
        for i in range(MANY)
    ]
    referees = []
    for i in range(MANY):
        who = {"advocate": f"a-{i}"}
        referees += [
            referee(f"r-{i}", at(i + 4), reason=at(i + 5), **who),
            referee(f"s-{i}", at(i + 1), company=at(i + 2), status="suggested", **who),
        ]
    return {
        "advocates": [*advocates, advocate(f"a-{last}", reward="a tree", **named)],
        "referees": [
            *referees,
            referee(f"r-{last}", advocate=f"a-{last}", reason="You asked."),
            referee(f"s-{last}", advocate=f"a-{last}", status="suggested"),
        ],
    }


class Quiet(SimpleHTTPRequestHandler):
    """The site's files as they are; what pages send is taken and not answered."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The built site, served byte for byte."""
    folder = tmp_path_factory.mktemp("naughty")
    body = """## Hi\n\n<script>ran=1</script>\n\n<b onclick="ran=1" onload="ran=1">Bold</b>\n"""
    content = files(stories=[story(body=body)], **people())
    made = Made(write(folder / "content", content), folder / "site", folder / "var")
    made.build()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(made.out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


Looked = Callable[[str, str, range], Iterator[tuple[int, dict[str, Any]]]]


@pytest.fixture
def looked(page: Page, address: str) -> Iterator[Looked]:
    """What Chromium makes of the pages of a kind; fails where anything asked, ran or complained."""
    dialogs: list[str] = []

    def note(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", note)

    def look(kind: str, who: str, numbers: range) -> Iterator[tuple[int, dict[str, Any]]]:
        people = [f"{who}-{number}" for number in (*numbers, MANY)]
        addresses = [address + path_of(kind, person) for person in people]
        found: list[dict[str, Any]] = []
        for start in range(0, len(addresses), AT_ONCE):
            page.goto(f"{address}robots.txt")
            found += page.evaluate(LOOK, addresses[start : start + AT_ONCE])
        assert [each["address"] for each in found] == addresses
        assert {each["ran"] for each in found} == {"undefined"}
        assert {link for each in found for link in each["links"]} <= HARMLESS
        shapes = {each["shape"] for each in found}
        assert len(shapes) == 1, "markup came of a string"
        return zip(numbers, found, strict=False)

    yield look
    assert dialogs == []


def test_there_are_naughty_strings_enough() -> None:
    assert MANY == len(set(NAUGHTY)) >= 120


def test_a_referees_page_shows_every_string_as_written(looked: Looked) -> None:
    for i, found in looked("referee", "r", range(MANY)):
        said = {shown(text) for text in found["texts"]}
        byline = f"{shown(at(i + 2))}, {shown(at(i + 1))}"
        title = f"{first_name(shown(at(i + 4)))}, {shown(at(i))} thought of you."
        assert {title, byline, shown(at(i)), shown(at(i + 5))} <= said


def test_a_share_page_shows_every_string_as_written(looked: Looked) -> None:
    for i, found in looked("share", "a", THIRD):
        said = {shown(text) for text in found["texts"]}
        byline = f"{shown(at(i + 2))}, {shown(at(i + 1))}"
        assert {f"{shown(at(i))} thinks this may help you.", byline, shown(at(i))} <= said


def test_an_advocates_page_shows_every_string_as_written(looked: Looked) -> None:
    for i, found in looked("advocate", "a", THIRD):
        said = {shown(text) for text in found["texts"]}
        question = f"Do you know {shown(at(i + 1))} at {shown(at(i + 2))}?"
        assert {question, shown(at(i))} <= said
        assert any(draft.endswith(f"Best wishes\n{shown(at(i))}") for draft in found["drafts"])


def test_nothing_in_a_story_runs(page: Page, address: str) -> None:
    page.goto(f"{address}stories/nordhavn/")
    page.get_by_text("Bold", exact=True).click()
    assert page.evaluate("typeof ran") == "undefined"


def test_the_policy_would_stop_what_got_through(page: Page, address: str, seen: Seen) -> None:
    page.goto(address + path_of("referee", f"r-{MANY}"))
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p onclick=ran=1>press</p>')")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'ran=1'}))"
    )
    page.get_by_text("press", exact=True).click()
    assert page.evaluate("typeof ran") == "undefined"
    assert all("Content Security Policy" in error for error in seen.errors)
    assert seen.errors
    seen.errors.clear()
