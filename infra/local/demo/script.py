"""The year as a list of acts: a function of a seed and a day, and of nothing else.

The firm asks everybody five times; some never answer, a few pass their link on again and again.
What is passed on is looked at, by people and by machines, and most of it comes to nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from infra.local.demo.acts import Act, at_work, later
from infra.local.demo.agents import CRAWLERS, PREVIEWS, browser, client
from infra.local.demo.plots import Plot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from infra.local.demo.cast import Role
    from passalong.people import Advocate

YEAR: Final = 365
ASKS: Final = (358, 284, 203, 118, 37)
"""How many days ago the firm asked."""
BEGUN: Final = ASKS[-1]
"""How many days ago the experiment began: with the letters of that day."""
_SECOND: Final = "linkedin-question=b"
_BETTER: Final = 0.6
"""Of those who then pass their link on, how many would not without the second wording."""
SEASON: Final = (0.8, 1.0, 1.2, 1.1, 1.2, 1.0, 0.6, 0.5, 1.3, 1.3, 1.2, 0.5)
"""How much is going on in each month, from January on."""
_MEDIA: Final = {
    "linkedin": (34, 11.0),
    "email": (20, 2.5),
    "whatsapp": (18, 5.0),
    "copy-link": (11, 4.0),
    "teams": (6, 7.0),
    "x": (4, 8.0),
    "copy-message": (3, 3.0),
    "telegram": (2, 5.0),
    "sms": (2, 1.5),
}
"""How often each medium is chosen, and how many people then look."""
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)


def script(
    cast: Sequence[Role], advocates: Sequence[Advocate], today: date, currency: str, seed: int
) -> list[Act]:
    """Everything that happens in the year before ``today`` begins (UTC), in order.

    What the cast does after that is left out; of a meeting that is still to come, the outcome.
    """
    rng = Random(f"{seed} {today}")  # noqa: S311 - a play, not a secret
    active = [advocate.id for advocate in advocates if advocate.status == "active"]
    acts = [*_asks(active, today, rng), *_wishes(today, rng), *_inbox(today, rng)]
    for role in cast:
        if any(role.advocate == advocate.id for advocate in advocates):
            own = Random(f"{seed} {role.advocate} {role.name}")  # noqa: S311 - as above
            acts += Plot(role, today, currency, own).acts()
    for share in [act for act in acts if act.what == "share"]:
        acts += _looks_at(share, rng)
    acts += _crawlers(active, today, rng)
    first = datetime.combine(today - timedelta(days=YEAR), time(), UTC)
    last = datetime.combine(today, time(), UTC)
    return sorted((act for act in acts if first <= act.at < last), key=lambda act: act.at)


def _asks(active: Sequence[str], today: date, rng: Random) -> Iterator[Act]:
    """The firm's letters; who looks at their page after one, and who passes their link on."""
    zeal = {advocate: max(0.0, rng.gauss(0.3, 0.25)) for advocate in active}
    for days in ASKS:
        asked = at_work(today - timedelta(days=days), rng)
        busy = SEASON[asked.month - 1]
        if days == BEGUN:
            yield Act(asked - _HOUR, "begin")
        for number, advocate in enumerate(active):
            yield Act(asked + timedelta(seconds=number), "ask", advocate)
            eager = zeal[advocate] * busy
            if rng.random() > eager + 0.15:
                continue
            looks = at_work((asked + timedelta(days=rng.expovariate(0.4))).date(), rng)
            yield Act(max(looks, asked + _HOUR), "look", advocate)
            for share in range(2 if rng.random() < eager / 2 else 1):
                if rng.random() < eager + 0.35:
                    at = max(looks, asked + _HOUR) + timedelta(minutes=4 + 3 * share)
                    only = _SECOND if days == BEGUN and rng.random() < _BETTER else ""
                    yield Act(at, "share", advocate, said={"medium": _medium(rng)}, only=only)


def _medium(rng: Random) -> str:
    return rng.choices(list(_MEDIA), [often for often, _ in _MEDIA.values()])[0]


def _looks_at(share: Act, rng: Random) -> Iterator[Act]:
    """Who follows a link: a machine at once, people in the days after, some of them twice."""
    medium = share.said["medium"]
    link = {"page": "share", "medium": medium}
    if medium in PREVIEWS:
        machine = {"agent": PREVIEWS[medium], "client": client(rng)}
        for at in (share.at + timedelta(seconds=20), share.at + _HOUR):
            yield Act(at, "visit", share.advocate, said=link | machine, only=share.only)
    people = _MEDIA[medium][1] if medium in _MEDIA else 3.0
    for _ in range(round(rng.gammavariate(3, people / 3) * SEASON[share.at.month - 1])):
        at = share.at + timedelta(minutes=3) + timedelta(days=rng.expovariate(0.8))
        seen = link | browser(rng) | _minding(rng)
        if medium == "linkedin" and rng.random() < 0.3:
            seen |= {"query": "utm_source=linkedin&utm_medium=social"}
        yield Act(at, "visit", share.advocate, said=seen, only=share.only)
        if rng.random() < 0.18:
            at = later(at, rng, _DAY, 6 * _DAY)
            yield Act(at, "visit", share.advocate, said=seen, only=share.only)


def _minding(rng: Random) -> dict[str, str]:
    """What some browsers say besides: do not tell me apart; or they never showed the page."""
    chance = rng.random()
    if chance < 0.04:
        return {"gpc": "1"}
    return {"hidden": "1"} if chance < 0.07 else {}


def _crawlers(active: Sequence[str], today: date, rng: Random) -> Iterator[Act]:
    """Machines that find a link that somebody put on a public page."""
    for _ in range(60):
        at = at_work(today - timedelta(days=rng.randrange(YEAR)), rng) + 6 * _HOUR
        seen = {"page": "share", "agent": rng.choice(CRAWLERS), "client": client(rng)}
        yield Act(at, "visit", rng.choice(active), said=seen)


def _wishes(today: date, rng: Random) -> Iterator[Act]:
    """What some advocates decide; one of them presses "unsubscribe" in a letter."""
    for days, advocate, action in (
        (259, "adv-1026", "no-gift"),
        (197, "adv-1040", "stop"),
        (151, "adv-1010", "show-name"),
        (33, "adv-1022", "not-now"),
    ):
        at = at_work(today - timedelta(days=days), rng)
        yield Act(at, "wish", advocate, said=browser(rng) | {"action": action})
    at = at_work(today - timedelta(days=116), rng)
    yield Act(at, "unsubscribe", "adv-1014", said=browser(rng))


def _inbox(today: date, rng: Random) -> Iterator[Act]:
    """What the firm's CRM tells that nobody can file: of whom, and what is that?"""
    stranger = {"company": "Ostwind Spedition", "email": "k.lorenz@ostwind-spedition.example"}
    about = {"stage": "won", "external": "LW-2290", "minor": "2150000", "currency": "EUR"}
    yield Act(at_work(today - timedelta(days=16), rng), "tell", said=about | stranger)
    known = {"company": "Boyneside Frozen", "email": "declan.roantree@boyneside.example"}
    about = {"stage": "proposal_sent", "external": "LW-2153"}
    yield Act(at_work(today - timedelta(days=9), rng), "tell", said=about | known)
