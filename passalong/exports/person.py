"""All that is held on one person: found by a mailbox or an id, and handed out as data.

Somebody may be in it more than once: in the lists, and in the ledger under an id for each advocate
who named them. They are one person if they have one mailbox, or one whole name at one company.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, NamedTuple

from passalong.booking.accounts import company_key
from passalong.booking.mailboxes import mailbox_of
from passalong.conversions.notes import notes_about
from passalong.conversions.whom import rows_of
from passalong.errors import Stop
from passalong.holders import who_key
from passalong.ledger.history import events_in
from passalong.ledger.records import written
from passalong.people import Advocate, Referee

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from passalong.ledger.port import Delivery, Ledger, Person
    from passalong.people import People

    Row = Advocate | Referee | Person

_STATES = ("waiting", "held", "dead", "done")


class Record(NamedTuple):
    """One place where somebody is: ``subject`` as the ledger calls them, ``row`` what is there."""

    subject: str
    row: Row

    @property
    def place(self) -> str:
        """Where it is: a file with its line, or the ledger."""
        if isinstance(self.row, Advocate):
            return f"advocates.csv:{self.row.line}"
        return f"referees.csv:{self.row.line}" if isinstance(self.row, Referee) else "ledger"

    @property
    def mailbox(self) -> str:
        """Where their mail arrives; empty where no address is known."""
        return mailbox_of(self.row.email) if self.row.email else ""

    @property
    def whole_name(self) -> str:
        """Their name; empty where only a first name is known, which is many people's."""
        return self.row.name if " " in self.row.name else ""

    @property
    def name(self) -> str:
        """Who it is by name and company; empty where these are many people's, as Ana's are."""
        tells = company_key(self.row.company) and self.whole_name
        return who_key(self.row.name, self.row.company) if tells else ""


def find(people: People, ledger: Ledger, wanted: str) -> list[Record]:
    """Every record of the person with this mailbox or this id; ``advocate:<id>`` names one kind.

    Raises Stop where that is nobody, or two.
    """
    everything = list(_records(people, ledger))
    if "@" in wanted:
        box = mailbox_of(wanted.strip())
        named = [one for one in everything if one.mailbox == box]
    else:
        named = [one for one in everything if wanted in (one.row.id, one.subject)]
        if len({one.subject for one in named}) > 1:
            raise Stop(f"{wanted} is two people: say advocate:{wanted} or referee:{wanted}.")
    if not named:
        raise Stop("Nobody is known by that: give a mail address, or an id of your lists.")
    boxes = {one.mailbox for one in named} - {""}
    names = {one.name for one in named} - {""}
    return [one for one in everything if one in named or one.mailbox in boxes or one.name in names]


def _records(people: People, ledger: Ledger) -> Iterator[Record]:
    yield from (Record(f"advocate:{row.id}", row) for row in people.advocates)
    yield from (Record(f"referee:{row.id}", row) for row in people.referees)
    yield from (Record(f"referee:{row.id}", row) for row in ledger.people())


def subjects_of(found: Sequence[Record]) -> list[str]:
    """The subjects of these records, each once."""
    return list(dict.fromkeys(one.subject for one in found))


def about(ledger: Ledger, found: Sequence[Record], digests: Collection[str]) -> dict[str, Any]:
    """All that is held on a person, as JSON takes it; ``digests`` are those of their mailboxes."""
    subjects = subjects_of(found)
    ids = {subject.partition(":")[2] for subject in subjects}
    meetings = [meeting for one in sorted(ids) if (meeting := ledger.meeting_of(one))]
    events = [event for event in events_in(ledger) if ids & {event.advocate, event.referee}]
    return {
        "records": [{"where": one.place, "as": one.subject, **_row(one.row)} for one in found],
        "decided": {subject: asdict(one) for subject, one in ledger.standing(subjects).items()},
        "meetings": [json.loads(written(meeting)) for meeting in meetings],
        "events": [json.loads(written(event)) for event in events],
        "deliveries": [json.loads(written(one)) for one in deliveries_about(ledger, ids, digests)],
        "notes": {event: one._asdict() for event, one in notes_about(ledger, ids).items()},
        "known_by": {referee: list(row.names) for referee, row in rows_of(ledger, ids).items()},
    }


def _row(row: Row) -> dict[str, Any]:
    if isinstance(row, (Advocate, Referee)):
        return {name: value for name, value in row._asdict().items() if value and name != "line"}
    return {"since": row.since.isoformat(), "origin": row.origin, **json.loads(written(row))}


def deliveries_about(
    ledger: Ledger, ids: Collection[str], digests: Collection[str]
) -> Iterator[Delivery]:
    """What went or waits to go to them or about them, and what others told of them."""
    quoted = [f'"{one}"' for one in ids]
    for state in _STATES:
        for one in ledger.deliveries(state):
            record = one.data.get("record", "")
            about_them = {one.data.get("advocate", ""), one.data.get("referee", "")} & set(ids)
            is_told = mailboxes_in(one) & set(digests)
            if about_them or is_told or any(name in record for name in quoted):
                yield one


def mailboxes_in(delivery: Delivery) -> set[str]:
    """The digests of mailboxes in what somebody told us."""
    return set(filter(None, delivery.data.get("mailboxes", "").split(",")))
