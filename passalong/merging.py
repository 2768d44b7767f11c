"""The lists of people as they stand now: the marketer's, and what people decided since.

The marketer's lists say who there is; the ledger says who was introduced, in which words, who does
not want their name shown, and whose page was taken away. What the ledger says goes first.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from passalong.booking.accounts import Accounts, handling
from passalong.holders import is_introduced
from passalong.people import Referee
from passalong.variants import variants_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from passalong.holders import Holders
    from passalong.ledger.port import Ledger, Person, Standing
    from passalong.people import Advocate, People
    from passalong.program import Experiment

SHOW_NAME: Final = "show_name"
GIFT: Final = "gift"
STOP: Final = "stop"
NOT_NOW_UNTIL: Final = "not_now_until"
"""A day, as 2026-11-21, from which on they may be asked again."""
SILENT: Final = "silent"
NO: Final = "no"
YES: Final = "yes"


@dataclass(frozen=True, slots=True)
class Decided:
    """What the ledger knows of people: who was introduced, and what is decided about anybody."""

    people: tuple[Person, ...] = ()
    standings: Mapping[str, Standing] = field(default_factory=dict)

    @property
    def revisions(self) -> dict[str, int]:
        """The revision of each subject that has one; whoever is revoked has none of their own, but
        is past all that they had."""
        found = {name: one.revision + one.revoked for name, one in self.standings.items()}
        return {name: revision for name, revision in found.items() if revision}


def decided(ledger: Ledger) -> Decided:
    """What the ledger knows now."""
    return Decided(
        tuple(sorted(ledger.people(), key=lambda p: (p.since, p.id))), ledger.standings()
    )


def merged(
    people: People, known: Decided, holders: Holders, experiments: Sequence[Experiment] = ()
) -> People:
    """The lists with everything that was decided: whose page was taken away is not in them.

    Advocates have a variant of each of the ``experiments``: the one that was noted, or else drawn.
    """
    people = _as_decided(people, known, holders)
    if not experiments:
        return people
    advocates = (advocate.id for advocate in people.advocates)
    found = variants_of(experiments, advocates, known.standings, holders.keys)
    return replace(people, variants=found)


def _as_decided(people: People, known: Decided, holders: Holders) -> People:
    if not known.people and not known.standings:
        return people
    standings = known.standings
    gone = {subject for subject, standing in standings.items() if standing.revoked}
    accounts = Accounts(people.accounts if any(p.review for p in known.people) else ())
    advocates = [
        _with_wishes(advocate, standings.get(f"advocate:{advocate.id}"))
        for advocate in people.advocates
        if f"advocate:{advocate.id}" not in gone
    ]
    named = {person.id: person for person in known.people if not is_held(person, accounts)}
    listed = [_named(referee, named.pop(referee.id, None)) for referee in people.referees]
    everybody = [*listed, *map(referee_of, named.values())]
    unwanted = {subject for subject in gone if subject.startswith("referee:who-")}
    return replace(
        people,
        advocates=advocates,
        referees=[
            referee
            for referee in everybody
            if f"referee:{referee.id}" not in gone
            and not (
                unwanted and f"referee:{holders.who(referee.name, referee.company)}" in unwanted
            )
        ],
    )


def is_held(person: Person, accounts: Accounts) -> bool:
    """Whether the firm has yet to look at somebody before a page is made for them.

    It says that a page may be made by what it says of the account.
    """
    if not person.review:
        return False
    return handling(accounts, person.email, person.company).decision != "go"


BY_LINK: Final = "by-link"
"""The status of somebody who booked from a share page: no advocate named them."""


def referee_of(person: Person) -> Referee:
    """Somebody who was introduced, or who booked, as a row of ``referees.csv``."""
    by_link = person.origin == "booking" and is_introduced(person.id)
    return Referee(
        id=person.id,
        advocate=person.advocate,
        name=person.name,
        email="",
        company=person.company,
        role=person.role,
        industry=person.industry,
        company_size="",
        region=person.region,
        locale=person.locale,
        status=BY_LINK if by_link else "confirmed",
        reason=person.reason,
        line=0,
    )


def with_words(referee: Referee, reason: str) -> Referee:
    """Somebody of the lists, once the advocate named them: quoted in the advocate's own words.

    What the lists say of somebody whom we only have in mind are our words, and never quoted.
    """
    known = referee.reason if referee.status == "confirmed" else ""
    return referee._replace(status="confirmed", reason=reason or known, line=0)


def _named(referee: Referee, person: Person | None) -> Referee:
    """A row of the lists, with what the advocate said where they named this person."""
    if person is None or person.origin != "introduction":
        return referee
    return with_words(referee, person.reason)


def _with_wishes(advocate: Advocate, standing: Standing | None) -> Advocate:
    """An advocate's row with what they chose on their page."""
    if standing is None:
        return advocate
    wishes = standing.preferences
    if SHOW_NAME in wishes:
        advocate = advocate._replace(show_name=wishes[SHOW_NAME])
    if wishes.get(GIFT) == NO:
        advocate = advocate._replace(reward="none")
    return advocate


def may_be_asked(standing: Standing | None, today: date) -> bool:
    """Whether an advocate may be written to unasked: they did not say "stop", nor "not now" of
    today."""
    wishes = standing.preferences if standing else {}
    return not wishes.get(STOP) and wishes.get(NOT_NOW_UNTIL, "") <= today.isoformat()


def paths_of(people: Iterable[Person | Referee], holders: Holders) -> set[str]:
    """Where the pages of introduced people lie in the site."""
    return {f"p/{holders.key('referee', person.id)}/index.html" for person in people}
