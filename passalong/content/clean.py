"""Values as they should have been typed: no control characters, no stray white space.

Everything else stays as written, because a name is what its owner says it is: markup, emoji,
right-to-left letters and their direction marks, no-break spaces between a number and its unit.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from passalong.content.problems import Problems

_SPACE = re.compile("\\s{2,}|[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029]")
_LINE_END = re.compile("\r\n?")
_SOFT_BREAK = re.compile("[\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
"""What word processors break a line with inside a paragraph; YAML takes some for line ends."""


@cache
def _dropped() -> re.Pattern[str]:
    """The characters that no page may carry; worked out when first needed."""
    planes = range(0, 17 << 16, 1 << 16)
    never = (
        "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # controls that are not white space
        "\ud800-\udfff"  # lone surrogates: they cannot be written as UTF-8
        "\ue000-\uf8ff"  # private use: the build marks its holes with them
        "\ufdd0-\ufdef"  # noncharacters, as are the last two of each plane
    )
    ends = "".join(chr(plane + end) for plane in planes for end in (0xFFFE, 0xFFFF))
    return re.compile(f"[{never}{ends}]")


def tidy(value: str) -> str:
    """A value on one line: runs of white space become one space, unusable characters go."""
    if value.isprintable() and "  " not in value:
        return value.strip()
    return _SPACE.sub(" ", _dropped().sub("", value)).strip()


def is_tidy(values: list[str]) -> bool:
    """Whether ``tidy`` would leave every value as it is; may say no where it would (quick)."""
    joined = "|".join(values)
    return (
        joined.isprintable()
        and "  " not in joined
        and " |" not in joined
        and "| " not in joined
        and joined == joined.strip()
    )


def unusable(value: str) -> str:
    """The first character of ``value`` that ``tidy`` drops, as ``U+0000``, or nothing."""
    found = None if value.isprintable() else _dropped().search(value)
    return f"U+{ord(found.group()):04X}" if found else ""


def tidy_text(text: str, file: str, problems: Problems) -> str:
    """A text of many lines with ``\\n`` as line end, without unusable characters (a warning).

    A break inside a paragraph becomes a space, so that words do not run together.
    """
    text = _LINE_END.sub("\n", text)
    if text.replace("\n", "").isprintable():
        return text
    text = _SOFT_BREAK.sub(" ", text)
    if found := _dropped().search(text):
        line = text.count("\n", 0, found.start()) + 1
        message = f"the character U+{ord(found.group()):04X} cannot be shown; it is left out."
        problems.warn(file, line, message)
    return _dropped().sub("", text)


def decode(data: bytes, file: str, problems: Problems) -> str | None:
    """The text of a UTF-8 file (a byte order mark is fine), or ``None`` and an error."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        excel = "; Excel calls it “CSV UTF-8”" if file.endswith(".csv") else ""
        hint = f"Save the file as UTF-8{excel}."
        problems.error(file, line, "the text is not UTF-8.", hint)
        return None
