"""The picture of a page that chat rooms and feeds show: 1200 × 630 pixels, set like the page.

Paper, a title in ink, the firm's name under a rule, and the accent as one bar. Text is drawn in
sixteen shades from paper to ink, so that a card is a small palette image and quick to compress.
"""

from __future__ import annotations

import hashlib
import math
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from passalong.pages import colour, typeset
from passalong.pages.typeset import covers, draw, fit, width

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

    from passalong.pages.colour import Palette

__all__ = ["SIZE", "card", "covers", "fingerprint"]

SIZE = (1200, 630)
"""Width and height in pixels: what Open Graph readers expect of a large picture."""

_INK = "#1c1a17"
_MARGIN = 88
_MEASURE = SIZE[0] - 2 * _MARGIN
_SIZES = (104, 92, 82, 72, 64, 56)
_LEADING = 1.14
_AIR = 24
"""What a full title leaves free between kicker and rule, in pixels."""
_SMALL = 30
_RULE = 524
_SHADES = 15
"""Palette entries from paper (0) to ink (14); the entry after them is the accent."""


def card(
    title: str,
    kicker: str,
    footer: str,
    palette: Palette,
    direction: Literal["ltr", "rtl"] = "ltr",
) -> bytes:
    """A PNG with ``title`` large, ``kicker`` small above it and ``footer`` below the rule.

    A kicker or footer that the typeface lacks is left out; for such a title the card has a drawn
    mark in its place, so ask :func:`covers` first and tell the author. Equal arguments give equal
    bytes with the same releases of Pillow and zlib.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415 - slow, and not needed where cards are kept

    grey = Image.new("L", SIZE, 0)
    on = ImageDraw.Draw(grey)
    if covers(footer):
        _small(grey, footer, _RULE + 56, direction, shade=_SHADES - 1)
    on.rectangle((_MARGIN, _RULE, SIZE[0] - _MARGIN - 1, _RULE + 1), fill=_fill(4))
    if covers(title) and title.strip():
        if covers(kicker):
            _small(grey, kicker, _MARGIN + 58, direction, shade=12)
        _title(grey, title, direction)
        bar = (_MARGIN, _MARGIN - 8, _MARGIN + 95, _MARGIN - 1)
        bars = [_mirrored(bar, direction)]
    else:
        bars = [_mirrored(_mark(on, title, direction), direction)]
    return _png(grey, bars, palette)


def fingerprint() -> bytes:
    """Changes when equal arguments may give another picture: a part of a kept one's name."""
    import PIL  # noqa: PLC0415 - only its version

    sources = [Path(file).read_bytes() for file in (__file__, colour.__file__, typeset.__file__)]
    made_with = f"{PIL.__version__} {zlib.ZLIB_RUNTIME_VERSION} {typeset.typeface().stat().st_size}"
    return hashlib.blake2b(b"".join([*sources, made_with.encode()]), digest_size=16).digest()


def _title(on: Image.Image, title: str, direction: str) -> None:
    """The title in the space between kicker and rule, a little above its middle."""
    top, bottom = _MARGIN + 86, _RULE - 34
    setting = fit(title, _SIZES, _MEASURE, bottom - top - _AIR, _LEADING)
    leading = setting.size * _LEADING
    slack = bottom - top - leading * len(setting.lines)
    baseline = top + slack * 0.4 + setting.size * 0.86
    for line in setting.lines:
        draw(on, (_from(line, setting.size, direction), baseline), line, setting.size, _fill(14))
        baseline += leading


def _small(on: Image.Image, text: str, y: int, direction: str, shade: int) -> None:
    lines = fit(text, (_SMALL,), _MEASURE, _SMALL, 1).lines
    for line in lines:
        draw(on, (_from(line, _SMALL, direction), y), line, _SMALL, _fill(shade))


def _mark(on: ImageDraw.ImageDraw, title: str, direction: str) -> tuple[int, int, int, int]:
    """Bars that fall like a queue that dissolves, of a rhythm of the title's own; one is accent."""
    seed = hashlib.blake2b(title.encode(), digest_size=32).digest()
    count, wide, floor, tall = 32, 8, _RULE - 40, 330
    step = (_MEASURE - wide) / (count - 1)
    chosen = (0, 0, 0, 0)
    for n in range(count):
        falling = math.exp(-3.2 * n / count) * 0.9 + 0.06
        height = round(tall * falling * (0.72 + 0.28 * seed[n] / 255))
        left = round(_MARGIN + n * step)
        bar = (left, floor - height, left + wide - 1, floor)
        if n == 8 + seed[0] % 8:
            chosen = bar
        else:
            on.rectangle(_mirrored(bar, direction), fill=_fill(5))
    return chosen


def _from(line: str, size: int, direction: str) -> float:
    return SIZE[0] - _MARGIN - width(line, size) if direction == "rtl" else _MARGIN


def _mirrored(box: tuple[int, int, int, int], direction: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = box
    return (SIZE[0] - 1 - right, top, SIZE[0] - 1 - left, bottom) if direction == "rtl" else box


def _fill(shade: int) -> int:
    """The grey that stands for a shade of the palette while the card is drawn."""
    return shade * 255 // (_SHADES - 1)


def _png(grey: Image.Image, bars: list[tuple[int, int, int, int]], palette: Palette) -> bytes:
    from PIL import ImageDraw  # noqa: PLC0415 - as above

    image = grey.point([round(value * (_SHADES - 1) / 255) for value in range(256)])
    on = ImageDraw.Draw(image)
    for bar in bars:
        on.rectangle(bar, fill=_SHADES)
    shades = [colour.mixed(palette.on_light, _INK, n / (_SHADES - 1)) for n in range(_SHADES)]
    colours = bytes.fromhex("".join([*shades, palette.light]).replace("#", ""))
    return _encoded(image.tobytes("raw", "L;4"), colours)


def _encoded(packed: bytes, colours: bytes) -> bytes:
    """A PNG (W3C, Portable Network Graphics) of two pixels a byte; rows are not filtered.

    Written here because importing Pillow's own writers takes longer than drawing all cards.
    """
    row = SIZE[0] // 2
    rows = b"".join(b"\0" + packed[at : at + row] for at in range(0, len(packed), row))
    data = zlib.compress(rows, level=4)
    header = struct.pack(">IIBBBBB", *SIZE, 4, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )
