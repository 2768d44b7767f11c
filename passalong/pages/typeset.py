"""Setting a few large words: which characters the typeface has, how wide they are, where to break.

The typeface is Source Serif 4 (SIL Open Font License), a variable font from the package
``fontpkg-source-serif-4``. Pillow's basic layout is used throughout: the other one depends on a
library of the machine (fribidi), and the same text must give the same picture everywhere. Basic
layout knows no kerning, so the pairs that gape in large type are closed here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image, ImageFont

_PACKAGE = "fontpkg_source_serif_4"
_FILE = "files/SourceSerif4[opsz,wght].ttf"
_REFERENCE = 1000
_DISPLAY = 36
"""From this size on, in pixels, letters are drawn in their finer cut for display."""

_KERNING = """
A VTWY -90 | A vwyU’ -75 | A CGOQ -40 | D AVWY -45 | O AVWY -45 | Q VWY -45 | F .,A -85
F aceo -40 | J A.,  -55 | K vwy -70 | K CGOQ -40 | L TVWY’ -75 | L vwy -40 | P .,A -85
R TVWY -55 | R vwyCGOQU -40 | T .,A -85 | T cdegoqs -60 | T amnpru–- -35 | U A., -65
V A., -110 | V acdegoqs–- -85 | V mnpruxyz -65 | W A., -100 | W acdegopqs -75 | W mnruz–- -60
X vwy -70 | Y A., -105 | Y acdegopqs -100 | Y uzmnrvwy–- -75
r ., -70 | v ., -90 | w ., -90 | y ., -90 | - TVWY -60 | – TVWY -60 | . ’”‘“ -70 | , ’”‘“ -70
’ cdeoqa -85 | ’ smnr -45 | “ A -80 | „ VWTY -85 | K –- -30 | k o -15 | f ?!) 40 | ? .,  -100
"""
"""First letter, second letters, thousandths of the size; as in the typeface's own table."""


_COMMON = re.compile(
    "[ -~\u00a0-\u012b\u012e-\u0131\u0134-\u0165\u0168-\u017f\u0400-\u045f\u1ea0-\u1ef9"
    "–—‘’‚“”„…•‹›€]*"
)
"""Letters known to be in the typeface, so that most texts need not open it to be sure."""


@cache
def typeface() -> Path:
    """The font's file. Raises ModuleNotFoundError where its package is missing."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {_PACKAGE} is not installed", name=_PACKAGE)
    return Path(spec.submodule_search_locations[0]) / _FILE


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The typeface at ``size`` pixels, regular weight, cut for that size."""
    from PIL import ImageFont  # noqa: PLC0415 - slow, and not needed where every card is kept

    made = ImageFont.truetype(typeface(), size, layout_engine=ImageFont.Layout.BASIC)
    made.set_variation_by_axes([400, 60 if size >= _DISPLAY else 20])
    return made


def plain(text: str) -> str:
    """``text`` as it is drawn: composed, on one line, without characters that leave no mark."""
    composed = unicodedata.normalize("NFC", text.replace("\u202f", "\u00a0"))
    seen = "".join(char for char in composed if unicodedata.category(char) != "Cf")
    return re.sub(r"[ \t\r\n\v\f\x85\u2028\u2029]+", " ", seen).strip()


def covers(text: str) -> bool:
    """Whether the typeface has every character of ``text``."""
    drawn = plain(text)
    return bool(_COMMON.fullmatch(drawn)) or all(_has(char) for char in drawn)


@cache
def _has(char: str) -> bool:
    return char.isspace() or _shape(char) != _shape("\uffff")  # U+FFFF is no character


@cache
def _shape(char: str) -> tuple[tuple[int, int], bytes]:
    mask = font(_DISPLAY).getmask(char)
    return mask.size, bytes(mask)


@cache
def _kerning() -> dict[str, int]:
    pairs: dict[str, int] = {}
    for row in re.split(r"[|\n]", _KERNING.strip()):
        first, seconds, amount = row.split()
        pairs |= {first + second: int(amount) for second in seconds}
    return pairs


@cache
def _kern(first: str, second: str) -> int:
    """What moves ``second`` towards ``first``, for their letters without accents."""
    bare = unicodedata.normalize("NFD", first)[0] + unicodedata.normalize("NFD", second)[0]
    return _kerning().get(bare, 0)


@cache
def width(text: str, size: int) -> float:
    """How wide ``text`` stands at ``size`` pixels."""
    return sum(_steps(text, size))


def draw(on: Image.Image, at: tuple[float, float], text: str, size: int, fill: int) -> None:
    """Draws ``text`` on a grey image, from the point ``at`` on its baseline."""
    x, y = at
    for char, step in zip(text, _steps(text, size), strict=True):
        if not char.isspace():
            glyph, left, top = _glyph(char, size)
            on.paste(fill, (round(x) + left, round(y) + top), glyph)
        x += step


def _steps(text: str, size: int) -> list[float]:
    """The way from each character of ``text`` to the next, in pixels."""
    kerning = map(_kern, text, text[1:] + " ")
    return [
        _advance(char, size) + kern * size / 1000 for char, kern in zip(text, kerning, strict=True)
    ]


@cache
def _advance(char: str, size: int) -> float:
    reference = _REFERENCE if size >= _DISPLAY else size
    return font(reference).getlength(char) * size / reference


@cache
def _glyph(char: str, size: int) -> tuple[Image.Image, int, int]:
    """A character's picture, and where its left upper corner is from the pen on the baseline."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 - as above

    left, top, right, bottom = (round(edge) for edge in font(size).getbbox(char, anchor="ls"))
    glyph = Image.new("L", (max(1, right - left), max(1, bottom - top)), 0)
    ImageDraw.Draw(glyph).text((-left, -top), char, font=font(size), fill=255, anchor="ls")
    return glyph, left, top


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of text and the size at which each fits the measure."""

    lines: tuple[str, ...]
    size: int


def fit(
    text: str, sizes: tuple[int, ...], measure: float, height: float, leading: float
) -> Setting:
    """``text`` at the first of ``sizes`` at which four lines, ``height`` and ``measure`` hold it.

    ``leading`` is the height of a line as a multiple of its size. Lines are of even length. At the
    last size a word that is too long is hyphenated anywhere, and text that is too long is cut.
    """
    text = plain(text)
    for size in sizes:
        most = min(4, int(height / (size * leading)))
        pieces = _pieces(text)
        widths = [width(piece.rstrip(" "), size) for piece in pieces]
        if max(widths) <= measure and sum(widths) <= measure * most:
            lines = _balanced(pieces, size, measure)
            if len(lines) <= most:
                return Setting(tuple(lines), size)
    size = sizes[-1]
    most = max(1, min(4, int(height / (size * leading))))
    pieces = [part for piece in _pieces(text) for part in _cut(piece, size, measure)]
    return Setting(tuple(_shortened(pieces, size, measure, most)), size)


def _pieces(text: str) -> list[str]:
    """``text`` in parts between which a line may end: after a space or a hyphen in a word."""
    return re.split(r"(?<= )|(?<=\w-)(?=\w)", text)


def _balanced(pieces: list[str], size: int, measure: float) -> list[str]:
    """The fewest lines that hold ``pieces``, as even as can be; each piece alone fits a line."""
    space = width(" ", size)
    ends = [0.0, *accumulate(width(piece, size) for piece in pieces)]
    best = [(0, 0.0, 0)]  # for the first n pieces: lines, unevenness, where the last line starts
    for end in range(1, len(pieces) + 1):
        trailing = space if pieces[end - 1].endswith(" ") else 0.0
        options = []
        for start in range(end):
            room = measure - (ends[end] - ends[start] - trailing)
            if room >= 0 or start == end - 1:
                count, uneven, _ = best[start]
                options.append((count + 1, uneven + room * room, start))
        best.append(min(options))
    lines, end = [], len(pieces)
    while end:
        start = best[end][2]
        lines.append("".join(pieces[start:end]).rstrip(" "))
        end = start
    return lines[::-1]


def _cut(piece: str, size: int, measure: float) -> list[str]:
    """``piece`` in parts that fit the measure, hyphens and all."""
    parts = []
    while width(piece.rstrip(" "), size) > measure and len(piece) > 1:
        fitting = (
            n for n in range(len(piece) - 1, 1, -1) if width(piece[:n] + "-", size) <= measure
        )
        at = next(fitting, 1)
        parts.append(piece[:at] + "-")
        piece = piece[at:]
    return [*parts, piece]


def _shortened(pieces: list[str], size: int, measure: float, most: int) -> list[str]:
    """At most ``most`` lines of ``pieces``, with an ellipsis where some had to go."""
    ends = accumulate(width(piece, size) for piece in pieces)
    kept = sum(end <= measure * (most + 1) for end in ends) or 1  # more cannot fit in any case
    lines = _balanced(pieces, size, measure) if kept == len(pieces) else [""] * (most + 1)
    while len(lines) > most and kept > 1:
        kept -= 1
        cut = pieces[kept - 1].rstrip(" ,.;:–-") + "…"
        lines = _balanced([*pieces[: kept - 1], cut], size, measure)
    return lines
