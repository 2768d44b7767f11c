"""How many decimals an amount in a currency has (ISO 4217), and amounts read exactly."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

# Currencies whose minor unit has another number of decimals than two.
# fmt: off
_DECIMALS: Final = dict.fromkeys((
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
    "VUV", "XAF", "XOF", "XPF",
), 0) | dict.fromkeys((
    "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND",
), 3) | dict.fromkeys((
    "CLF", "UYW",
), 4)
# fmt: on
_AMOUNT: Final = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
_RATE: Final = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?")


def decimals_of(currency: str) -> int:
    """How many decimals of the currency's unit its minor unit is."""
    return _DECIMALS.get(currency, 2)


def minor_units(amount: str, currency: str) -> int:
    """A decimal text such as "1999.99" in the currency's minor units: 199999 in EUR, exactly.

    Further decimals may only be noughts. Raises ValueError for whatever is no plain decimal text
    (a group sign, a comma, an exponent) or is finer than the currency, TypeError for a float.
    """
    if not isinstance(amount, str):
        raise TypeError(f"an amount is a decimal text, not {type(amount).__name__}")
    if not _AMOUNT.fullmatch(amount):
        raise ValueError("an amount is written like 1999.99")
    decimals = decimals_of(currency)
    sign, digits = amount.startswith("-"), amount.lstrip("+-")
    whole, _, rest = digits.partition(".")
    if rest[decimals:].strip("0"):
        raise ValueError(f"{currency} has {decimals} decimals, and no more")
    minor = int(whole + rest[:decimals].ljust(decimals, "0"))
    return -minor if sign else minor


def is_rate(text: str) -> bool:
    """Whether ``text`` is a rate that can be counted with: a decimal number above nought."""
    return _RATE.fullmatch(text) is not None and Decimal(text) > 0
