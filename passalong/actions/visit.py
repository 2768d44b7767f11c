"""A page was on a screen: a visit, or a hit that is filed with its reason."""

from __future__ import annotations

from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from passalong.actions.back import back
from passalong.actions.exchange import Outcome, Reply
from passalong.attribution.accounts import attributed
from passalong.events import HIT, VISITED, Event, id_of
from passalong.ledger.port import LimitReached
from passalong.program import MEDIA
from passalong.sharing import FORWARD
from passalong.visits import (
    COUNTED,
    SAME_VISIT_SECONDS,
    Beacon,
    arrival,
    classify,
    medium_of,
    visitor,
)

if TYPE_CHECKING:
    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.known import Known
    from passalong.world import World

VISITS: Final = 5000
"""Visits that one page may have on one day; more are a burst."""
HITS: Final = 500
"""Hits of one page that are filed on one day."""

OWN: Final = "own"
BURST: Final = "burst"
NOBODY: Final = "gpc"
"""Whoever asks not to be told apart is not, not even as one of many."""

_EVIDENCE: Final = {"advocate": "own-page", "share": "share-link", "referee": "personal-link"}
_MEDIA: Final = frozenset({*MEDIA, FORWARD})


def visit(world: World, known: Known, who: Acting, asked: Asked) -> Outcome:
    """Counts a visit, unless there was one of this visitor within the hour, or files a hit."""
    reason = _reason(who, asked)
    if reason == COUNTED:
        seen = _visitor(world, known, who, asked)
        event = _event(known, who, asked, reason, f"{seen}\0{asked.event_id(who)}")
        try:
            world.ledger.visit(event, seen, SAME_VISIT_SECONDS, who.actor(VISITS))
        except LimitReached:
            reason = BURST
    if reason != COUNTED:
        about = _hit(world, known, who, asked, reason)
        with suppress(LimitReached):
            world.ledger.record(_event(known, who, asked, reason, about), who.actor(HITS))
    return Outcome(
        HTTPStatus.NO_CONTENT,
        None,
        lambda: Reply("said", {"title": known.program.brand.name, **back(known, who)}),
        who.locale,
    )


def _reason(who: Acting, asked: Asked) -> str:
    """Why this is a visit or a hit; nobody visits their own page as an advocate."""
    fields = asked.fields
    reason = classify(Beacon(asked.headers, bool(fields["visible"]), bool(fields["look"])))
    return OWN if who.kind == "advocate" and reason == COUNTED else reason


def _hit(world: World, known: Known, who: Acting, asked: Asked, reason: str) -> str:
    """What makes a hit one of its own: its reason, the hour, and who it was unless they mind."""
    seen = "" if reason in (NOBODY, BURST) else _visitor(world, known, who, asked)
    return f"{who.kind}\0{who.subject}\0{reason}\0{seen}\0{asked.at:%Y-%m-%dT%H}"


def _visitor(world: World, known: Known, who: Acting, asked: Asked) -> str:
    """A digest of whoever sees which page today; each share link of a medium is one of its own."""
    link = f"{who.kind} {who.subject} {_medium(known, asked)}"
    agent = asked.headers.get("user-agent", "")
    return visitor(world.secret, link, asked.at, asked.network, agent)


def _medium(known: Known, asked: Asked) -> str:
    """The medium that the link names, if there is one: links can be made up."""
    medium = medium_of(asked.fields["medium"])
    return medium if medium in _MEDIA or medium in known.program.media else ""


def _event(known: Known, who: Acting, asked: Asked, reason: str, about: str) -> Event:
    is_visit = reason == COUNTED
    return Event(
        id=id_of(about),
        program=known.program.id,
        type=VISITED if is_visit else HIT,
        at=asked.at,
        advocate=who.advocate.id,
        referee=who.referee.id if who.referee else "",
        referral=_referral(known, who),
        medium=_medium(known, asked),
        variant=known.variants_of(who.advocate),
        evidence=_EVIDENCE[who.kind],
        classification=reason,
        data=_arrival(known, who, asked) if is_visit else {},
    )


def _arrival(known: Known, who: Acting, asked: Asked) -> dict[str, str]:
    """The campaign that they came by, and the story that they see."""
    return arrival(asked.fields["query"]) | attributed(story=_story(known, who))


def _story(known: Known, who: Acting) -> str:
    """The story on the page; of a page that the bundle lacks, the ledger alone could tell."""
    if who.referee is None:
        return known.shared_story(who.advocate)
    return known.story_of(who.referee, who.advocate) if who.is_listed else ""


def _referral(known: Known, who: Acting) -> str:
    """Whose referral it is, as far as that can be told without asking the ledger."""
    if who.referee is None or not who.is_listed:
        return ""
    return known.holders.referral(who.advocate.id, who.referee.company, who.referee.id)
