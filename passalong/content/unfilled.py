"""A story's template that nobody has filled in: its own words must not be published."""

from __future__ import annotations

import re

from passalong.content.bodies import mask

_WORDS = re.compile(
    r"""\b(?:text|name|role|value|label):\ *["']?
        (What\ they\ said\.|First\ and\ last\ name|What\ they\ do\ there|00\ %|what\ it\ is)
        (?=["']?\s*(?:[,}#\n]|\Z))
    |:\ (the\ result\ in\ one\ clause)
    |(One\ sentence\ that\ says\ what\ was\ wrong\ and\ what\ is\ different\ now)
    |(Write\ the\ story\ here)""",
    re.VERBOSE,
)
"""What ``site/starter/story.md`` says where the customer's answers belong."""
_SHOWN = 2


def unfilled(text: str) -> tuple[int, str]:
    """The first line of a story's file that still holds words of the template, and which they are.

    ``(0, "")`` where there are none; comments, such as its questions, may stay.

    >>> unfilled("---\\ntitle: How Nordhavn waits less\\n---\\nWrite the story here, please.")
    (4, '“Write the story here”')
    """
    masked = mask(text)
    found = [
        (masked.count("\n", 0, words.start()) + 1, next(filter(None, words.groups())))
        for words in _WORDS.finditer(masked)
    ]
    if not found:
        return 0, ""
    quoted = list(dict.fromkeys(f"“{words}”" for _, words in found))
    lines = sorted({line for line, words in found if f"“{words}”" in quoted[_SHOWN:]})
    others = f" and more in line {', '.join(map(str, lines))}" if lines else ""
    return found[0][0], ", ".join(quoted[:_SHOWN]) + others
