"""Sizes of images as Pillow wrote them, and SVGs that may not be published."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from passalong.pages.images import is_svg, safe_svg, size

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"{}>{}</svg>'
)


def svg(inside: str = "", attributes: str = ' viewBox="0 0 240 60"') -> bytes:
    return SVG.format(attributes, inside).encode()


def written(kind: str, pixels: tuple[int, int], **options: object) -> bytes:
    file = BytesIO()
    Image.new("RGB", pixels, "#0b5d6b").save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("JPEG", {}),
        ("JPEG", {"progressive": True, "comment": "x" * 3000}),
        ("JPEG", {"exif": b"Exif\0\0" + b"\xff\xc0" * 500}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"}),
    ],
)
@settings(deadline=None, max_examples=20)
@given(pixels=st.tuples(st.integers(1, 700), st.integers(1, 700)))
def test_the_size_is_the_one_that_was_written(
    kind: str, options: dict[str, object], pixels: tuple[int, int]
) -> None:
    assert size(written(kind, pixels, **options)) == pixels


@pytest.mark.parametrize(
    ("attributes", "pixels"),
    [
        (' width="120" height="40.4"', (120, 40)),
        (" width='120px' height='40px' viewBox='0 0 1 1'", (120, 40)),
        (' width="100%" height="100%" viewBox="0 0 240 60"', (240, 60)),
        (' viewBox="-10,-10, 240.6,60"', (241, 60)),
        (' width="120"', None),
        (' viewBox="0 0 240"', None),
        (' viewBox="0 0 a b"', None),
        (' viewBox="0 0 0 0"', None),
        ("", None),
    ],
)
def test_the_size_of_an_svg_is_its_own_or_that_of_its_box(
    attributes: str, pixels: tuple[int, int] | None
) -> None:
    assert size(svg(attributes=attributes)) == pixels


def test_an_svg_may_begin_with_declarations_and_comments() -> None:
    head = b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- made by hand -->\n<!DOCTYPE svg>\n'
    assert is_svg(head + svg())
    assert size(head + svg()) == (240, 60)
    assert not is_svg(b"<html><svg></svg></html>")


@given(
    st.binary(max_size=200)
    | st.sampled_from(["PNG", "GIF", "JPEG", "WEBP"]).flatmap(
        lambda kind: st.integers(0, 60).map(lambda end: written(kind, (9, 9))[:end])
    )
)
@settings(deadline=None)
def test_no_bytes_make_it_fail(data: bytes) -> None:
    found = size(data)
    assert found is None or min(found) > 0
    assert safe_svg(data) is not None


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M0 0h10" fill="#0b5d6b"/>',
        '<defs><linearGradient id="a"/></defs><rect fill="url(#a)"/><use xlink:href="#a"/>',
        "<style>.a{fill:red}</style><text class='a'>Café &amp; Co</text>",
        '<image href="data:image/png;base64,AAAA"/>',
        '<title>A</title><g xmlns:x="urn:x" x:note="C:\\a"/>',
    ],
)
def test_a_drawing_may_be_published(inside: str) -> None:
    assert safe_svg(svg(inside)) is None


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "has a <script>"),
        ('<x:script xmlns:x="http://www.w3.org/2000/svg"/>', "has a <script>"),
        ("<foreignObject/>", "has a <foreignobject>"),
        ('<p xmlns="http://www.w3.org/1999/xhtml"/>', "has a <p>"),
        ('<path onload="x()"/>', "has an event attribute (onload)"),
        ('<a xlink:href="javascript:x"/>', "refers to something outside of it (javascript:x)"),
        ('<image href="https://a.example/x.png"/>', "refers to something outside of it"),
        ('<use href="data:image/svg+xml;base64,AAAA"/>', "refers to something outside of it"),
        ('<use href="other.svg#a"/>', "refers to something outside of it (other.svg#a)"),
        ('<g xml:base="https://a.example/"/>', "refers to something outside of it"),
        ('<rect fill="url(https://a.example/#a)"/>', "has a style that fetches something (fill)"),
        ('<rect style="fill:u\\72l(//a.example)"/>', "has a style that fetches something (style)"),
        ("<style>@import '//a.example';</style>", "has a style that fetches something"),
        ("<style>a{b:ur<!-- -->l(//a.example)}</style>", "has a style that fetches something"),
        ('<set attributeName="xlink:href" to="javascript:x"/>', "animates a reference"),
        ("<?xml-stylesheet href='//a.example'?>", "has a processing instruction (xml-stylesheet"),
        ("<g>", "is not well-formed XML"),
        ("&nbsp;", "is not well-formed XML"),
    ],
)
def test_what_could_run_or_call_home_is_refused(inside: str, reason: str) -> None:
    assert (safe_svg(svg(inside)) or "").startswith(reason)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"), "declares an entity (a)"),
        (b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + svg("&a;"), "declares an"),
        (b'<!DOCTYPE svg [<!ENTITY % a SYSTEM "//a.example">%a;]>' + svg(), "declares an entity"),
        (b"<html/>", "is not an SVG"),
        (b"", "is not well-formed XML"),
        (svg().decode().encode("utf-16"), "is not UTF-8"),
        (b'<?xml version="1.0" encoding="cp037"?>' + svg(), "is not UTF-8"),
        (svg("\xe9").decode().encode("latin-1"), "is not UTF-8"),
    ],
)
def test_files_that_are_more_or_less_than_a_drawing_are_refused(data: bytes, reason: str) -> None:
    assert (safe_svg(data) or "").startswith(reason)
