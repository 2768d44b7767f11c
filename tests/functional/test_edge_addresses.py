"""The JavaScript at the edge finds the file that the local server finds, however it is typed."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest

from infra.local.site import _folded
from tests.cloud.rewriting import rewriting
from tests.programs import ROOT

CODE, KEY = "8d8d6t493s1kh", "jpf19drb3cg4edasnh9s4ah2t4"
LOOKALIKE, READ_AS = "oO0iIlL1abcde", "0001111" + "1abcde"

# What is asked for, and the file that is meant.
ADDRESSES = {
    # folders are their index
    "/": "/index.html",
    "/stories/": "/stories/index.html",
    "/stories": "/stories/index.html",
    "/stories/nordhavn/": "/stories/nordhavn/index.html",
    "/stories/nordhavn": "/stories/nordhavn/index.html",
    "/privacy/": "/privacy/index.html",
    "/report/": "/report/index.html",
    f"/a/{KEY}/": f"/a/{KEY}/index.html",
    f"/a/{KEY}": f"/a/{KEY}/index.html",
    f"/p/{KEY}/": f"/p/{KEY}/index.html",
    f"/p/{KEY}": f"/p/{KEY}/index.html",
    f"/r/{CODE}/": f"/r/{CODE}/index.html",
    f"/r/{CODE}": f"/r/{CODE}/index.html",
    "/a/": "/a/index.html",
    "/a": "/a/index.html",
    "/r/": "/r/index.html",
    # files are themselves
    "/index.html": "/index.html",
    "/404.html": "/404.html",
    "/robots.txt": "/robots.txt",
    "/sitemap.xml": "/sitemap.xml",
    "/assets/core.1f2e3d4c.css": "/assets/core.1f2e3d4c.css",
    "/assets/Merkblatt%20Fahrer.1f2e.pdf": "/assets/Merkblatt%20Fahrer.1f2e.pdf",
    f"/a/{KEY}/index.html": f"/a/{KEY}/index.html",
    f"/p/{KEY}/preview.png": f"/p/{KEY}/preview.png",
    # codes and keys as they were issued
    f"/r/{CODE.upper()}/": f"/r/{CODE}/index.html",
    f"/r/{CODE.upper()}": f"/r/{CODE}/index.html",
    f"/a/{KEY.upper()}/": f"/a/{KEY}/index.html",
    f"/p/{KEY.upper()}/": f"/p/{KEY}/index.html",
    f"/p/{KEY.title()}/": f"/p/{KEY}/index.html",
    f"/r/{LOOKALIKE}/": f"/r/{READ_AS}/index.html",
    f"/r/{LOOKALIKE.upper()}/": f"/r/{READ_AS}/index.html",
    f"/p/{LOOKALIKE * 2}/": f"/p/{READ_AS * 2}/index.html",
    f"/a/{LOOKALIKE * 2}/index.html": f"/a/{READ_AS * 2}/index.html",
    f"/r/%20{CODE}/": f"/r/{CODE}/index.html",
    f"/r/{CODE}%20/": f"/r/{CODE}/index.html",
    f"/r/{CODE}%0A": f"/r/{CODE}/index.html",
    f"/r/%38{CODE[1:]}/": f"/r/{CODE}/index.html",
    f"/p/{KEY}%C2%A0/": f"/p/{KEY}/index.html",
    # codes that somebody chose keep their letters
    "/r/olivia/": "/r/olivia/index.html",
    "/r/OLIVIA/": "/r/olivia/index.html",
    "/r/Ida-Lund": "/r/ida-lund/index.html",
    "/r/tilo": "/r/tilo/index.html",
    f"/r/{LOOKALIKE}x/": f"/r/{LOOKALIKE.lower()}x/index.html",
    f"/r/{LOOKALIKE[:-1]}/": f"/r/{LOOKALIKE[:-1].lower()}/index.html",
    "/r/caf%C3%89/": "/r/caf%C3%A9/index.html",
    # elsewhere letters stay as they are
    "/Stories/": "/Stories/index.html",
    "/stories/NORDHAVN/": "/stories/NORDHAVN/index.html",
    "/R/olivia/": "/R/olivia/index.html",
    "/assets/Core.CSS": "/assets/Core.CSS",
    "/stories/a/OLIVIA/": "/stories/a/OLIVIA/index.html",
    f"/r/{CODE}/More/": f"/r/{CODE}/More/index.html",
    # what nobody issued stays missing
    "/r//": "/r//index.html",
    "//": "//index.html",
    "/a//x": "/a//x/index.html",
    "/r/%2e%2e/": "/r/../index.html",
    "/r/a%2Fb/": "/r/a%2Fb/index.html",
    "/r/a%3Fb/": "/r/a%3Fb/index.html",
    "/r/%E0%A4%A/": "/r/%E0%A4%A/index.html",
    "/r/%/": "/r/%/index.html",
    "/.hidden": "/.hidden",
    "/wp-login.php": "/wp-login.php",
    "/r/%F0%9F%98%80/": "/r/%F0%9F%98%80/index.html",
}


@pytest.fixture(scope="module")
def found(node: str) -> dict[str, str]:
    """For each address the file that the edge asks S3 for."""
    with rewriting(node, (ROOT / "infra/aws/edge.js").read_text("utf-8")) as rewrite:
        return {address: rewrite(address) for address in ADDRESSES}


def test_there_are_sixty_of_them() -> None:
    assert len(ADDRESSES) >= 60


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_leads_to_its_file(address: str, found: dict[str, str]) -> None:
    assert found[address] == ADDRESSES[address]


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_code_is_read_as_the_local_server_reads_it(address: str, found: dict[str, str]) -> None:
    local = _folded(unquote(address, errors="surrogateescape"))
    if "%2F" in address or "\udce0" in local or address in ("/r/%/", "/r/%E0%A4%A/"):
        return  # what cannot be read is read by neither
    name = local.rpartition("/")[2]
    local += "index.html" if not name else "" if "." in name else "/index.html"
    assert unquote(found[address]) == local
    assert quote(unquote(found[address]), safe="/") == quote(local, safe="/")
