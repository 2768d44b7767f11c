"""What a letter in HTML can say: the names of its texts, and of its rows.

The build compiles one template for each locale (`passalong.pages.mails`), and functions fill it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXTS: Final = ("subject", "greeting")
ROWS: Final[Mapping[str, tuple[str, ...]]] = {
    "paragraphs": ("text",),
    "facts": ("label", "text"),
    "links": ("label", "url"),
    "quotes": ("by", "text"),
    "button": ("address", "label", "url"),
    "closing": ("text",),
    "footer": ("text",),
    "unsubscribe": ("label", "url"),
}
"""The values of each kind of row, sorted; a letter has any number of them, or none."""

FIELDS: Final = (*TEXTS, *ROWS)
"""Every field, in the order in which a letter is filled."""


def skeleton_of(locale: str) -> str:
    """What the bundle calls the skeleton of letters in a locale."""
    return f"mail.{locale}"
