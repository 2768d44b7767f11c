"""Which page each person gets, and the values on it; pages alike but for them share a Shape."""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING, NamedTuple

from passalong.booking.hosts import host_of, hosts_for
from passalong.households import households
from passalong.matching import chooser
from passalong.names import first_name, short_name
from passalong.secrecy import Secrets
from passalong.variants import Views

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from passalong.editorial import Editorial
    from passalong.holders import Holders
    from passalong.households import Household
    from passalong.pages.fill import Row, Values
    from passalong.people import Advocate, People, Referee
    from passalong.program import Host, Program

REFEREE_FIELDS = (
    *("referee.first", "referee.name", "advocate.first", "advocate.name", "advocate.byline"),
    *("reason", "reward", "code", "token"),
)
ADVOCATE_FIELDS = (
    *("advocate.first", "advocate.name", "advocate.company", "advocate.role", "advocate.context"),
    *("reward", "code", "token", "suggestions", "introductions"),
)
SHARE_FIELDS = ("advocate.first", "advocate.name", "advocate.byline", "reward", "code", "token")

SUGGESTIONS = 3
"""How many people we have in mind are put to an advocate at once: more would be a chore."""


class Shape(NamedTuple):
    """Everything about a personal page but the personal values; one skeleton serves a Shape.

    ``present`` names the values that the page has, in order. ``story``, ``more`` and ``host`` are
    slugs and an id. ``industry`` picks the phrase for whom we look for. ``gift`` says that the
    advocate receives the program's reward; a reward of their own is a value. ``variants`` are the
    codes of those that the page shows in the place of what is plain.
    """

    kind: str
    locale: str
    present: tuple[str, ...]
    host: str
    story: str = ""
    more: tuple[str, ...] = ()
    industry: str = ""
    gift: bool = False
    named: bool = False
    partner: bool = False
    variants: tuple[str, ...] = ()


class Planned(NamedTuple):
    """A page: its Shape, its path in the site, and its values in the order of ``Shape.present``."""

    shape: Shape
    path: str
    values: Values


class Group:
    """The pages of one Shape: their paths, and their values in the order of ``Shape.present``."""

    __slots__ = ("paths", "values")

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.values: list[Values] = []


class _Sender(NamedTuple):
    """What all pages of a household say of its advocate."""

    advocate: Advocate
    code: str
    locale: str
    first: str
    byline: str
    own: str
    """The slug of their own story, if it is shown."""
    variants: str
    """The codes of what they were given in experiments."""


def byline_of(advocate: Advocate) -> str:
    """Role and company, while they hold."""
    if advocate.status in ("moved", "left"):
        return ""
    return ", ".join(filter(None, (advocate.role, advocate.company)))


def reward_of(program: Program, advocate: Advocate, locale: str) -> tuple[str, bool]:
    """Words of the advocate's own reward, and whether they get the program's."""
    if not advocate.reward:
        return "", bool(program.texts[locale].reward_advocate)
    if advocate.reward.casefold() in ("none", "no"):
        return "", False
    return advocate.reward, False


class Planner:
    """Puts each person's page into the Group of its Shape."""

    def __init__(self, editorial: Editorial, people: People, holders: Holders) -> None:
        self.program = editorial.program
        self.editorial = editorial
        self.people = people
        self.holders = holders
        self.choose = chooser(editorial.stories)
        self.shown = {story.slug for story in editorial.stories}
        self.secrets = Secrets(editorial.forbidden)
        self.views = Views(editorial)
        self.groups: dict[Shape, Group] = {}
        self._hosts: dict[tuple[str, str, str], list[Host]] = {}

    def plan(self) -> dict[Shape, Group]:
        """Every personal page of the program."""
        for household in households(self.people):
            self.add(household)
        return self.groups

    def add(self, household: Household) -> tuple[str, ...]:
        """Plans the pages of a household; their paths."""
        advocate, confirmed, suggested, _ = household
        sender = self._sender(advocate)
        return (
            self._add(self._share(sender)),
            self._add(self._advocate(sender, suggested, confirmed)),
            *(self._add(self._referee(referee, sender)) for referee in confirmed),
        )

    def referee(self, referee: Referee, advocate: Advocate) -> Planned:
        """One referee's page, planned for itself."""
        return self._referee(referee, self._sender(advocate))

    def share(self, advocate: Advocate) -> Planned:
        """The page behind an advocate's share link, planned for itself."""
        return self._share(self._sender(advocate))

    def advocate(self, advocate: Advocate) -> Planned:
        """An advocate's page, planned for itself: nobody stands on it but them."""
        return self._advocate(self._sender(advocate), (), ())

    def _sender(self, advocate: Advocate) -> _Sender:
        return _Sender(
            advocate,
            self.holders.code(advocate),
            self.program.locale_for(advocate.locale),
            first_name(advocate.name),
            byline_of(advocate),
            self._own_story(advocate),
            self.people.variants.get(advocate.id, ""),
        )

    def _add(self, page: Planned) -> str:
        group = self.groups.get(page.shape)
        if group is None:
            group = self.groups[page.shape] = Group()
        group.paths.append(page.path)
        group.values.append(page.values)
        return page.path

    def _host(self, owner: str, region: str, locale: str, person: str) -> str:
        """The id of a person's host; among several the same one in every build, in rotation."""
        known = (owner, region, locale)
        if known not in self._hosts:
            self._hosts[known] = hosts_for(self.program, *known)
        hosts = self._hosts[known]
        return host_of(hosts, person).id

    def _own_story(self, advocate: Advocate) -> str:
        slug = self.editorial.public_slugs.get(advocate.case_study, advocate.case_study)
        return slug if slug in self.shown else ""

    def _stories(
        self, reader: Advocate | Referee, sender: _Sender, locale: str, said: Iterable[str]
    ) -> tuple[str, ...]:
        """Slugs, the best first; never an anonymised story beside its own customer's name.

        ``said`` is what the page says of people; nothing means that it does not name its advocate.
        """
        own, advocate = sender.own, sender.advocate
        order = self.choose(own, reader.industry, reader.company_size, reader.role, locale)
        if not self.secrets:
            return order[:3]
        said = tuple(said)
        secret = self.secrets.named_in((*said, advocate.reward, advocate.company, reader.company))
        if said and own in self.editorial.forbidden:
            secret.add(own)
        elif not said:
            secret.discard(own)
        return tuple(slug for slug in order if slug not in secret)[:3]

    def _referee(self, referee: Referee, sender: _Sender) -> Planned:
        advocate = sender.advocate
        locale = self.program.locale_for(referee.locale or advocate.locale)
        variants = self.views.shown(sender.variants, "referee")
        reward, gift = reward_of(self.views.program(variants), advocate, locale)
        said = (referee.name, referee.reason, advocate.name, sender.byline)
        stories = self._stories(referee, sender, locale, said)
        values = (
            first_name(referee.name),
            referee.name,
            sender.first,
            advocate.name,
            sender.byline,
            referee.reason,
            reward,
            sender.code,
            self.holders.referee_token(referee, locale),
        )
        shape = Shape(
            "referee",
            locale,
            tuple(compress(REFEREE_FIELDS, values)),
            self._host(advocate.owner, referee.region or advocate.region, locale, referee.id),
            story=stories[0] if stories else "",
            gift=gift,
            variants=variants,
        )
        path = f"p/{self.holders.key('referee', referee.id)}/index.html"
        return Planned(shape, path, tuple(filter(None, values)))

    def _share(self, sender: _Sender) -> Planned:
        advocate, locale = sender.advocate, sender.locale
        named = advocate.show_name.casefold() == "yes"
        variants = self.views.shown(sender.variants, "share")
        reward, gift = reward_of(self.views.program(variants), advocate, locale)
        said = (sender.first, advocate.name, sender.byline) if named else ("", "", "")
        stories = self._stories(advocate, sender, locale, filter(None, said))
        values = (*said, reward, sender.code, self.holders.share_token(advocate))
        shape = Shape(
            "share",
            locale,
            tuple(compress(SHARE_FIELDS, values)),
            self._host(advocate.owner, advocate.region, locale, advocate.id),
            story=stories[0] if stories else "",
            more=stories[1:],
            gift=gift,
            named=named,
            partner=advocate.kind == "partner",
            variants=variants,
        )
        return Planned(shape, f"r/{sender.code}/index.html", tuple(filter(None, values)))

    def _advocate(
        self, sender: _Sender, suggested: Sequence[Referee], confirmed: Sequence[Referee]
    ) -> Planned:
        advocate, locale = sender.advocate, sender.locale
        variants = self.views.shown(sender.variants, "advocate")
        program = self.views.program(variants)
        reward, gift = reward_of(program, advocate, locale)
        own = "" if sender.own in self.editorial.forbidden else sender.own
        current = advocate.status not in ("moved", "left")
        values = (
            sender.first,
            advocate.name,
            advocate.company if current else "",
            advocate.role if current else "",
            "" if own else advocate.context,
            reward,
            sender.code,
            self.holders.advocate_token(advocate),
            tuple(self._suggestion(referee) for referee in suggested[:SUGGESTIONS]),
            tuple({"label": short_name(r.name)} for r in confirmed if r.status == "confirmed"),
        )
        phrases = program.texts[locale].ask_by_industry
        shape = Shape(
            "advocate",
            locale,
            tuple(compress(ADVOCATE_FIELDS, values)),
            self._host(advocate.owner, advocate.region, locale, advocate.id),
            story=own,
            industry=advocate.industry if advocate.industry in phrases else "",
            gift=gift,
            named=advocate.show_name.casefold() == "yes",
            variants=variants,
        )
        path = f"a/{self.holders.key('advocate', advocate.id)}/index.html"
        return Planned(shape, path, tuple(filter(None, values)))

    def _suggestion(self, referee: Referee) -> Row:
        row = {
            "first": first_name(referee.name),
            "name": referee.name,
            "ref": self.holders.key("referee", referee.id),
        }
        return row | {"company": referee.company} if referee.company else row
