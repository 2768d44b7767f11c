"""An advocate passes their link on: the press is an event, and a form is shown what to send."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from passalong.actions.back import back
from passalong.actions.exchange import Outcome, Reply
from passalong.attribution.accounts import attributed
from passalong.events import SHARED, Event
from passalong.requests import BadFields
from passalong.sharing import share_link

if TYPE_CHECKING:
    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.known import Known
    from passalong.world import World

LIMIT: Final = 200
"""Presses of one advocate that count on one day."""


def share(world: World, known: Known, who: Acting, asked: Asked) -> Outcome:
    """Notes that an advocate shared by a medium; what they wrote goes no further than the answer.

    Raises BadFields for a medium that the program does not have.
    """
    medium = asked.fields["medium"]
    if medium not in known.program.media:
        raise BadFields({"medium": f"must be one of {', '.join(known.program.media)}"})
    event = Event(
        id=asked.event_id(who),
        program=known.program.id,
        type=SHARED,
        at=asked.at,
        advocate=who.advocate.id,
        medium=medium,
        variant=known.variants_of(who.advocate),
        evidence="press",
        data=attributed(story=known.shared_story(who.advocate)),
    )
    world.ledger.record(event, who.actor(LIMIT))
    return Outcome(
        HTTPStatus.NO_CONTENT,
        None,
        lambda: _ready(known, who, medium, asked.fields["message"]),
        who.locale,
    )


def _ready(known: Known, who: Acting, medium: str, typed: str) -> Reply:
    """The finished link, with the message that the advocate typed or with the draft."""
    from passalong.drafting import passed_on  # noqa: PLC0415 - only a form is shown the message

    locale = known.locale(who.locale)
    link = share_link(known.program.base_url, known.holders.code(who.advocate), medium)
    words = known.words_of(who.advocate, who.locale) | {"link": link}
    passed = passed_on(known.drafts_of(who.advocate), medium, locale.code, words, typed)
    label = locale.text(f"media.{medium}.label")
    return Reply(
        "shared",
        {
            "title": locale.text("answer.shared.title"),
            "text": locale.text(f"media.{medium}.hint"),
            "message": passed.text,
            "address": passed.link,
            "subject": ({"text": passed.subject},) if passed.subject else (),
            "open": ({"href": passed.href, "label": label},) if passed.href else (),
            **back(known, who),
        },
    )
