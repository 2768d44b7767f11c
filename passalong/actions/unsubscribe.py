"""Ending a kind of mail from the mail itself: one press, and a page that asks for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from passalong.actions.back import back
from passalong.actions.exchange import Reply
from passalong.events import PREFERRED, Event, id_of
from passalong.merging import STOP, YES

if TYPE_CHECKING:
    from datetime import datetime

    from passalong.actions.acting import Acting
    from passalong.known import Known
    from passalong.world import World


def ask_to_stop(known: Known, who: Acting, token: str) -> Reply:
    """The page behind the link: it changes nothing, for whoever reads mail for us follows links."""
    locale = known.locale(who.locale)
    button = {
        "action": f"/api/unsubscribe/{token}",
        "token": token,
        "name": "List-Unsubscribe",
        "value": "One-Click",
        "label": locale.text("answer.unsubscribe.button"),
    }
    said = {name: locale.text(f"answer.unsubscribe.{name}") for name in ("title", "text")}
    return Reply("said", {**said, **_back(known, who), "again": (button,)})


def stop(world: World, known: Known, who: Acting, at: datetime) -> Reply:
    """Notes that an advocate wants no such mail. Pressed twice, it is done once."""
    about = f"unsubscribe\0{who.subject}\0{at:%Y-%m-%dT%H:%M}"
    event = Event(
        id=id_of(about),
        program=known.program.id,
        type=PREFERRED,
        at=at,
        advocate=who.advocate.id,
        evidence="mail",
        data={"action": "stop"},
    )
    world.ledger.prefer(event, {STOP: YES}, who.actor())
    locale = known.locale(who.locale)
    said = {name: locale.text(f"answer.preference.stop.{name}") for name in ("title", "text")}
    return Reply("said", {**said, **_back(known, who)})


def _back(known: Known, who: Acting) -> dict[str, str]:
    """The link to the page of the advocate who got the mail."""
    return back(known, replace(who, kind="advocate"))
