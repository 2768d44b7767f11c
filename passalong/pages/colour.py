"""The program's one colour, mended until it can be read: an accent for light pages and for dark.

The hue stays what the brand says. Lightness moves in OKLCH, where equal steps look equal
(Björn Ottosson, "A perceptual color space for image processing", 2020,
bottosson.github.io/posts/oklab), and only as far as it must. Contrast is that of WCAG 2.2, with
4.5:1 as success criterion 1.4.3 asks of text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

ENOUGH = 4.5
"""The least contrast of text (WCAG 2.2, success criterion 1.4.3, level AA)."""

_STEP = 1 / 256
_GROUND = re.compile(
    r"--(?:paper|sheet)\s*:\s*light-dark\(\s*(#[0-9a-f]{3,6})\s*,\s*(#[0-9a-f]{3,6})\s*\)", re.I
)

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Grounds:
    """What text stands on, as ``#rrggbb``: the page first, then the sheets that lie on it."""

    light: tuple[str, ...] = ("#fbf9f5",)
    dark: tuple[str, ...] = ("#171513",)


@dataclass(frozen=True, slots=True)
class Palette:
    """The accent and the text on it, each ``#rrggbb``, for light and for dark pages."""

    light: str
    dark: str
    on_light: str
    on_dark: str


def grounds(css: str) -> Grounds:
    """The backgrounds that a stylesheet names: ``--paper`` and ``--sheet`` as ``light-dark(…)``."""
    pairs = _GROUND.findall(css)
    if not pairs:
        return Grounds()
    return Grounds(tuple(light for light, _ in pairs), tuple(dark for _, dark in pairs))


def accent(colour: str, on: Grounds = Grounds()) -> Palette:
    """The palette of a brand's ``colour`` (``#rrggbb`` or ``#rgb``) for pages with these grounds.

    Each accent has a contrast of at least 4.5:1 with every ground of its mode. The text on an
    accent is the page's own colour, so that the same ratio holds for a button. Raises ValueError
    for anything but a colour.
    """
    return Palette(
        light=_readable(colour, on.light, towards=-_STEP),
        dark=_readable(colour, on.dark, towards=_STEP),
        on_light=_hex(_channels(on.light[0])),
        on_dark=_hex(_channels(on.dark[0])),
    )


def css(palette: Palette) -> str:
    """The palette as the four custom properties that the stylesheets use."""
    return (
        f":root{{--accent-light:{palette.light};--accent-dark:{palette.dark};"
        f"--on-accent-light:{palette.on_light};--on-accent-dark:{palette.on_dark}}}"
    )


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, share: float) -> str:
    """The colour that is ``share`` (0 to 1) of the way from ``one`` to ``other``, mixed as light.

    In linear light the edge of a letter looks as heavy as it is; in encoded values it thins out.
    """
    pairs = zip(_channels(one), _channels(other), strict=True)
    red, green, blue = (_encoded(_linear(a) * (1 - share) + _linear(b) * share) for a, b in pairs)
    return _hex((red, green, blue))


def _readable(colour: str, on: Sequence[str], towards: float) -> str:
    """The nearest lightness of ``colour`` in one direction that can be read on all of ``on``."""
    shown = _hex(_channels(colour))
    lightness, chroma, hue = _oklch(_channels(colour))
    while min(contrast(shown, ground) for ground in on) < ENOUGH:
        if not 0 <= lightness <= 1:
            raise ValueError(f"no shade of {colour} can be read on {', '.join(on)}")
        lightness += towards
        shown = _hex(_in_gamut(lightness, chroma, hue))
    return shown


def _luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (_linear(channel) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _in_gamut(lightness: float, chroma: float, hue: float) -> Triple:
    """sRGB of an OKLCH colour; where a screen cannot show it, with the most chroma that it can."""
    shown = _srgb(lightness, chroma, hue)
    if all(-1e-4 <= channel <= 1 + 1e-4 for channel in shown):
        return shown
    low, high = 0.0, chroma
    for _ in range(12):
        middle = (low + high) / 2
        shown = _srgb(lightness, middle, hue)
        if all(-1e-4 <= channel <= 1 + 1e-4 for channel in shown):
            low = middle
        else:
            high = middle
    return _srgb(lightness, low, hue)


# Between #rrggbb, sRGB channels of 0 to 1, linear light and OKLCH (hue in radians).


def _channels(colour: str) -> Triple:
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    if not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise ValueError(f"{colour!r} is not a colour such as #0b5d6b")
    red, green, blue = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _hex(channels: Triple) -> str:
    return "#" + "".join(f"{round(min(1, max(0, channel)) * 255):02x}" for channel in channels)


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else math.pow((channel + 0.055) / 1.055, 2.4)


def _encoded(channel: float) -> float:
    if channel <= 0.0031308:
        return 12.92 * channel
    return 1.055 * math.pow(channel, 1 / 2.4) - 0.055


def _oklch(channels: Triple) -> Triple:
    red, green, blue = (_linear(channel) for channel in channels)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _srgb(lightness: float, chroma: float, hue: float) -> Triple:
    a, b = chroma * math.cos(hue), chroma * math.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return _encoded(red), _encoded(green), _encoded(blue)
