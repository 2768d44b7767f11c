"""Which page each person gets, and the values on it; pages alike but for them share a Shape."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from passalong.booking.hosts import host_of, hosts_for
from passalong.matching import chooser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from passalong.model import Advocate, Editorial, Host, People, Referee
    from passalong.pages.fill import Row, Values
    from passalong.tokens import PathKeys

REFEREE_FIELDS = (
    "referee.first",
    "referee.name",
    "advocate.first",
    "advocate.name",
    "advocate.byline",
    "reason",
    "reward",
    "code",
)
ADVOCATE_FIELDS = (
    "advocate.first",
    "advocate.name",
    "advocate.company",
    "advocate.role",
    "advocate.context",
    "reward",
    "code",
    "suggestions",
    "introductions",
)
SHARE_FIELDS = ("advocate.first", "advocate.name", "advocate.byline", "reward", "code")

SUGGESTIONS = 3
"""How many people we have in mind are put to an advocate at once: more would be a chore."""


class Shape(NamedTuple):
    """Everything about a personal page but the personal values; one skeleton serves a Shape.

    ``present`` names the values that the page has, in order. ``story``, ``more`` and ``host`` are
    slugs and an id. ``industry`` picks the phrase for whom we look for. ``gift`` says that the
    advocate receives the program's reward; a reward of their own is a value.
    """

    kind: str
    locale: str
    present: tuple[str, ...]
    host: str
    story: str = ""
    more: tuple[str, ...] = ()
    own_story: bool = False
    industry: str = ""
    gift: bool = False
    named: bool = False
    partner: bool = False


@dataclass(slots=True)
class Group:
    """The pages of one Shape: their paths, and their values in the order of ``Shape.present``."""

    paths: list[str] = field(default_factory=list)
    values: list[Values] = field(default_factory=list)


def first_name(name: str) -> str:
    """What to call somebody: the first word that is no title; a name without spaces, whole."""
    words = name.split()
    while len(words) > 2 and words[0].endswith("."):
        words.pop(0)
    return words[0] if words else name


def short_name(name: str) -> str:
    """Tomas B. for Tomas Berg: enough for the advocate who knows him, little for others."""
    first = first_name(name)
    last = name.rsplit(maxsplit=1)[-1] if " " in name else ""
    return f"{first} {last[0]}." if last and last != first else first


class Planner:
    """Puts each person's page into the Group of its Shape."""

    def __init__(self, editorial: Editorial, people: People, keys: PathKeys) -> None:
        self.program = editorial.program
        self.editorial = editorial
        self.people = people
        self.keys = keys
        self.choose = chooser(editorial.stories)
        self.shown = {story.slug for story in editorial.stories}
        self.hidden = {
            word.casefold(): slug for slug, words in editorial.forbidden.items() for word in words
        }
        self.groups: dict[Shape, Group] = {}
        self._hosts: dict[tuple[str, str, str], list[Host]] = {}

    def plan(self) -> dict[Shape, Group]:
        """Every personal page of the program."""
        advocates = {advocate.id: advocate for advocate in self.people.advocates}
        codes = {a.id: a.share_code or self.keys.code(a.id) for a in self.people.advocates}
        suggested: dict[str, list[Referee]] = {}
        confirmed: dict[str, list[Referee]] = {}
        for referee in self.people.referees:
            by = suggested if referee.status == "suggested" else confirmed
            by.setdefault(referee.advocate, []).append(referee)
            if referee.status != "suggested" and referee.advocate in advocates:
                advocate = advocates[referee.advocate]
                self._referee(referee, advocate, codes[advocate.id])
        for advocate in self.people.advocates:
            code = codes[advocate.id]
            self._share(advocate, code)
            asked = suggested.get(advocate.id, ())
            self._advocate(advocate, code, asked, confirmed.get(advocate.id, ()))
        return self.groups

    def _add(self, shape: Shape, path: str, values: Iterable[str | tuple[Row, ...]]) -> None:
        group = self.groups.get(shape)
        if group is None:
            group = self.groups[shape] = Group()
        group.paths.append(path)
        group.values.append(tuple(value for value in values if value))

    def _host(self, owner: str, region: str, locale: str, person: str) -> str:
        """The id of a person's host; among several the same one in every build, in rotation."""
        known = (owner, region, locale)
        if known not in self._hosts:
            self._hosts[known] = hosts_for(self.program, *known)
        hosts = self._hosts[known]
        return host_of(hosts, person).id

    def _reward(self, advocate: Advocate, locale: str) -> tuple[str, bool]:
        """Words of the advocate's own reward, and whether they get the program's."""
        if advocate.reward.casefold() in ("none", "no"):
            return "", False
        if advocate.reward:
            return advocate.reward, False
        return "", bool(self.program.texts[locale].reward_advocate)

    def _own_story(self, advocate: Advocate) -> str:
        slug = self.editorial.public_slugs.get(advocate.case_study, advocate.case_study)
        return slug if slug in self.shown else ""

    def _stories(self, reader: Advocate | Referee, advocate: Advocate, *, named: bool) -> list[str]:
        """Slugs, the best first; never an anonymised story beside its own customer's name."""
        locale = self.program.locale_for(reader.locale)
        own = self._own_story(advocate)
        order = self.choose(own, reader.industry, reader.company_size, reader.role, locale)
        if not self.hidden:
            return list(order[:3])
        names = {reader.company.casefold(), advocate.company.casefold(), advocate.name.casefold()}
        secret = {self.hidden[name] for name in names if name in self.hidden}
        if own in self.editorial.forbidden:
            secret.add(own)
        if not named and own in secret:
            secret = set()
        return [slug for slug in order if slug not in secret][:3]

    def _byline(self, advocate: Advocate) -> str:
        if advocate.status in ("moved", "left"):
            return ""
        return ", ".join(filter(None, (advocate.role, advocate.company)))

    def _referee(self, referee: Referee, advocate: Advocate, code: str) -> None:
        locale = self.program.locale_for(referee.locale or advocate.locale)
        reward, gift = self._reward(advocate, locale)
        stories = self._stories(referee, advocate, named=True)
        values = (
            first_name(referee.name),
            referee.name,
            first_name(advocate.name),
            advocate.name,
            self._byline(advocate),
            referee.reason,
            reward,
            code,
        )
        region = referee.region or advocate.region
        shape = Shape(
            "referee",
            locale,
            _present(REFEREE_FIELDS, values),
            self._host(advocate.owner, region, locale, referee.id),
            story=stories[0] if stories else "",
            own_story=bool(stories) and stories[0] == self._own_story(advocate),
            gift=gift,
        )
        self._add(shape, f"p/{self.keys.key('referee', referee.id)}/index.html", values)

    def _share(self, advocate: Advocate, code: str) -> None:
        locale = self.program.locale_for(advocate.locale)
        named = advocate.show_name.casefold() == "yes"
        reward, gift = self._reward(advocate, locale)
        stories = self._stories(advocate, advocate, named=named)
        values = (
            first_name(advocate.name) if named else "",
            advocate.name if named else "",
            self._byline(advocate) if named else "",
            reward,
            code,
        )
        shape = Shape(
            "share",
            locale,
            _present(SHARE_FIELDS, values),
            self._host(advocate.owner, advocate.region, locale, advocate.id),
            story=stories[0] if stories else "",
            more=tuple(stories[1:]),
            gift=gift,
            named=named,
            partner=advocate.kind == "partner",
        )
        self._add(shape, f"r/{code}/index.html", values)

    def _advocate(
        self,
        advocate: Advocate,
        code: str,
        suggested: Iterable[Referee],
        confirmed: Iterable[Referee],
    ) -> None:
        locale = self.program.locale_for(advocate.locale)
        reward, gift = self._reward(advocate, locale)
        own = self._own_story(advocate)
        own = "" if own in self.editorial.forbidden else own
        current = advocate.status not in ("moved", "left")
        values = (
            first_name(advocate.name),
            advocate.name,
            advocate.company if current else "",
            advocate.role if current else "",
            "" if own else advocate.context,
            reward,
            code,
            tuple(_suggestion(referee) for referee in suggested)[:SUGGESTIONS],
            tuple({"label": short_name(referee.name)} for referee in confirmed),
        )
        phrases = self.program.texts[locale].ask_by_industry
        shape = Shape(
            "advocate",
            locale,
            _present(ADVOCATE_FIELDS, values),
            self._host(advocate.owner, advocate.region, locale, advocate.id),
            story=own,
            own_story=bool(own),
            industry=advocate.industry if advocate.industry in phrases else "",
            gift=gift,
            named=advocate.show_name.casefold() == "yes",
        )
        self._add(shape, f"a/{self.keys.key('advocate', advocate.id)}/index.html", values)


def _suggestion(referee: Referee) -> Row:
    row = {"first": first_name(referee.name), "name": referee.name}
    return row | {"company": referee.company} if referee.company else row


def _present(fields: tuple[str, ...], values: Iterable[object]) -> tuple[str, ...]:
    return tuple(name for name, value in zip(fields, values, strict=True) if value)
