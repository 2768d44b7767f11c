"""What ``serve`` says once it runs: a few addresses that are worth opening, by name."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from passalong.pages.people import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from passalong.editorial import Editorial
    from passalong.holders import Holders
    from passalong.pages.people import Person
    from passalong.people import Advocate, People, Referee


class Door(NamedTuple):
    """An address, below the server's own, and what is behind it."""

    what: str
    path: str


def guide(address: str, doors: list[Door]) -> str:
    """The addresses, one under the other; ``address`` is the server's, without a slash."""
    widest = max(len(door.what) for door in doors)
    lines = [f"  {door.what:<{widest}}  {address}{door.path}" for door in doors]
    first = f"\nServing on {address}. Save a file, and the open page changes; Ctrl-C ends it.\n"
    return "\n".join([first, *lines])


def doors(editorial: Editorial, people: People, holders: Holders) -> list[Door]:
    """Everybody, the richest page of each kind, and the program: what the program has of them."""
    shown = list(listed(editorial.program, people, holders))
    found = [Door("Everybody, with “view as”", "/_people/")]
    if people.advocates:
        found += _personal(editorial, people, shown)
    return [*found, Door("The mailbox: what was sent", "/_mail/"), Door("The public pages", "/")]


def _personal(editorial: Editorial, people: People, shown: list[Person]) -> Iterator[Door]:
    weights = _weights(editorial, people)
    richest = max(people.advocates, key=lambda advocate: weights[advocate.id])
    advocate = shown[people.advocates.index(richest)]
    yield Door(f"{advocate.name}, who may introduce somebody", advocate.url)
    confirmed = [referee for referee in people.referees if referee.status != "suggested"]
    own = [referee for referee in confirmed if referee.advocate == richest.id]
    if own:
        quoted = max(own, key=lambda referee: bool(referee.reason))
        referee = shown[len(people.advocates) + confirmed.index(quoted)]
        yield Door(f"{referee.name}, whom {advocate.first} introduced", referee.url)
    yield Door(f"Whoever follows {advocate.first}’s link", f"{advocate.share}?v=linkedin")


def _weights(editorial: Editorial, people: People) -> dict[str, tuple[bool, bool, int]]:
    """How much there is to see on each advocate's page, by their id."""
    named = Counter(referee.advocate for referee in people.referees)
    introduced = {referee.advocate for referee in people.referees if _has_page(referee)}
    return {
        advocate.id: (
            _story_is_shown(editorial, advocate),
            advocate.id in introduced,
            named[advocate.id],
        )
        for advocate in people.advocates
    }


def _has_page(referee: Referee) -> bool:
    return referee.status == "confirmed" and bool(referee.reason)


def _story_is_shown(editorial: Editorial, advocate: Advocate) -> bool:
    public = editorial.public_slugs.get(advocate.case_study, "")
    return bool(public) and public not in editorial.forbidden
