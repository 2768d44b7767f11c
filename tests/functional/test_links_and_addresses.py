"""Addresses tell nothing of anybody, and a page's head gives nobody away."""

from __future__ import annotations

import base64
import binascii
import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from PIL import Image

from passalong.endpoints import ENDPOINTS, REPORT
from passalong.errors import ContentRefused
from passalong.tokens import ALPHABET
from tests.functional.conftest import Make
from tests.programs import (
    BASE_URL,
    SECRET_STORY,
    Made,
    advocate,
    keys,
    referee,
    story,
)
from tests.reading import Element, addresses, metas, read

NAMES = ["Maria Lindqvist", "Femke de Wit", "Zoë Kay", "Tomas Berg", "Ingrid Aune", "Bo Li"]
PEOPLE: dict[str, Any] = {
    "advocates": [
        advocate("a-1", NAMES[0], case_study="nordhavn", show_name="yes"),
        advocate("a-2", NAMES[1], kind="partner", locale="de", reward="none"),
        advocate("", NAMES[2], email="zoe.kay@nordhavn.example", context="We moved your cranes"),
    ],
    "referees": [
        referee("r-1", NAMES[3], reason="Bring him your worst day."),
        referee("r-2", NAMES[4], advocate="a-2", locale="ar"),
        referee("", NAMES[5], advocate="zoe.kay@nordhavn.example", email="bo@kestrel.example"),
        referee("r-4", NAMES[4], status="suggested"),
    ],
}
WHOLE: dict[str, Any] = {
    "stories": [story(), story(**SECRET_STORY)],
    "sign_offs": {"solvane": {"scope": "anonymised"}},
    "locales": ["de", "ar"],
    "more": {f"pages/privacy.{code}.md": "# P\n\nText.\n" for code in ("de", "ar")},
} | PEOPLE
EMAILS = [row["email"] for rows in PEOPLE.values() for row in rows]
PERSONAL = ("a/", "p/", "r/")


@pytest.fixture(scope="module")
def made(make_once: Make) -> Made:
    return make_once(**WHOLE)


@pytest.fixture(scope="module")
def pages(made: Made) -> dict[str, Element]:
    return {path: read(text) for path, text in made.pages().items()}


def personal(pages: dict[str, Element]) -> dict[str, Element]:
    return {path: page for path, page in pages.items() if path.startswith(PERSONAL)}


def public(pages: dict[str, Element]) -> dict[str, Element]:
    private = {*personal(pages), "404.html", "report/index.html"}
    return {path: page for path, page in pages.items() if path not in private}


# --- Codes and keys ---------------------------------------------------------------------------


def test_a_code_has_thirteen_and_a_key_twenty_six_unambiguous_letters(made: Made) -> None:
    folders = {path.split("/")[0]: set[str]() for path in made.tree() if path.startswith(PERSONAL)}
    for path in made.tree():
        if path.startswith(PERSONAL):
            kind, name, index = path.split("/")
            assert index == "index.html"
            folders[kind].add(name)
    assert {kind: len(names) for kind, names in folders.items()} == {"a": 3, "r": 3, "p": 3}
    for kind, names in folders.items():
        assert {len(name) for name in names} == {13 if kind == "r" else 26}
        assert set("".join(names)) <= set(ALPHABET)
    assert not set(ALPHABET) & set("ilou")


def places(made: Made) -> set[str]:
    return {path for path in made.tree() if path.startswith(PERSONAL)}


def test_an_address_outlives_a_name_a_role_an_address_and_the_order_of_the_list(make: Make) -> None:
    made = make(**WHOLE)
    before = places(made)
    renamed = {
        "advocates": [
            row | {"name": f"New {i}", "role": "CEO", "email": f"new{i}@x.example"}
            for i, row in enumerate(PEOPLE["advocates"])
            if row["id"]
        ],
        "referees": [
            row | {"name": f"Other {i}", "email": ""}
            for i, row in enumerate(PEOPLE["referees"])
            if row["id"]
        ],
    }
    made.change(**WHOLE | {kind: rows[1:] + rows[:1] for kind, rows in renamed.items()})
    assert places(made) == before
    assert "New 0" in made.page("advocate", "a-1")


def test_whoever_has_no_id_is_found_again_by_address_or_by_name_and_firm(make: Make) -> None:
    rows = [
        advocate("", "Zoë Kay", email="zoe@x.example"),
        advocate("", "Jo Ek", email="jo@x.example"),
    ]
    made = make(advocates=rows, referees=[])
    before = places(made)
    changed = [rows[1] | {"email": "jo.ek@x.example"}, rows[0] | {"name": "Zoë Kay-Berg"}]
    made.change(advocates=changed, referees=[])
    assert places(made) == before


def test_another_secret_gives_other_addresses_and_another_program_too(make: Make) -> None:
    made = make()
    before = places(made)
    made.build(secret=bytes(32))
    assert not places(made) & before
    assert not {keys().code("a-1")} & {keys("other").code("a-1")}


def test_a_code_of_the_marketers_choice_is_the_address(make: Make) -> None:
    made = make(advocates=[advocate(share_code="Maria-L")])
    assert "r/maria-l/index.html" in made.tree()
    assert f"{BASE_URL}/r/maria-l/?v=copy-link" in made.page("advocate", "a-1")


@pytest.mark.parametrize("code", ["a", "ä-ö-ü", "../../x", "olivia-lopez1", "a b", "-abc"])
def test_a_code_that_could_not_be_an_address_is_refused(make: Make, code: str) -> None:
    with pytest.raises(ContentRefused) as refused:
        make(advocates=[advocate(share_code=code)])
    assert [(p.file, p.line) for p in refused.value.problems] == [("advocates.csv", 2)]


# --- Nothing personal in an address -----------------------------------------------------------


def decoded(text: str) -> Iterator[str]:
    """``text`` and everything that it could be an encoding of, path segments and values alike."""
    yield text
    yield unquote(text)
    for part in re.split(r"[/?&=#.:]", unquote(text)):
        for decode in (
            lambda part: base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)),
            lambda part: base64.b32decode(part.upper() + "=" * (-len(part) % 8)),
            bytes.fromhex,
        ):
            try:
                yield decode(part).decode("latin-1")
            except (ValueError, binascii.Error):
                continue


def telling(text: str) -> set[str]:
    """Names and addresses of people that ``text`` holds, in whatever encoding."""
    words = {word for name in NAMES for word in name.split() if len(word) > 2} | set(EMAILS)
    said = [each.casefold() for each in decoded(text)]
    return {word for word in words for each in said if word.casefold() in each}


def test_the_search_for_names_in_addresses_would_find_them() -> None:
    hidden = "Maria Lindqvist"
    for text in (
        "/p/maria/",
        "/p/?n=Maria%20Lindqvist",
        f"/p/{base64.urlsafe_b64encode(hidden.encode()).decode()}/",
        f"/p/{base64.b32encode(hidden.encode()).decode().rstrip('=').lower()}/",
        f"/p/{hidden.encode().hex()}/",
    ):
        assert telling(text), text


def test_no_file_name_and_no_address_on_any_page_tells_of_anybody(
    made: Made, pages: dict[str, Element]
) -> None:
    assert {path: telling(path) for path in made.tree() if telling(path)} == {}
    for path, page in pages.items():
        found = [each for each in addresses(page) if not each.startswith(("mailto:", "sms:"))]
        assert found
        assert {each: telling(each) for each in found if telling(each)} == {}, path


def test_the_sitemap_lists_every_public_page_and_nobodys(
    made: Made, pages: dict[str, Element]
) -> None:
    sitemap = made.tree()["sitemap.xml"].decode()
    listed = re.findall(r"<loc>(.*?)</loc>", sitemap)
    assert sorted(listed) == sorted(metas(page)["og:url"] for page in public(pages).values())
    assert not re.search(r"/[apr]/", sitemap)
    assert telling(sitemap) == set()
    assert f"Sitemap: {BASE_URL}/sitemap.xml" in made.tree()["robots.txt"].decode()


def test_nobodys_mail_address_is_on_any_page(made: Made) -> None:
    for path, data in made.tree().items():
        text = unquote(html.unescape(data.decode("latin-1"))).casefold()
        assert [email for email in EMAILS if email in text] == [], path


# --- Heads ------------------------------------------------------------------------------------


def test_every_head_is_complete(made: Made, pages: dict[str, Element]) -> None:
    for path, page in pages.items():
        head, said = page.one("head"), metas(page)
        title = head.one("title").text
        assert 0 < len(title) <= 90, path
        assert 0 < len(said["description"]) <= 200, path
        assert (said["og:title"], said["og:description"]) == (title, said["description"])
        assert said["twitter:card"] == "summary_large_image"
        assert said["og:image:alt"]
        image = said["og:image"].removeprefix(f"{BASE_URL}/")
        assert re.fullmatch(r"assets/card-[\w-]+\.[0-9a-f]{12}\.png", image)
        with Image.open(made.out / image) as picture:
            assert (picture.format, picture.size) == ("PNG", (1200, 630))


def test_no_head_names_anybody(pages: dict[str, Element]) -> None:
    surnames = re.compile(
        "|".join(word for name in NAMES for word in name.split() if len(word) > 2)
    )
    for path, page in personal(pages).items():
        head = page.one("head")
        said = [head.one("title").text, *metas(page).values()]
        said += [value for element in head.walk() for value in element.attributes.values()]
        assert [text for text in said if surnames.search(text)] == [], path


def test_a_personal_page_is_for_nobody_else(pages: dict[str, Element]) -> None:
    for path, page in personal(pages).items():
        said = metas(page)
        assert said["robots"] == "noindex, nofollow", path
        assert said["referrer"] in ("same-origin", "no-referrer")
        assert "og:url" not in said
        assert page.all("link", rel="canonical") == []
        assert page.all("script", type="application/ld+json") == []


def test_a_public_page_says_its_one_address_and_may_be_found(
    made: Made, pages: dict[str, Element]
) -> None:
    for path, page in public(pages).items():
        said = metas(page)
        address = f"{BASE_URL}/{path.removesuffix('index.html')}"
        assert (said["og:url"], page.one("link", rel="canonical")["href"]) == (address, address)
        assert "robots" not in said
    for other in page_others(pages):
        assert other.removeprefix(BASE_URL).strip("/") + "/index.html" in made.tree() or other in (
            f"{BASE_URL}/",
        )
    assert metas(pages["404.html"])["robots"] == "noindex, nofollow"


def page_others(pages: dict[str, Element]) -> set[str]:
    links = (link for page in pages.values() for link in page.all("link", rel="alternate"))
    return {link["href"] for link in links}


def test_what_machines_read_of_a_page_is_json_and_tells_the_same(pages: dict[str, Element]) -> None:
    found = {}
    for path, page in pages.items():
        for script in page.all("script", type="application/ld+json"):
            found[path] = json.loads(script.text)
            assert found[path]["@context"] == "https://schema.org"
    assert found["index.html"]["@type"] == "Organization"
    article = found["stories/nordhavn/index.html"]
    assert article["headline"] == pages["stories/nordhavn/index.html"].one("h1").shown
    assert article["url"] == f"{BASE_URL}/stories/nordhavn/"
    assert article["image"] == metas(pages["stories/nordhavn/index.html"])["og:image"]
    assert found["stories/solvents/index.html"]["about"]["name"] == "a maker of solvents"


def test_every_link_within_the_site_leads_somewhere(made: Made, pages: dict[str, Element]) -> None:
    known = {"/" + path.removesuffix("index.html") for path in made.tree()}
    known |= {endpoint.path for endpoint in (*ENDPOINTS, REPORT)}
    for path, page in pages.items():
        inner = [urlsplit(each.removeprefix(BASE_URL)) for each in addresses(page)]
        assert {p.path for p in inner if p.path.startswith("/") and not p.netloc} <= known, path
        ids = {element.attributes.get("id") for element in page.walk()}
        assert {p.fragment for p in inner if p.fragment and not p.path} <= ids, path
