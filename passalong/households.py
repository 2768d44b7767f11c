"""People by advocate: the unit in which pages are planned, and known to be as they were."""

from __future__ import annotations

import hashlib
import marshal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from passalong.holders import Holders
    from passalong.people import Advocate, People, Referee


class Household(NamedTuple):
    """An advocate and whom they may refer: with the program, all that their pages are made of."""

    advocate: Advocate
    confirmed: list[Referee]
    suggested: list[Referee]
    variants: str = ""

    def digest(self, holders: Holders) -> bytes:
        """Changes when anything about these people does, but the lines that they stand on."""
        referees = (*self.confirmed, *self.suggested)
        people = [person[:-1] for person in (self.advocate, *referees)]
        revisions = [holders.revision("advocate", self.advocate.id)]
        if holders.revisions:
            revisions += [holders.revision("referee", referee.id) for referee in referees]
        # Version 2 of the format: later ones depend on how often Python has met a text before.
        data = marshal.dumps((len(self.confirmed), people, revisions, self.variants), 2)
        return hashlib.blake2b(data, digest_size=16).digest()


def households(people: People) -> list[Household]:
    """Everybody, by advocate."""
    variants = people.variants
    found = {
        advocate.id: Household(advocate, [], [], variants.get(advocate.id, ""))
        for advocate in people.advocates
    }
    for referee in people.referees:
        if household := found.get(referee.advocate):
            suggested = referee.status == "suggested"
            (household.suggested if suggested else household.confirmed).append(referee)
    return list(found.values())
