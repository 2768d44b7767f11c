"""Does what the script says: as people's browsers, the firm's CRM and its relay would do it.

Everything goes to the real functions as events of the HTTP API, with the token of the page that
people have before them, or of the letter that they got. Only the clock is another.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from infra.local.demo.browser import data_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from infra.local.demo.acts import Act
    from infra.local.demo.browser import Browser
    from infra.local.demo.cast import Role
    from infra.local.demo.firm import Firm
    from infra.local.gateway import Answer
    from passalong.known import Known

_SOON: Final = timedelta(seconds=5)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
_ASKED: Final = _HOUR + timedelta(minutes=1)
"""So long after a meeting its host has the letter that asks what came of it."""
_DONE: Final = (200, 201, 202, 204)
_SILENT: Final = frozenset({"share", "visit", "look"})
"""What no letter follows from: the relay hears of it with whatever comes next."""


@dataclass
class Clock:
    """The time of the played year."""

    now: datetime

    def __call__(self) -> datetime:
        """The time."""
        return self.now


class Meeting(NamedTuple):
    """A meeting as its referee was told of it."""

    id: str
    start: datetime
    end: datetime


@dataclass
class Played:
    """How it went: how many things were done, and what was refused, in words."""

    done: int = 0
    refused: list[str] = field(default_factory=list)


class Player:
    """Plays acts, each at its time, and whatever follows from them."""

    def __init__(
        self,
        clock: Clock,
        browser: Browser,
        firm: Firm,
        known: Callable[[], Known],
        cast: Sequence[Role],
    ) -> None:
        self._clock, self._browser, self._firm = clock, browser, firm
        self._known, self._cast = known, cast
        self._pages: dict[int, str] = {}
        self._meetings: dict[int, Meeting] = {}
        self._numbers = count()
        self._waiting: list[tuple[datetime, int, Act | None]] = []
        self.played = Played()

    def play(
        self, acts: Sequence[Act], until: datetime, progress: Callable[[int, int], None]
    ) -> Played:
        """Plays what happens before ``until``; the relay's last round is then."""
        for act in acts:
            self._wait(act.at, act)
        while self._waiting and self._waiting[0][0] < until:
            at, _, due = heapq.heappop(self._waiting)
            if due and (not_yet := self._not_yet(due, at)):
                self._wait(not_yet, due)
                continue
            self._clock.now = at
            if due:
                self._do(due)
                progress(self.played.done, len(acts))
            else:
                self._firm.follow()
        self._clock.now = until
        self._firm.follow()
        progress(len(acts), len(acts))
        return self.played

    def _wait(self, at: datetime, act: Act | None) -> None:
        heapq.heappush(self._waiting, (at, next(self._numbers), act))

    def _not_yet(self, act: Act, at: datetime) -> datetime | None:
        """When an act can be, that comes after a meeting which took place later than it says."""
        meeting = self._meetings.get(act.role) if act.role is not None else None
        if (
            meeting is None
            or act.what not in ("outcome", "tell", "book")
            or at > meeting.end + _ASKED
        ):
            return None
        return meeting.end + 2 * _HOUR + timedelta(minutes=act.at.minute)

    def _do(self, act: Act) -> None:
        if act.only and act.only not in self._variants(act):
            return
        self.played.done += 1
        if act.what == "begin":
            self._firm.begin()
            return
        if act.what == "ask":
            self._firm.ask(act)
            return
        try:
            answer = _HANDS[act.what](self, act)
        except (KeyError, FileNotFoundError) as error:
            self._refuse(act, f"nothing to do it with: {error!r}")
            return
        if answer.status not in _DONE:
            self._refuse(act, f"{answer.status} {answer.body.decode()[:200]}")
        if act.what not in _SILENT:
            self._wait(self._clock.now + _SOON, None)

    def _refuse(self, act: Act, why: str) -> None:
        who = self._cast[act.role].name if act.role is not None else act.advocate
        self.played.refused.append(f"{act.at:%Y-%m-%d} {act.what} {who}: {why}")

    # --- At an advocate's page, and behind their link ------------------------------------------

    def _look(self, act: Act) -> Answer:
        seen = act.said if "agent" in act.said else _AT_HOME
        return self._browser.post("visits", self._own(act), seen, visible=True)

    def _share(self, act: Act) -> Answer:
        return self._browser.post("share", self._own(act), _AT_HOME, medium=act.said["medium"])

    def _introduce(self, act: Act) -> Answer:
        answer = self._browser.post("introductions", self._own(act), _AT_HOME, **act.said)
        self._keep_page(act, answer)
        return answer

    def _wish(self, act: Act) -> Answer:
        page = self._own(act) if act.role is None else self._pages[act.role]
        return self._browser.post("preferences", page, act.said, action=act.said["action"])

    def _unsubscribe(self, act: Act) -> Answer:
        advocate = self._known().advocate(act.advocate)
        path = self._firm.letters.unsubscribe[advocate.email if advocate else ""]
        return self._browser.press(path, act.said, **{"List-Unsubscribe": "One-Click"})

    # --- At a referee's page -------------------------------------------------------------------

    def _visit(self, act: Act) -> Answer:
        said = act.said
        return self._browser.post(
            "visits",
            self._page(act),
            said,
            visible=not said.get("hidden"),
            medium=said.get("medium", ""),
            query=said.get("query", ""),
        )

    def _book(self, act: Act) -> Answer:
        role, page = self._role(act), self._page(act)
        said = {"name": role.name, "email": role.email, "company": role.company}
        said |= {"phone": act.said["phone"], "medium": act.said.get("medium", "")}
        start = self._free(page, act, **said)
        answer = self._browser.post("bookings", page, act.said, start=start, **said)
        self._keep_page(act, answer)
        self._keep_meeting(act, answer)
        return answer

    def _move(self, act: Act) -> Answer:
        page = self._page(act)
        start = self._free(page, act, change="1")
        said = {"action": "reschedule", "start": start}
        answer = self._browser.post("bookings/change", page, act.said, **said)
        self._keep_meeting(act, answer)
        return answer

    def _cancel(self, act: Act) -> Answer:
        return self._browser.post("bookings/change", self._page(act), act.said, action="cancel")

    def _free(self, page: str, act: Act, **said: str) -> str:
        """The first free time from the wanted one on."""
        wanted = datetime.fromisoformat(act.said["wanted"])
        asked = {name: said[name] for name in ("email", "company", "change") if said.get(name)}
        span = {"from": act.said["wanted"], "to": (wanted + 2 * _WEEK).isoformat()}
        found = data_of(self._browser.post("slots", page, act.said, **asked, **span))
        return str(found["slots"][0]["start"]) if found.get("slots") else act.said["wanted"]

    # --- The firm ------------------------------------------------------------------------------

    def _outcome(self, act: Act) -> Answer:
        meeting = self._meetings[self._role(act).number]
        fields = {name: act.said[name] for name in ("what", "amount") if name in act.said}
        return self._browser.press(self._firm.letters.outcomes[meeting.id], act.said, **fields)

    def _tell(self, act: Act) -> Answer:
        said = dict(act.said)
        if act.role is not None:
            said |= {"email": self._role(act).email, "company": self._role(act).company}
        headers, body = self._firm.told(said, self.played.done)
        return self._browser.tell("conversions", headers, body)

    def _variants(self, act: Act) -> list[str]:
        """The codes of the variants that an advocate has."""
        known = self._known()
        advocate = known.advocate(act.advocate)
        return known.variants_of(advocate).split(",") if advocate else []

    # --- What people have in hand --------------------------------------------------------------

    def _role(self, act: Act) -> Role:
        if act.role is None:
            raise KeyError("nobody of the cast")
        return self._cast[act.role]

    def _own(self, act: Act) -> str:
        """An advocate's own page."""
        return f"a/{self._known().holders.key('advocate', act.advocate)}"

    def _page(self, act: Act) -> str:
        """The page that somebody has before them: their own, or the one behind a share link."""
        if act.role in self._pages:
            return self._pages[act.role]
        known = self._known()
        advocate = known.advocate(act.advocate)
        if advocate is None or (act.role is not None and self._cast[act.role].is_named):
            raise KeyError("a page")
        return f"r/{known.holders.code(advocate)}"

    def _keep_page(self, act: Act, answer: Answer) -> None:
        if url := data_of(answer).get("url"):
            path = "/".join(str(url).rstrip("/").split("/")[-2:])
            self._pages[self._role(act).number] = path

    def _keep_meeting(self, act: Act, answer: Answer) -> None:
        """Notes a meeting, and when the relay has to do something about it."""
        told = data_of(answer)
        if answer.status not in _DONE or "id" not in told:
            return
        start, end = (datetime.fromisoformat(told[name]) for name in ("start", "end"))
        self._meetings[self._role(act).number] = Meeting(told["id"], start, end)
        for at in (start - _DAY, end + _HOUR):
            self._wait(max(at, self._clock.now) + _SOON, None)


_AT_HOME: Final[Mapping[str, str]] = {
    "agent": "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "client": "192.0.2.17",
}
_HANDS: Final[Mapping[str, Callable[[Player, Act], Answer]]] = {
    "look": Player._look,
    "share": Player._share,
    "introduce": Player._introduce,
    "wish": Player._wish,
    "unsubscribe": Player._unsubscribe,
    "visit": Player._visit,
    "book": Player._book,
    "move": Player._move,
    "cancel": Player._cancel,
    "outcome": Player._outcome,
    "tell": Player._tell,
}
