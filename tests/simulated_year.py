"""A year of a program, drawn from a seed: the same seed is the same events, in the order of time.

Among them: contested accounts, companies that are named late or twice, visits of people who were
introduced since the last build, meetings that are moved, conversions told twice (by one source or
two, with a deal's id or without) or with a delay, several currencies, reversals, self-referrals,
decisions, and opportunities that begin anew.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from passalong.attribution.rules import Rule, Rules
from passalong.events import (
    ASKED,
    BOOKED,
    CANCELLED,
    CHURNED,
    DECLINED,
    DISQUALIFIED,
    EXPANDED,
    HIT,
    INFLUENCED,
    INTRODUCED,
    LOST,
    MET,
    NO_SHOW,
    OVERRIDDEN,
    PREFERRED,
    QUALIFIED,
    RENEWED,
    RESCHEDULED,
    REVERSED,
    REVIEW,
    SHARED,
    SOURCED,
    VISITED,
    WON,
    Event,
    Money,
)
from passalong.figures.rows import About
from passalong.program import Rate

FIRST = datetime(2025, 11, 1, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
RATES = (
    Rate(date(2025, 1, 1), "USD", "0.92"),
    Rate(date(2025, 1, 1), "JPY", "0.0061"),
    Rate(date(2026, 5, 1), "USD", "0.905"),
    Rate(date(2026, 3, 1), "KWD", "3.0215"),
)
MEDIA = ("linkedin", "email", "whatsapp", "copy-link")
STORIES = ("nordhavn", "kaltwasser", "mossgate", "")
Referral = tuple[str, str, str, str]
"""An advocate, the referral's id, the referee's and the account."""
REASONS = ("bot:linkedinbot", "hidden", "look", "burst")


def rules(rule: Rule = "first") -> Rules:
    days = timedelta(days=1)
    return Rules(rule, 90 * days, 240 * days, "EUR", ZONE, RATES)


def about(advocate: str) -> About | None:
    """What the lists say: somebody with a number that ends in 7 is in none."""
    number = int(advocate.removeprefix("adv-") or 0)
    if number % 10 == 7:
        return None
    return About(
        ("customer", "partner", "contact")[number % 3],
        ("jonas", "mira")[number % 2],
        ("DACH", "Nordics", "UK & Ireland", "")[number % 4],
        ("shipping", "brewing")[number // 2 % 2],
    )


@dataclass
class Year:
    """How much happens, and to how many."""

    seed: int
    number: int
    advocates: int = 20
    program: str = "leeway"
    days: int = 365
    _made: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._draw = Random(self.seed)

    def events(self) -> list[Event]:
        """About ``number`` events."""
        found: list[Event] = []
        while len(found) < self.number:
            if self._draw.random() < 0.06:
                found += self._account()
            else:
                found.append(self._passing())
        return sorted(found, key=lambda event: (event.at, event.id))

    # --- What is said once ---------------------------------------------------------------------

    def _event(self, kind: str, at: datetime, advocate: str, **more: object) -> Event:
        self._made += 1
        name = f"{self._draw.getrandbits(64):016x}-{self._made}"
        return replace(Event(name, self.program, kind, at, advocate), **more)  # type: ignore[arg-type]

    def _moment(self) -> datetime:
        seconds = self._draw.randrange(self.days * 86_400)
        return FIRST + timedelta(seconds=seconds, microseconds=self._draw.choice((0, 250_000)))

    def _advocate(self) -> str:
        return f"adv-{int(self._draw.triangular(0, self.advocates, 0))}"

    def _passing(self) -> Event:
        draw, at, who = self._draw, self._moment(), self._advocate()
        kind = draw.choices((SHARED, VISITED, HIT, ASKED, PREFERRED), (20, 45, 25, 8, 2))[0]
        medium = draw.choice(MEDIA)
        variant = draw.choice(("", "", "b")) if medium == "email" else ""
        story = {"story": one} if (one := draw.choice(STORIES)) else {}
        if kind == SHARED:
            return self._event(kind, at, who, medium=medium, variant=variant, data=story)
        if kind == VISITED:
            data = {**story, "utm_source": "x"}
            return self._event(
                kind, at, who, medium=medium, variant=variant, classification="person", data=data
            )
        if kind == HIT:
            return self._event(kind, at, who, medium=medium, classification=draw.choice(REASONS))
        return self._event(kind, at, who)

    # --- What becomes of a company -------------------------------------------------------------

    def _account(self) -> Iterator[Event]:
        draw = self._draw
        key = f"{draw.getrandbits(40):010x}"
        spelled_twice = draw.random() < 0.05
        begin, contacts = self._moment(), draw.choices((1, 2, 3), (70, 22, 8))[0]
        referrals = []
        for number in range(contacts):
            who = self._advocate()
            referral, referee = f"ref-{key}-{who}", f"in-{key}-{number}"
            at = begin + timedelta(days=draw.randrange(12), seconds=draw.randrange(80_000))
            known = draw.random() < 0.85
            account = f"{key}x" if spelled_twice and number else key
            yield from self._touches(
                who, referral, referee, account if known else "", at, is_new=draw.random() < 0.3
            )
            referrals.append((who, referral, referee, account))
        yield from self._course(begin + timedelta(days=draw.randrange(1, 110)), referrals)

    def _touches(
        self, who: str, referral: str, referee: str, account: str, at: datetime, *, is_new: bool
    ) -> Iterator[Event]:
        draw, story = self._draw, self._draw.choice(STORIES)
        data = {"account": account} if account else {}
        data |= {"story": story} if story else {}
        if draw.random() < 0.06:
            data |= {"signals": "same-domain"}
        word = draw.choices((SOURCED, INFLUENCED, REVIEW, DECLINED), (80, 14, 4, 2))[0]
        if word == DECLINED:
            yield self._event(INTRODUCED, at, who, classification=word)
            return
        if draw.random() < 0.8:
            yield self._event(
                INTRODUCED,
                at,
                who,
                referral=referral,
                referee=referee,
                evidence="named",
                classification=word,
                data=data,
            )
        for _ in range(draw.choices((0, 1, 2, 5), (25, 40, 20, 15))[0]):
            at += timedelta(seconds=draw.randrange(60, 600_000))
            yield self._event(
                VISITED,
                at,
                who,
                referral="" if is_new else referral,
                referee=referee,
                evidence="personal-link",
                classification="person",
            )

    def _course(self, at: datetime, referrals: list[Referral]) -> Iterator[Event]:
        draw = self._draw
        course = draw.choices(("nothing", "meeting", "lost", "won", "anew"), (20, 25, 20, 25, 10))
        if course == ["nothing"]:
            return
        meeting = yield from self._booking(at, draw.choice(referrals))
        at += timedelta(days=draw.randrange(1, 20))
        outcome = draw.choices((MET, NO_SHOW, ""), (75, 15, 10))[0]
        if outcome:
            yield from self._told(outcome, at, draw.choice(referrals), data={"meeting": meeting})
        if draw.random() < 0.1:  # the host says otherwise a day later
            yield from self._told(MET, at + timedelta(days=1), referrals[0], {"meeting": meeting})
        if course == ["meeting"]:
            return
        if draw.random() < 0.7:
            at += timedelta(days=draw.randrange(1, 15))
            yield from self._told(QUALIFIED, at, draw.choice(referrals), money=draw.random() < 0.6)
        at += timedelta(days=draw.randrange(1, 60), seconds=draw.randrange(9999))
        if course in (["lost"], ["anew"]):
            kind = draw.choice((LOST, LOST, DISQUALIFIED))
            yield from self._told(kind, at, draw.choice(referrals), money=draw.random() < 0.2)
        if course == ["anew"]:
            at += timedelta(days=draw.randrange(5, 60))
            yield from self._booking(at, draw.choice(referrals))
        if course != ["lost"]:
            yield from self._sales(at + timedelta(days=draw.randrange(1, 60)), referrals)

    def _booking(self, at: datetime, referral: Referral) -> Generator[Event, None, str]:
        draw, (who, name, referee, account) = self._draw, referral
        meeting = f"m-{draw.getrandbits(48):012x}"
        on_share_page, story = draw.random() < 0.4, draw.choice(STORIES)
        data = {"meeting": meeting, "account": account, "page": "referee", "start": "2026"}
        data |= {"page": "share"} if on_share_page else {}
        data |= {"story": story} if story else {}
        given = {"referral": name, "referee": referee, "evidence": "booking-form"}
        yield self._event(
            BOOKED,
            at,
            who,
            medium=draw.choice(MEDIA) if on_share_page else "",
            classification=INFLUENCED if draw.random() < 0.1 else SOURCED,
            data=data,
            **given,
        )
        plain = {"meeting": meeting}
        if draw.random() < 0.2:
            yield self._event(RESCHEDULED, at + timedelta(hours=5), who, data=plain, **given)
        if draw.random() < 0.1:
            yield self._event(CANCELLED, at + timedelta(hours=9), who, data=plain, **given)
        return meeting

    def _sales(self, at: datetime, referrals: list[Referral]) -> Iterator[Event]:
        draw, deal = self._draw, f"{self._draw.getrandbits(32):08x}"
        data = {"source": "hubspot", "external": deal}
        won = yield from self._told(
            WON, at, draw.choice(referrals), data, money=draw.random() < 0.9
        )
        if draw.random() < 0.3:  # told again: by HubSpot itself, by another, or of no deal by name
            again = draw.choice((data, data | {"source": "import"}, {}))
            later = at + timedelta(hours=draw.choice((0, 0, 30, -30)))
            yield from self._told(WON, later, referrals[0], again, money=draw.random() < 0.7)
        if draw.random() < 0.1:  # and a second deal
            yield from self._told(
                WON, at, referrals[0], {"source": "import", "external": f"{deal}-2"}, money=True
            )
        for kind, likely in ((RENEWED, 0.3), (EXPANDED, 0.2), (CHURNED, 0.15)):
            if draw.random() < likely:
                at += timedelta(days=draw.randrange(20, 150))
                more = draw.choice(({}, data, data | {"source": "import"}))
                yield from self._told(kind, at, draw.choice(referrals), more, money=kind != CHURNED)
        if draw.random() < 0.2:
            of = draw.choice((won.id, f"hubspot:{deal}", f"import:{deal}", f"import:{deal}-2"))
            at += timedelta(days=draw.randrange(30))
            yield from self._told(
                REVERSED, at, draw.choice(referrals), {"of": of}, money=draw.random() < 0.4
            )
        if draw.random() < 0.12:
            choice = draw.choice(("none", "release", f"credit:{self._advocate()}"))
            yield from self._told(
                OVERRIDDEN, at, draw.choice(referrals), {"decision": choice, "of": won.id}
            )

    def _told(
        self,
        kind: str,
        at: datetime,
        referral: Referral,
        data: dict[str, str] | None = None,
        *,
        money: bool = False,
    ) -> Generator[Event, None, Event]:
        """What a CRM, or a person, says; a CRM may speak of the company alone."""
        draw, (who, name, referee, account) = self._draw, referral
        amount = None
        if money:
            currency = draw.choices(("EUR", "USD", "JPY", "KWD"), (70, 20, 6, 4))[0]
            amount = Money(draw.randrange(1, 5_000_000), currency)
        by_company = draw.random() < 0.2
        event = self._event(
            kind,
            at,
            "" if by_company else who,
            referral="" if by_company else name,
            referee="" if by_company else referee,
            evidence=draw.choice(("crm", "e-mail", "host")),
            amount=amount,
            data={**(data or {}), "account": account},
        )
        yield event
        return event
