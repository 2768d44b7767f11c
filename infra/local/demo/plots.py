"""From the course of somebody of the cast to acts with their times."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from infra.local.demo.acts import Act, at_work, later
from infra.local.demo.agents import BROWSERS, PREVIEWS, browser, client
from passalong.events import DISQUALIFIED, MET, NO_SHOW, QUALIFIED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from random import Random

    from infra.local.demo.acts import What
    from infra.local.demo.cast import Role, Step

_MINUTE: Final = timedelta(minutes=1)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_RECENT: Final = 20
"""Whoever began so few days ago begins on the very day, that what is to come stays to come."""
_OUTCOMES: Final = {
    "met": MET,
    "no-show": NO_SHOW,
    "fits": QUALIFIED,
    "no-fit": DISQUALIFIED,
}


class Plot:
    """What becomes of one person, step after step; ``now`` is when the last one happened."""

    def __init__(self, role: Role, today: date, currency: str, rng: Random) -> None:
        self._role, self._rng, self._currency = role, rng, currency
        shift = rng.randrange(-2, 3) if role.days > _RECENT else 0
        self.now = at_work(today - timedelta(days=role.days + shift), rng)
        self._meeting = self.now
        self._seen = browser(rng)
        self._in_a_hurry = role.days <= _RECENT

    def acts(self) -> Iterator[Act]:
        """Everything, in order."""
        role = self._role
        if role.is_named:
            yield self._about_advocate("look", self.now - 4 * _MINUTE)
            said = {"name": role.name, "company": role.company, "role": role.role}
            said |= {"reason": role.reason, "locale": role.locale}
            yield Act(self.now, "introduce", role.advocate, role.number, said)
        else:
            yield self._about_advocate("share", self.now, medium=role.way)
        for step in role.course:
            yield from self._step(step)

    def _step(self, step: Step) -> Iterator[Act]:
        if step.word in _OUTCOMES:
            yield from self._outcome(step)
            return
        match step.word:
            case "reads":
                yield from self._reads()
            case "visits":
                self._after(_HOUR, 2 * _DAY)
                yield self._act("visit", self._seen | {"medium": self._role.way, "page": "share"})
            case "books":
                yield from self._books(step)
            case "moves":
                yield from self._moves(step)
            case "cancels":
                self.now = self._before_meeting()
                yield self._act("cancel", self._seen)
            case "removes":
                self._after(_DAY, 3 * _DAY)
                yield self._act("wish", self._seen | {"action": "remove"})
            case _:
                yield self._told(step)

    def _reads(self) -> Iterator[Act]:
        """A few looks at their own page, the first sometimes after a scanner of links."""
        self._after(_HOUR, _DAY if self._in_a_hurry else 3 * _DAY)
        if self._rng.random() < 0.35:
            scanner = {"agent": PREVIEWS["email"], "client": client(self._rng)}
            yield self._act("visit", scanner, self.now - _HOUR / 2)
        yield self._act("visit", self._seen)
        for _ in range(self._rng.randrange(3)):
            self._after(2 * _HOUR, (_DAY if self._in_a_hurry else 4 * _DAY))
            yield self._act("visit", self._seen)

    def _books(self, step: Step) -> Iterator[Act]:
        self._after(3 * _MINUTE, _HOUR / 2)
        self._meeting = self._wanted(step, 4, 11)
        said = {"wanted": self._meeting.isoformat(), "phone": self._phone()}
        if not self._role.is_named:
            said["medium"] = self._role.way
        yield self._act("book", self._seen | said)
        for _ in range(self._rng.randrange(3)):  # when was it again?
            at = later(self.now, self._rng, _HOUR, (self._meeting - self.now) * 0.9)
            yield self._act("visit", self._seen, at)

    def _moves(self, step: Step) -> Iterator[Act]:
        self.now = self._before_meeting()
        self._meeting = max(self._wanted(step, 3, 9), self._meeting + _DAY)
        said = {"wanted": self._meeting.isoformat()}
        yield self._act("move", self._seen | said)

    def _outcome(self, step: Step) -> Iterator[Act]:
        """As the host says it, on the page in their letter; some leave "fits" to the CRM."""
        if step.word == "fits" and self._rng.random() < 0.4:
            self.now += later(self._meeting, self._rng, _DAY, 4 * _DAY) - self._meeting
            yield self._told(step)
            return
        second = step.word in ("fits", "no-fit")
        self.now = self._meeting + (2 * _HOUR + 3 * _MINUTE if second else 2 * _HOUR)
        money = step.money(self._currency)
        amount = {"amount": str(money.minor // 100)} if money else {}
        said = {"what": _OUTCOMES[step.word], "agent": BROWSERS[0], "client": "192.0.2.1"}
        yield self._act("outcome", said | amount)

    def _told(self, step: Step) -> Act:
        """As the firm's CRM tells it."""
        if step.days:
            self.now = at_work((self.now + timedelta(days=step.days)).date(), self._rng)
        said = {"stage": _OUTCOMES.get(step.word, step.word), "external": self._role.deal}
        if money := step.money(self._currency):
            said |= {"minor": str(money.minor), "currency": money.currency}
        return self._act("tell", said)

    def _wanted(self, step: Step, least: int, most: int) -> datetime:
        """When they would like to meet."""
        days = int(step.value) if step.value else self._rng.randrange(least, most)
        return at_work((self.now + timedelta(days=days)).date(), self._rng)

    def _before_meeting(self) -> datetime:
        return later(self.now, self._rng, _HOUR, (self._meeting - self.now) * 0.7)

    def _after(self, least: timedelta, most: timedelta) -> None:
        self.now = later(self.now, self._rng, least, most)

    def _phone(self) -> str:
        return f"+49 30 23125 {self._rng.randrange(100, 999)}"

    def _act(self, what: What, said: dict[str, str], at: datetime | None = None) -> Act:
        return Act(at or self.now, what, self._role.advocate, self._role.number, said)

    def _about_advocate(self, what: What, at: datetime, **said: str) -> Act:
        return Act(at, what, self._role.advocate, said=said)
