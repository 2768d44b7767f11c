"""Which plural form goes with a number, by the cardinal rules of Unicode CLDR for whole numbers.

Rules: https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html
A language that is not named here is taken to be like English.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

CATEGORIES: Final = ("zero", "one", "two", "few", "many", "other")


def category(code: str, n: int) -> str:
    """One of `CATEGORIES` for ``n`` in the language of the locale ``code``."""
    return _RULES.get(code.partition("-")[0], _english)(abs(n))


def _english(n: int) -> str:
    return "one" if n == 1 else "other"


def _none(_: int) -> str:
    return "other"


def _french(n: int) -> str:
    if n and n % 1_000_000 == 0:
        return "many"
    return "one" if n < 2 else "other"


def _spanish(n: int) -> str:
    if n and n % 1_000_000 == 0:
        return "many"
    return _english(n)


def _arabic(n: int) -> str:
    if n < 3:
        return ("zero", "one", "two")[n]
    if 3 <= n % 100 <= 10:
        return "few"
    return "many" if n % 100 >= 11 else "other"


def _russian(n: int) -> str:
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if _two_to_four(n) else "many"


def _polish(n: int) -> str:
    if n == 1:
        return "one"
    return "few" if _two_to_four(n) else "many"


def _czech(n: int) -> str:
    if n == 1:
        return "one"
    return "few" if 2 <= n <= 4 else "other"


def _hebrew(n: int) -> str:
    return {1: "one", 2: "two"}.get(n, "other")


def _two_to_four(n: int) -> bool:
    return 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14


_RULES: Final[dict[str, Callable[[int], str]]] = {
    "ar": _arabic,
    "cs": _czech,
    "es": _spanish,
    "fr": _french,
    "he": _hebrew,
    "id": _none,
    "it": _spanish,
    "ja": _none,
    "ko": _none,
    "ms": _none,
    "pl": _polish,
    "pt": _french,
    "ru": _russian,
    "sk": _czech,
    "th": _none,
    "uk": _russian,
    "vi": _none,
    "zh": _none,
}
