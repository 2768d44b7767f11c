"""Answers to forms as functions would give them, for the pages that a test opens to take in."""

from __future__ import annotations

from typing import Any

from passalong import answer_fields
from passalong.pages.answers import answer_skeletons
from passalong.pages.fill import fill
from passalong.pages.reading import read
from passalong.pages.site import Site
from tests.programs import SITE, Made

LINK = "https://friends.leeway.example/p/3ybdkb309japrc887vrdmhrc69/"
HOURS = ("09:00", "09:30", "10:30", "11:00", "13:30", "14:00", "15:30", "16:00", "16:30")
DAYS = ("Tuesday 24 November", "Wednesday 25 November", "Thursday 26 November")
ZONES = {
    "Europe/Berlin": "Berlin time",
    "Europe/London": "London time",
    "America/Argentina/ComodRivadavia": "Comodoro Rivadavia time",
}

SAID: dict[str, dict[str, Any]] = {
    "said": {
        "title": "We will not ask you again.",
        "text": "That holds from this moment. Your page and your links stay as they are.",
        "again": [
            {
                "action": "/api/preferences",
                "token": "t",
                "name": "action",
                "value": "resume",
                "label": "You may ask me after all",
            }
        ],
    },
    "shared": {
        "title": "Ready to send",
        "text": "LinkedIn takes only the link: paste the message into your post.",
        "message": "We wait a third less at the quay since we work with Leeway.\n\nWorth a look.",
        "address": "https://friends.leeway.example/r/c10x4d5dvbf0s/?v=linkedin",
        "open": [{"href": "https://www.linkedin.com/", "label": "Share on LinkedIn"}],
    },
    "introduced": {
        "title": "The page for Tomas is ready.",
        "text": "Nobody has been told: send Tomas the link yourself.",
        "url": LINK,
        "message": f"Hello Tomas,\n\n25 minutes, and nobody calls you:\n{LINK}\n\nMaria",
        "mail": "mailto:?subject=For%20you&body=Hello%20Tomas%2C%0D%0A%0D%0A25%20minutes%2C%20and"
        "%20nobody%20calls%20you%3A%0D%0Ahttps%3A%2F%2Ffriends.leeway.example%2Fp%2F"
        "3ybdkb309japrc887vrdmhrc69%2F%0D%0A%0D%0AMaria",
        "mail_label": "Open it as a mail",
        "subject": [{"text": "Somebody you might like to talk to"}],
    },
    "status": {
        "title": "Where they stand",
        "text": "First names and where things stand, nothing else.",
        "people": [
            {"label": "Tomas B.", "stage": "meeting arranged"},
            {"label": "Konstantinos-Alexandros P.", "stage": "not a fit, and told so"},
        ],
    },
    "times": {
        "title": "Pick a time with Jonas",
        "text": "25 minutes, by video call. The link comes with the invitation.",
        "token": "t",
        "action": "/api/bookings",
        "button": "Book this time",
        "timezone": "Europe/Berlin",
        "shown": "1795000000",
        "times": [
            row
            for number, day in enumerate(DAYS)
            for row in (
                {"day": day},
                *(
                    {"start": f"2026-11-{24 + number}T{hour}:00+01:00", "words": hour}
                    for hour in HOURS[number : 9 - number]
                ),
            )
        ],
        "later": [{"after": "2026-11-27T00:00:00+01:00", "label": "Later times"}],
        "zones": [{"value": value, "label": label} for value, label in ZONES.items()],
        "person": [{"token": "t"}],
    },
    "meeting": {
        "title": "You meet Jonas.",
        "text": "The invitation goes to tomas@kestrel.example, and your calendar will keep it.",
        "when": "Tuesday 24 November, 10:30, Berlin time",
        "with": "Jonas Petersen",
        "where": "A video call",
        "join": [{"href": "https://meet.leeway.example/jonas", "label": "Join the call"}],
        "moving": [{"token": "t"}],
        "bring": [{"href": "mailto:?subject=x", "label": "Send it to a colleague"}],
    },
    "outcome": {
        "title": "How was it with Tomas?",
        "text": "Two presses at most. You can change your answer later.",
        "when": "Tuesday 24 November, 10:30, Berlin time",
        "action": "/api/outcomes/t",
        "shown": "1795000000",
        "choices": [
            {"value": "met", "label": "We met"},
            {"value": "no_show", "label": "Nobody came"},
        ],
    },
}
"""Something that each answer may say."""


class Answers:
    """The answers of one program in its languages."""

    def __init__(self, made: Made) -> None:
        self.site = Site(read(made.order()).editorial, made.content, SITE)
        self.skeletons = answer_skeletons(self.site)

    def page(self, name: str, code: str = "en", /, **said: Any) -> str:
        """An answer, with what is said besides or instead of its `SAID`."""
        given = {"back": "/p/x/", "back_label": "Back to the page"} | SAID[name] | said
        rows = answer_fields.ANSWERS[name].rows
        given = {key: tuple(value) if key in rows else value for key, value in given.items()}
        values = answer_fields.values(name, given)
        return next(fill(self.skeletons[f"{name}.{code}"], [values])).decode()
