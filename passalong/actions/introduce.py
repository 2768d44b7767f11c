"""An advocate names a person: a page is made for them, and its address is the answer.

The person goes into the ledger first and the page is written second, before anything is answered.
If the page cannot be written the introduction stands, and asking again writes it. A company may be
one that the firm looks at first, or wants nothing to do with, and a person may have said that this
is not for them: then there is no page, and one answer for all three.
"""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.actions.back import back
from passalong.actions.exchange import Outcome, Reply
from passalong.actions.wording import say
from passalong.attribution.accounts import account_key, attributed, self_referral
from passalong.booking.accounts import handling
from passalong.errors import DraftError
from passalong.events import DECLINED, INFLUENCED, INTRODUCED, REVIEW, SOURCED, Event
from passalong.holders import is_introduced, who_key
from passalong.ledger.port import NotFound, Person, Removed, Unavailable
from passalong.merging import is_held, referee_of, with_words
from passalong.names import first_name
from passalong.requests import BadFields
from passalong.sharing import mailto

if TYPE_CHECKING:
    from passalong.actions.acting import Acting
    from passalong.actions.exchange import Asked
    from passalong.booking.accounts import Handling
    from passalong.known import Known
    from passalong.ledger.port import Recorded
    from passalong.people import Referee
    from passalong.requests import Fields
    from passalong.world import World

LIMIT: Final = 20
"""People whom one advocate may name on one day."""

_ADDRESS = re.compile(r"[^\s@]@[^\s@.]+\.[^\s@.]")


class _Named(NamedTuple):
    """Whom an advocate means: as the ledger would know them, and their row if they are listed."""

    person: Person
    row: Referee | None
    handling: Handling


def introduce(world: World, known: Known, who: Acting, asked: Asked) -> Outcome:
    """Makes the page of somebody whom an advocate names, or answers that the firm will look.

    Raises BadFields where a mail address is given, Unavailable where the page cannot be written.
    """
    _refuse_addresses(asked.fields)
    named = _named(known, who, asked)
    first = first_name(named.person.name)
    event = _event(world, known, who, asked, named)
    if named.handling.decision == "decline":
        world.ledger.record(event, who.actor(LIMIT))
        return _noted(known, who, first)
    unless = known.holders.who(named.person.name, named.person.company)
    try:
        done = world.ledger.introduce(event, named.person, who.actor(LIMIT), unless)
        person = named.person if done.fresh else world.ledger.person(named.person.id)
    except (Removed, NotFound):
        return _noted(known, who, first)
    if is_held(person, known.accounts):
        return _noted(known, who, first)
    referee = with_words(named.row, person.reason) if named.row else referee_of(person)
    url = world.address + _write_page(world, known, who, referee)
    # whoever booked may have given another name since, which is none of the advocate's
    called = referee._replace(name=named.person.name, company=named.person.company)
    return _introduced(known, who, called, url, before=_is_before(done, event))


def _refuse_addresses(fields: Fields) -> None:
    """Nobody's address is taken: advocates write to their friends themselves."""
    names = [n for n in ("name", "company", "role", "reason") if _ADDRESS.search(fields[n])]
    if "://" in fields["name"]:
        raise BadFields({"name": "must be a name, not an address"}, {"name": "address"})
    if names:
        raise BadFields(
            dict.fromkeys(names, "must not hold a mail address: leave it out"),
            dict.fromkeys(names, "address"),
        )


def _named(known: Known, who: Acting, asked: Asked) -> _Named:
    """Somebody of the lists, if the advocate has them there, else the person as they are named."""
    row = _row(known, who, asked.fields)
    person = _listed(row, asked) if row else _new(known, who, asked)
    decided = handling(known.accounts, row.email if row else "", person.company)
    region = person.region or (decided.account.region if decided.account and not row else "")
    referral = known.holders.referral(who.advocate.id, person.company, person.id)
    person = replace(person, region=region, referral=referral, review=decided.decision == "review")
    return _Named(person, row, decided)


def _row(known: Known, who: Acting, fields: Fields) -> Referee | None:
    """The advocate's own row that is suggested, or that has this name and company.

    People whom only the ledger knows have an id made of their name; whoever booked by themselves
    has another, and no advocate is given their page.
    """
    key = fields["suggestion"]
    suggested = known.referee_at(key) if key else None
    if suggested and suggested.advocate == who.advocate.id and not is_introduced(suggested.id):
        return suggested
    meant = who_key(fields["name"], fields["company"])
    for row in known.referees_of(who.advocate):
        if not is_introduced(row.id) and who_key(row.name, row.company) == meant:
            return row
    return None


def _listed(row: Referee, asked: Asked) -> Person:
    return Person(
        id=row.id,
        kind="referee",
        advocate=row.advocate,
        name=row.name,
        origin="introduction",
        since=asked.at,
        company=row.company,
        role=row.role,
        locale=row.locale,
        reason=asked.fields["reason"],
        industry=row.industry,
        region=row.region,
    )


def _new(known: Known, who: Acting, asked: Asked) -> Person:
    fields, advocate = asked.fields, who.advocate.id
    return Person(
        id=known.holders.introduced(advocate, fields["name"], fields["company"]),
        kind="referee",
        advocate=advocate,
        name=fields["name"],
        origin="introduction",
        since=asked.at,
        company=fields["company"],
        role=fields["role"],
        locale=_locale(known, who, fields["locale"]),
        reason=fields["reason"],
    )


def _locale(known: Known, who: Acting, chosen: str) -> str:
    """The language that the advocate chose, if the program has it, else their own."""
    language = chosen.partition("-")[0]
    return next((code for code in (chosen, language) if code in known.program.texts), who.locale)


def _event(world: World, known: Known, who: Acting, asked: Asked, named: _Named) -> Event:
    """The event; of somebody of whom nothing is to be kept it says no more than that."""
    handling = named.handling
    is_kept = handling.decision != "decline"
    by_rule = {"review": REVIEW, "decline": DECLINED}
    of_ours = INFLUENCED if handling.influenced else SOURCED
    return Event(
        id=asked.event_id(who),
        program=known.program.id,
        type=INTRODUCED,
        at=asked.at,
        advocate=who.advocate.id,
        referee=named.person.id if is_kept else "",
        referral=named.person.referral if is_kept else "",
        variant=known.variants_of(who.advocate),
        evidence="suggestion" if named.row else "named",
        classification=by_rule.get(handling.decision, of_ours),
        data=_about(world, known, who, named) if is_kept else {},
    )


def _about(world: World, known: Known, who: Acting, named: _Named) -> dict[str, str]:
    """The company, the story on the page that is made, and whether they may refer themselves."""
    row, person = named.row, named.person
    email = row.email if row else ""
    referee = with_words(row, person.reason) if row else referee_of(person)
    return attributed(
        account_key(world.secret, person.company, email, known.accounts),
        known.story_of(referee, who.advocate),
        self_referral(who.advocate.email, email),
    )


def _is_before(done: Recorded, event: Event) -> bool:
    """Whether the person was introduced by another press than this one, which may come twice."""
    return not done.fresh and done.event.id != event.id


def _write_page(world: World, known: Known, who: Acting, referee: Referee) -> str:
    """Makes the page; its root-relative address."""
    page = known.page_of(referee, who.advocate)
    try:
        world.pages.put(page.path, page.data)
    except OSError as error:
        raise Unavailable("the page cannot be written") from error
    return "/" + page.path.removesuffix("index.html")


def _introduced(known: Known, who: Acting, referee: Referee, url: str, *, before: bool) -> Outcome:
    return Outcome(
        HTTPStatus.OK if before else HTTPStatus.CREATED,
        {"id": referee.id, "url": url},
        lambda: _letter(known, who, referee, url, before=before),
        who.locale,
    )


def _letter(known: Known, who: Acting, referee: Referee, url: str, *, before: bool) -> Reply:
    """The address of the page, with a letter in the language of whoever will read it."""
    from passalong.drafting import letter_to  # noqa: PLC0415 - only a form is shown the letter

    locale, first = known.locale(who.locale), first_name(referee.name)
    theirs = known.program.locale_for(referee.locale or who.locale)
    about = {"link": url, "referee_first": first, "referee_company": referee.company}
    try:
        words = known.words_of(who.advocate, theirs) | about
        _, mail, message, subject = letter_to(known.drafts_of(who.advocate), theirs, words)
    except DraftError:  # a draft that needs a word which this advocate or referee lacks
        mail, message, subject = mailto("", "", url), url, ""
    kind = "before_" if before else ""
    return Reply(
        "introduced",
        {
            "title": say(locale, f"answer.introduced.{kind}title", referee=first),
            "text": say(locale, f"answer.introduced.{kind}text", referee=first),
            "url": url,
            "message": message,
            "subject": ({"text": subject},) if subject else (),
            "mail": mail,
            "mail_label": say(locale, "answer.introduced.mail", referee=first),
            **back(known, who),
        },
    )


def _noted(known: Known, who: Acting, first: str) -> Outcome:
    """Thanks, and nothing to send: the same whatever the reason, which is not the advocate's."""

    def reply() -> Reply:
        locale, brand = known.locale(who.locale), known.program.brand.name
        said = {
            "title": say(locale, "answer.noted.title", referee=first),
            "text": say(locale, "answer.noted.text", brand=brand),
        }
        return Reply("said", said | back(known, who))

    return Outcome(HTTPStatus.ACCEPTED, {}, reply, who.locale)
