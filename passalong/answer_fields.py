"""What each page that answers a form can say: the names of its texts, and of its rows.

The build compiles a template for each (`passalong.pages.answers`), and functions fill it. A text is
always there, if only empty; what a page may lack is rows, none or one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.pages.fill import Row, Values

Shapes = tuple[tuple[str, ...], ...]


class Answer(NamedTuple):
    """``texts`` are single values; ``rows`` has the shapes of each kind of row, names sorted."""

    texts: tuple[str, ...]
    rows: Mapping[str, Shapes]

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field, in the order in which the page is filled."""
        return (*self.texts, *self.rows)


_EVERY: Final = ("title", "text", "back", "back_label")
_LINK: Final[Shapes] = (("href", "label"),)

ANSWERS: Final[Mapping[str, Answer]] = {
    "said": Answer(
        _EVERY,
        {
            "facts": (("label", "text"),),
            "again": (("action", "label", "name", "token", "value"),),
        },
    ),
    "shared": Answer(
        (*_EVERY, "message", "address"),
        {"subject": (("text",),), "open": _LINK},
    ),
    "introduced": Answer(
        (*_EVERY, "url", "message", "mail", "mail_label"),
        {"subject": (("text",),)},
    ),
    "status": Answer(_EVERY, {"people": (("label", "stage"),)}),
    "times": Answer(
        (
            *_EVERY,
            "token",
            "action",
            "button",
            "timezone",
            "medium",
            "shown",
            "name",
            "email",
            "company",
            "phone",
            "note",
            "answer1",
            "answer2",
            "answer3",
            "change",
        ),
        {
            "problem": (("text",),),
            "times": (("day",), ("start", "words"), ("chosen", "start", "words")),
            "later": (("after", "label"),),
            "zones": (("label", "value"),),
            "person": (("token",),),
            "call": (("label",),),
        },
    ),
    "meeting": Answer(
        (*_EVERY, "when", "with", "where"),
        {"join": _LINK, "moving": (("token",),), "bring": _LINK},
    ),
    "outcome": Answer(
        (*_EVERY, "when", "action", "shown", "amount"),
        {
            "problem": (("text",),),
            "choices": (("label", "value"),),
            "worth": (("label",),),
        },
    ),
}
"""``back`` leads to where they came from. Rows of ``times`` are a day, then its times, one of them
``chosen`` if it was before; of ``zones`` the first is the chosen one; ``person`` is there when
somebody books and not when they move (then ``change`` is 1), ``call`` where the host calls.
``worth`` is there where an amount can be typed.
``answer1`` and so on are what was typed for the program's own questions. ``again`` is a form of one
button, ``name=value``.
"""


def values(answer: str, said: Mapping[str, str | tuple[Row, ...]]) -> Values:
    """The values of an answer's page in the order in which it is filled; what is not said is empty.

    Raises KeyError for an answer that there is not, TypeError for a field that it lacks.
    """
    wanted = ANSWERS[answer]
    if unknown := said.keys() - set(wanted.fields):
        raise TypeError(f"{answer} has no {', '.join(sorted(unknown))}")
    return (
        *(said.get(name, "") for name in wanted.texts),
        *(said.get(name, ()) for name in wanted.rows),
    )
