"""Bookings in the hands of a test: hosts, times as data and on a form, and somebody who books."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from passalong.ledger.port import Meeting
from passalong.program import Booking, Host
from tests.worlds import Place, Said, ask, token_of

OSLO = "Europe/Oslo"
PHONE = "+47 22 33 44 55"


def hosts(**people: dict[str, Any]) -> list[dict[str, Any]]:
    """Hosts by their ids, with what is said of each besides a name and an address."""
    return [
        {"id": name, "name": f"{name.capitalize()} Example", "email": f"{name}@leeway.example"}
        | more
        for name, more in people.items()
    ]


def with_hosts(world: Place, *given: Host, **settings: Any) -> Place:
    """The world with other hosts, and other settings of its booking, and no new build."""
    known = world.known()
    editorial = known.bundle.editorial
    booking = Booking(given or editorial.program.booking.hosts, **settings)
    program = replace(editorial.program, booking=booking)
    bundle = replace(known.bundle, editorial=replace(editorial, program=program))
    changed = type(known)(bundle, known.holders.keys, known.holders.signer)
    return replace(world, known=lambda: changed)


# --- Times --------------------------------------------------------------------------------------


def starts(said: Said) -> list[str]:
    """The times in an answer to a program."""
    return [slot["start"] for slot in said.json["slots"]]


def free(world: Place, token: str = "", **asked: Any) -> list[str]:
    """The times that are free now, in Oslo unless a zone is named."""
    said = ask(world, "slots", token or world.share(), **{"timezone": OSLO, **asked})
    assert said.status == 200, said.body
    return starts(said)


def days(said: Said) -> list[str]:
    """The days on a form."""
    return [day.one("legend").shown for day in said.page.all("fieldset", _class="day")]


def on_form(said: Said) -> list[list[str]]:
    """The times on a form, by its days."""
    return [
        [time["value"] for time in day.all("input", name="start")]
        for day in said.page.all("fieldset", _class="day")
    ]


def ticked(said: Said) -> list[str]:
    """The times on a form of which one is chosen before anybody presses."""
    times = said.page.all("input", name="start")
    return [time["value"] for time in times if "checked" in time.attributes]


def chosen(said: Said, name: str) -> str:
    """What a form sends under a name, unless it is changed; of its times the first."""
    for select in said.page.all("select", name=name):
        return select.all("option")[0]["value"]
    return said.page.all("input", name=name)[0].attributes.get("value", "")


def problems(said: Said) -> list[str]:
    """What a form says is wrong in it."""
    return [each.shown for each in said.page.all("p", _class="problem")]


# --- Booking ------------------------------------------------------------------------------------


def typed(world: Place, start: str, **fields: Any) -> dict[str, Any]:
    """What somebody says who books."""
    said = {"name": "Tomas Berg", "email": "tomas.berg@kestrel.example", "phone": PHONE}
    return {"start": start, "timezone": OSLO, **said, **fields}


def book(world: Place, token: str, start: str, **fields: Any) -> Said:
    """Books a time, as a program does."""
    return ask(world, "bookings", token, **typed(world, start, **fields))


def book_by_form(world: Place, token: str, start: str, **fields: Any) -> Said:
    """Books a time with a form that was made ten seconds ago."""
    shown = str(int(world.clock().timestamp()) - 10)
    return ask(
        world, "bookings", token, form=True, **typed(world, start, **{"shown": shown, **fields})
    )


def change(world: Place, token: str, action: str, start: str = "", **fields: Any) -> Said:
    """Moves a meeting or calls it off, as a program does."""
    fields = {"timezone": OSLO, **fields} | ({"start": start} if start else {})
    return ask(world, "bookings/change", token, action=action, **fields)


def meeting_of(world: Place, person: str = "r-1") -> Meeting:
    """A referee's meeting."""
    meeting = world.ledger.meeting_of(person)
    assert meeting
    return meeting


def introduced(world: Place, **said: Any) -> str:
    """The token of somebody whom an advocate has just introduced."""
    named = {"name": "Ida Lund", "company": "Fjord Foods", "reason": "Her gate queues."}
    answer = ask(world, "introductions", world.advocate(), **named | said)
    assert answer.status == 201, answer.body
    return token_of(world.page(answer.json["url"]))
