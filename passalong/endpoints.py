"""The endpoints as one table: which pages may call each, with which fields. Everything reads it:
the functions to judge a request, the OpenAPI document, and the template's routes by a test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

if TYPE_CHECKING:
    from passalong.access import Kind

FieldKind = Literal["text", "lines", "email", "time", "choice", "flag", "code", "locale"]


class Field(NamedTuple):
    """One field of a body: what it holds, and how many characters at most.

    ``text`` is one line, ``lines`` may have several, ``time`` is RFC 3339 with an offset, ``code``
    letters, digits, hyphens and underscores.
    """

    name: str
    kind: FieldKind = "text"
    longest: int = 200
    required: bool = False
    choices: tuple[str, ...] = ()


class Endpoint(NamedTuple):
    """A POST that pages make: ``pages`` may call it, ``done`` is the status of success."""

    path: str
    function: Literal["share", "booking", "attribution"]
    summary: str
    pages: tuple[Kind, ...]
    done: int
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        """The path without its prefix: ``bookings/change``."""
        return self.path.removeprefix("/api/")


PREFERENCES: Final = (
    "not-now",
    "stop",
    "resume",
    "show-name",
    "hide-name",
    "no-gift",
    "gift",
    "silent",
    "remove",
    "not-for-me",
)
TOKEN: Final = Field("token", "text", 512, required=True)
ID: Final = Field("id", "code", 64)
ANSWERS: Final = tuple(Field(f"answer{number}", longest=500) for number in (1, 2, 3))
"""What somebody answers to the questions of a program, in their order."""

ENDPOINTS: Final = (
    Endpoint(
        "/api/share",
        "share",
        "An advocate pressed a share or copy control.",
        ("advocate",),
        204,
        (TOKEN, ID, Field("medium", "code", 24, required=True), Field("message", "lines", 4000)),
    ),
    Endpoint(
        "/api/introductions",
        "share",
        "An advocate names a person; a page is made for them.",
        ("advocate",),
        201,
        (
            TOKEN,
            ID,
            Field("name", required=True),
            Field("company"),
            Field("role"),
            Field("reason", "lines", 1000),
            Field("locale", "locale", 12),
            Field("suggestion", "code", 64),
        ),
    ),
    Endpoint(
        "/api/status",
        "share",
        "What became of an advocate's introductions, or a referee's meeting.",
        ("advocate", "referee"),
        200,
        (TOKEN,),
    ),
    Endpoint(
        "/api/preferences",
        "share",
        "What somebody decides about being asked, named, thanked or kept.",
        ("advocate", "referee"),
        200,
        (TOKEN, ID, Field("action", "choice", 16, required=True, choices=PREFERENCES)),
    ),
    Endpoint(
        "/api/visits",
        "attribution",
        "A page was on a screen.",
        ("advocate", "share", "referee"),
        204,
        (
            TOKEN,
            ID,
            Field("medium", "code", 24),
            Field("query", longest=2000),
            Field("visible", "flag", 8),
            Field("look", "flag", 8),
        ),
    ),
    Endpoint(
        "/api/slots",
        "booking",
        "The times that can be booked.",
        ("share", "referee"),
        200,
        (
            TOKEN,
            Field("from", "time", 40),
            Field("to", "time", 40),
            Field("timezone", longest=64),
            Field("change", "flag", 8),
            Field("medium", "code", 24),
            Field("name"),
            Field("email", longest=254),
            Field("company"),
            Field("phone", longest=40),
            Field("note", "lines", 1000),
            *ANSWERS,
        ),
    ),
    Endpoint(
        "/api/bookings",
        "booking",
        "Book one of them.",
        ("share", "referee"),
        201,
        (
            TOKEN,
            ID,
            Field("start", "time", 40, required=True),
            Field("name", required=True),
            Field("email", "email", 254, required=True),
            Field("company"),
            Field("phone", longest=40),
            Field("note", "lines", 1000),
            *ANSWERS,
            Field("timezone", longest=64),
            Field("medium", "code", 24),
            Field("website"),
            Field("shown", "code", 12),
        ),
    ),
    Endpoint(
        "/api/bookings/change",
        "booking",
        "Move or cancel a booked meeting.",
        ("referee",),
        200,
        (
            TOKEN,
            ID,
            Field("action", "choice", 16, required=True, choices=("reschedule", "cancel")),
            Field("start", "time", 40),
            Field("timezone", longest=64),
        ),
    ),
)
"""``website`` is the honeypot: people leave it empty. ``shown`` says when the form was made, in
seconds since 1970. ``change`` asks for times to move a meeting to. What else a form for times says
is what was typed before somebody asked for other ones: it is shown again. ``suggestion`` is the
reference of somebody whom the page suggested. ``query`` is what stood after the ``?`` in the
address of the page.
"""


OUTCOME: Final = Endpoint(
    "/api/outcomes/{token}",
    "attribution",
    "The host says what came of a meeting.",
    (),
    200,
    (
        Field(
            "what",
            "choice",
            16,
            required=True,
            choices=("met", "no_show", "qualified", "disqualified"),
        ),
        Field("amount", longest=40),
        Field("shown", "code", 12),
    ),
)
"""What the page behind a letter to a host sends; its token is in its address. ``amount`` is what
it may be worth, as people write it in the program's currency."""

REPORT: Final = Endpoint(
    "/api/report",
    "attribution",
    "What the program brought, in a period.",
    ("report",),
    200,
    (
        TOKEN._replace(required=False),
        Field(
            "period",
            "choice",
            12,
            choices=("30", "90", "365", "month", "quarter", "year", "custom"),
        ),
        Field("from", longest=10),
        Field("to", longest=10),
        Field(
            "by",
            "choice",
            12,
            choices=(
                *("all", "story", "medium", "message", "advocate"),
                *("kind", "owner", "region", "industry", "variant"),
            ),
        ),
        Field("only", longest=500),
        Field("rows", longest=2000),
        Field("csv", longest=2100),
        Field("seen", "code", 64),
    ),
)
"""``from`` and ``to`` are days, both within, where the period is ``custom`` or none is named;
``only`` is a value of the breakdown ``by``; ``rows`` opens the rows of a figure; ``csv`` asks for a
table by its code; who has ``seen`` a version is told only of another one. The token may stand in an
Authorization header instead, and there programs have the report's key."""


def endpoint(name: str) -> Endpoint:
    """The endpoint of that name. Raises KeyError."""
    for found in (*ENDPOINTS, REPORT):
        if found.name == name:
            return found
    raise KeyError(name)
