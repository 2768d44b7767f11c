"""How long a message is where it is going: on X, and in the address of a mail.

A message is bounded for everybody at once: `widest` finds each word's value that takes most space,
`longest` adds them up.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from passalong.sharing import mailto

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from passalong.drafts import Draft, Piece

X_LIMIT: Final = 280
"""What a post on X may take up, its link included."""

X_LINK: Final = 23
"""What any link takes up on X."""

# docs.x.com/resources/fundamentals/counting-characters: the text is counted in NFC; code points in
# four ranges weigh one and all others two, and an emoji two however it is put together. A bare
# domain is a link where its ending is a known one.
_HEAVY = re.compile("[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
_PICTURE = (
    "(?:[\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2934\u2935\u2b00-\u2bff\u3030\u303d"
    "\u3297\u3299\U0001f000-\U0001faff]|[\u00a9\u00ae]\ufe0f)"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*[\U000e0020-\U000e007f]*"
)
_EMOJI = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}(?:\u200d{_PICTURE})*"
)
_LINK = re.compile(
    r"https?://\S+|\b[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*"
    r"\.(?:com|net|org|info|biz|app|dev|tech|cloud|software|online|site|shop|co|tv)\b(?:/\S*)?",
    re.IGNORECASE,
)


def x_length(text: str) -> int:
    """How much of X's 280 a text takes up, links of its own included."""
    if text.isascii() and "." not in text and ":" not in text:
        return len(text)
    text, links = _LINK.subn(" ", unicodedata.normalize("NFC", text))
    text, emoji = _EMOJI.subn(" ", text)
    return len(text) + len(_HEAVY.findall(text)) + links * (X_LINK - 1) + emoji


def mail_length(text: str) -> int:
    """The characters that a text takes up in a ``mailto:`` address."""
    return len(mailto("", "", text)) - len(mailto("", "", ""))


def widest(values: Iterable[str], measure: Callable[[str], int] = x_length) -> str:
    """The value that takes up most space; empty if there are none."""
    return max(set(values), key=lambda value: (measure(value), value), default="")


def longest(
    draft: Draft, words: Mapping[str, str], measure: Callable[[str], int] = x_length
) -> int:
    """An upper bound of the draft's length over all people, in the units of ``measure``.

    ``words`` holds the widest value of each word; a placeholder counts as the longer of that and
    its fallback.
    """

    def width(piece: Piece) -> int:
        if isinstance(piece, str):
            return measure(piece)
        return max(measure(words.get(piece.name, "")), measure(piece.fallback or ""))

    lines = [line for paragraph in draft.paragraphs for line in paragraph]
    breaks = max(0, len(lines) + len(draft.paragraphs) - 2)
    return sum(width(piece) for line in lines for piece in line) + breaks * measure("\n")
