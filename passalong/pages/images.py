"""What can be told of an image file from its bytes: its size in pixels, and whether an SVG is safe.

Formats as their makers define them: PNG (W3C), GIF89a (CompuServe), JPEG (ITU-T T.81), WebP
(RFC 9649), SVG 2 (W3C). Nothing is decoded, so nothing of an image library is needed.
"""

from __future__ import annotations

import re
import struct
from xml.parsers import expat

_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Start-of-frame markers, which carry the size; the three others in the range are tables."""


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels of a PNG, GIF, JPEG, WebP or SVG, or None where they are not told.

    The first 64 KB of a file are enough, but for a JPEG with larger metadata before its picture.
    """
    try:
        found = _size(data)
    except (struct.error, IndexError):  # the file ends in the middle
        return None
    return found if found and min(found) > 0 else None


def _size(data: bytes) -> tuple[int, int] | None:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack_from(">II", data, 16)
        return width, height
    if data.startswith((b"GIF87a", b"GIF89a")):
        width, height = struct.unpack_from("<HH", data, 6)
        return width, height
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return _webp(data)
    return _svg(data) if is_svg(data) else None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    while True:
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        elif marker == 0x01 or 0xD0 <= marker <= 0xD9:  # markers without a segment
            at += 2
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]


def _webp(data: bytes) -> tuple[int, int] | None:
    kind = data[12:16]
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", data, 21)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8X":
        wide, high = data[24:27], data[27:30]
        return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1
    return None


# SVG

_SVG_START = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*>|<!--.*?-->|<!DOCTYPE[^>]*>)*<(?:\w+:)?svg\b",
    re.DOTALL | re.IGNORECASE,
)
_SVG_TAG = re.compile(rb"<(?:\w+:)?svg\b[^>]*>", re.DOTALL)
_NUMBER = r"\s*([0-9]*\.?[0-9]+)(?:px)?\s*"


def is_svg(data: bytes) -> bool:
    """Whether ``data`` begins as an SVG document does."""
    return _SVG_START.match(data[:4096]) is not None


def _svg(data: bytes) -> tuple[int, int] | None:
    """``width`` and ``height`` where both are pixels, else the size of the ``viewBox``."""
    found = _SVG_TAG.search(data)
    tag = found[0].decode("utf-8", "replace") if found else ""
    width = re.search(rf"\swidth\s*=\s*[\"']{_NUMBER}[\"']", tag)
    height = re.search(rf"\sheight\s*=\s*[\"']{_NUMBER}[\"']", tag)
    if width and height:
        return round(float(width[1])), round(float(height[1]))
    box = re.search(r"\sviewBox\s*=\s*[\"']([^\"']*)[\"']", tag)
    numbers = re.split(r"[\s,]+", box[1].strip()) if box else []
    if len(numbers) != 4 or not all(re.fullmatch(r"-?\d*\.?\d+", number) for number in numbers):
        return None
    return round(float(numbers[2])), round(float(numbers[3]))


_FOREIGN = frozenset(
    {
        "script",
        "foreignobject",
        "iframe",
        "object",
        "embed",
        "audio",
        "video",
        "handler",
        "listener",
    }
)
_HTML = "http://www.w3.org/1999/xhtml"
_REFERENCES = frozenset({"href", "src", "base"})
_RASTER = re.compile(r"data:image/(png|jpeg|gif|webp);base64,", re.IGNORECASE)
_FETCHING = re.compile(r"url\(\s*[\"']?\s*(?!#)|@import|image-set|\\", re.IGNORECASE)
_ENCODING = re.compile(rb"\s*<\?xml[^>]*\sencoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)


class _UnsafeError(Exception):
    """Stops the parser at the first thing that an SVG may not have."""


def safe_svg(data: bytes) -> str | None:
    """Why an SVG may not be published, as the end of a sentence about the file; None if it may.

    Refused are script, event attributes, foreign content, references that leave the file, entity
    declarations (which can read files or grow without end) and whatever is not well-formed XML.
    """
    declared = _ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    if declared and declared[1].lower() not in {b"utf-8", b"us-ascii", b"ascii"}:
        return "is not UTF-8"
    try:
        data.decode("utf-8")
        _guarded_parser().Parse(data, True)  # noqa: FBT003 - this is all of it
    except _UnsafeError as fault:
        return str(fault)
    except UnicodeDecodeError:
        return "is not UTF-8"
    except expat.ExpatError as error:
        return f"is not well-formed XML ({error})"
    return None


def _guarded_parser() -> expat.XMLParserType:
    """A parser that raises :class:`_UnsafeError`; names come to it as ``namespace local-name``."""
    parser = expat.ParserCreate(namespace_separator=" ")
    open_names: list[str] = []
    style: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if not open_names and _local(name) != "svg":
            raise _UnsafeError("is not an SVG")
        open_names.append(_local(name))
        _check_element(name, attributes)

    def end(name: str) -> None:
        open_names.pop()
        if _local(name) == "style" and _FETCHING.search("".join(style)):
            raise _UnsafeError("has a style that fetches something")

    def text(data: str) -> None:
        if "style" in open_names:
            style.append(data)

    def instruction(target: str, data: str) -> None:
        raise _UnsafeError(f"has a processing instruction ({target} {data})".rstrip())

    def entity(name: str, *_: object) -> None:
        raise _UnsafeError(f"declares an entity ({name})")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.ProcessingInstructionHandler = instruction
    parser.EntityDeclHandler = entity
    return parser


def _check_element(name: str, attributes: dict[str, str]) -> None:
    tag = _local(name)
    if tag in _FOREIGN or name.startswith(_HTML):
        raise _UnsafeError(f"has a <{tag}>")
    for attribute, value in attributes.items():
        key = _local(attribute)
        if key.startswith("on"):
            raise _UnsafeError(f"has an event attribute ({key})")
        if key in _REFERENCES and not (value.strip().startswith("#") or _RASTER.match(value)):
            raise _UnsafeError(f"refers to something outside of it ({value[:60]})")
        if key == "attributename" and value.strip().lower().endswith(("href", "src")):
            raise _UnsafeError("animates a reference")
        if " " not in attribute and _FETCHING.search(value):
            raise _UnsafeError(f"has a style that fetches something ({key})")


def _local(name: str) -> str:
    return name.rpartition(" ")[2].lower()
