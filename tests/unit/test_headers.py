"""The headers of every kind of file."""

from __future__ import annotations

import pytest

from passalong.headers import content_type, headers_for

PATHS = [
    "/",
    "/de/",
    "/stories/nordhavn/",
    "/a/key/",
    "/p/key/",
    "/r/code/",
    "/assets/site.0a1b2c.svg",
    "/assets/card-nordhavn.0a1b2c.png",
    "/404.html",
    "/sitemap.xml",
    "/robots.txt",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_file_keeps_to_itself(path: str) -> None:
    headers = headers_for(path)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert {"Content-Type", "Cache-Control"} < headers.keys()


@pytest.mark.parametrize("path", ["/a/key/", "/p/key/", "/a/key/index.html", "p/key/", "/report/"])
def test_a_private_page_is_kept_by_nobody_and_found_by_nobody(path: str) -> None:
    headers = headers_for(path)
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Robots-Tag"] == "noindex"


def test_a_share_page_is_kept_for_half_a_minute_and_not_found_by_search() -> None:
    headers = headers_for("/r/code/")
    assert "s-maxage=30" in headers["Cache-Control"]
    assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", ["/", "/stories/", "/stories/a/", "/de/", "/privacy/", "/about/"])
def test_a_public_page_is_kept_shortly_and_may_be_found(path: str) -> None:
    headers = headers_for(path)
    assert headers["Cache-Control"] == "public, max-age=60"
    assert "X-Robots-Tag" not in headers


def test_an_asset_is_kept_for_a_year() -> None:
    caching = headers_for("/assets/one-pager.0a1b2c.pdf")["Cache-Control"]
    assert caching == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(("like", "folder"), [("/a/x", "/a/"), ("/r/x", "/r/"), ("/x", "/")])
def test_of_what_is_missing_no_more_is_told_than_its_folder(like: str, folder: str) -> None:
    answer = headers_for(like, found=False)
    for path in ("key/", "CODE", "x/y/z/", "index.html", "old.css", "%00"):
        assert headers_for(folder + path, found=False) == answer
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "text/html; charset=utf-8"


def test_a_picture_that_is_opened_as_a_page_may_do_nothing() -> None:
    policy = headers_for("/assets/logo.0a1b2c.svg")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy


def test_without_tls_nothing_is_promised_about_tls() -> None:
    assert "Strict-Transport-Security" not in headers_for("/", secure=False)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/a/key", "text/html; charset=utf-8"),
        ("/stories/v1.2/", "text/html; charset=utf-8"),
        ("/assets/x.PNG", "image/png"),
        ("/assets/x.0a.svg", "image/svg+xml"),
        ("/assets/x.unheard-of", "application/octet-stream"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/sitemap.xml", "application/xml"),
    ],
)
def test_a_file_is_called_what_it_is(path: str, expected: str) -> None:
    assert content_type(path) == expected
