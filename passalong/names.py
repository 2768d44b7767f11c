"""What to call people, from their names as they write them."""

from __future__ import annotations


def first_name(name: str) -> str:
    """What to call somebody: the first word that is no title, or title and name if that is all.

    >>> first_name("Tomas Berg"), first_name("Prof. Dr. Ana Ruiz"), first_name("Dr. Kühn")
    ('Tomas', 'Ana', 'Dr. Kühn')
    """
    words = name.split()
    while len(words) > 2 and words[0].endswith("."):
        words.pop(0)
    if not words or words[0].endswith("."):
        return " ".join(words) or name
    return words[0]


def short_name(name: str) -> str:
    """Tomas B. for Tomas Berg: enough for the advocate who knows him, little for others."""
    first = first_name(name)
    last = name.rsplit(maxsplit=1)[-1] if " " in name else ""
    return f"{first} {last[0]}." if last and not first.endswith(last) else first
