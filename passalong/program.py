"""The program's own settings as data: ``program.toml``, and nothing of how it is read or shown.

Records are frozen dataclasses. An absent text is the empty string, never ``None``, here and in
`passalong.editorial` and `passalong.people`, so that "is there one?" is one question.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, NamedTuple

MEDIA = (
    "linkedin",
    "email",
    "whatsapp",
    "x",
    "teams",
    "sms",
    "telegram",
    "native",
    "copy-link",
    "copy-message",
)
"""Where a share link can be passed on; each names itself in the link as ``?v=``."""


@dataclass(frozen=True, slots=True)
class Brand:
    """How the firm shows itself: ``colour`` is ``#rrggbb``, ``logo`` a file of the content."""

    name: str
    legal_name: str
    colour: str
    email: str
    logo: str = ""
    address: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """Somebody of the firm who takes the meetings.

    ``regions`` and ``languages`` say for whom; ``hours`` are ``"Mon-Thu 09:00-17:00"`` texts in
    ``timezone``; a meeting is held at ``link`` (a URL) or, without one, by ``phone``. Entries of
    the calendar at ``busy_feed`` block times; it stands in the place of the program's.
    """

    id: str
    name: str
    role: str
    email: str
    bio: str = ""
    phone: str = ""
    link: str = ""
    regions: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    timezone: str = ""
    busy_feed: str = ""


@dataclass(frozen=True, slots=True)
class Booking:
    """How meetings are offered; durations are minutes where the name says nothing else."""

    hosts: tuple[Host, ...]
    minutes: int = 25
    buffer_before: int = 0
    buffer_after: int = 10
    notice_hours: int = 24
    horizon_days: int = 28
    holidays: tuple[date, ...] = ()
    busy_feed: str = ""


@dataclass(frozen=True, slots=True)
class Texts:
    """What the program says in one locale.

    ``ask`` names whom we look for in one noun phrase ("a head of operations at a carrier of 200 to
    2,000 people"), ``ask_by_industry`` the same for an advocate's own industry. ``reward_advocate``
    and ``reward_referee`` say in plain words what each receives; empty means nothing.
    ``disclosure`` is the sentence a drafted message carries when there is a reward. ``questions``
    are those that whoever books a meeting is asked, three at most.
    """

    overview: str
    pitch: str
    ask: str
    ask_by_industry: dict[str, str] = field(default_factory=dict)
    industries: dict[str, str] = field(default_factory=dict)
    reward_advocate: str = ""
    reward_referee: str = ""
    disclosure: str = ""
    reassurance: str = ""
    agenda: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    hosts: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Per host id, the role and the bio in this locale where they differ from the host's own."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who is credited: the rule over the touchpoints, and the two windows in days."""

    rule: Literal["first", "last", "linear", "position"] = "first"
    window_days: int = 90
    credit_days: int = 365


@dataclass(frozen=True, slots=True)
class Rate:
    """What one unit of ``currency`` is worth in the program's own, from a day on.

    ``rate`` is the decimal text that was written, so that no float ever touches money.
    """

    since: date
    currency: str
    rate: str


class Cost(NamedTuple):
    """Money that the program cost, in minor units, spread over its days from ``since`` to
    ``until``, both within."""

    name: str
    kind: Literal["running", "rewards"]
    since: date
    until: date
    amount: int


class Channel(NamedTuple):
    """Another way to customers, as the marketer gives its figures; None is one not given.

    Money is in minor units; deals, days (``sales_cycle``) and rates are in millionths.
    """

    name: str
    deals: int | None = None
    average_value: int | None = None
    sales_cycle: int | None = None
    retention: int | None = None
    cost_per_acquisition: int | None = None


IGNORED = "ignore"
"""What a program says of a stage that means nothing to it."""


@dataclass(frozen=True, slots=True)
class Conversions:
    """How other systems tell what came of referrals: ``[conversions]`` of the program.

    ``stages`` has, by source, their words for ours (`events.CONVERSIONS`, or `IGNORED`); under no
    source stand those that all may use. ``hubspot_property`` is where a deal's stage is, and
    ``salesforce_fields`` the names in a record.
    """

    stages: dict[str, dict[str, str]] = field(default_factory=dict)
    hubspot_property: str = "dealstage"
    salesforce_fields: dict[str, str] = field(
        default_factory=lambda: {
            "id": "Id",
            "stage": "StageName",
            "at": "LastModifiedDate",
            "amount": "Amount",
            "currency": "CurrencyIsoCode",
            "email": "ContactEmail",
            "company": "AccountName",
            "referral": "Referral",
            "booking": "Booking",
        }
    )


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody's server that is told of events: ``[[events_out]]`` of the program.

    ``url`` may be empty for Slack, whose address is a secret. ``types`` are those of events.
    ``people`` says that names and addresses go with them, ``private`` that the server may lie in a
    private network.
    """

    name: str
    kind: Literal["webhook", "slack"]
    url: str
    types: tuple[str, ...]
    people: bool = False
    private: bool = False


@dataclass(frozen=True, slots=True)
class Experiment:
    """Variants of one thing, each shown to a part of the advocates and all who come by them.

    ``varies`` is ``messages/<medium>``, or one of `variants.SECTIONS`. The first of ``variants`` is
    what the program says without an experiment; ``weights`` are their shares of new people.
    ``goal`` is what an advocate is meant to bring about within so many ``days``, ``minimum`` how
    many of each variant one waits for, ``since`` the day from which results count. ``automatic``
    lets publishing give more people to what does better. ``ended`` is the variant that everybody
    gets from now on.
    """

    name: str
    varies: str
    variants: tuple[str, ...]
    weights: tuple[int, ...]
    goal: Literal["acted", "booked", "won"] = "acted"
    days: int = 14
    minimum: int = 50
    since: date | None = None
    automatic: bool = False
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """One referral program: ``content/program.toml``, checked and with every default in place.

    ``base_url`` has no slash at its end. ``texts`` holds one entry for each of ``locales``; the
    first locale is the program's own. ``looking_for`` holds industries, sizes and roles as given.
    ``rates`` are in order of day and currency. ``varied`` has the texts under a variant of an
    experiment, by its code (``gift=b``) and locale.
    """

    id: str
    base_url: str
    timezone: str
    currency: str
    brand: Brand
    locales: tuple[str, ...]
    texts: dict[str, Texts]
    media: tuple[str, ...]
    booking: Booking
    attribution: Attribution = Attribution()
    rates: tuple[Rate, ...] = ()
    looking_for_industries: tuple[str, ...] = ()
    looking_for_sizes: str = ""
    looking_for_roles: tuple[str, ...] = ()
    retention_introduced_days: int = 60
    retention_people_days: int = 730
    events_out: tuple[Receiver, ...] = ()
    conversions: Conversions = Conversions()
    costs: tuple[Cost, ...] = ()
    channels: tuple[Channel, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    varied: dict[str, dict[str, Texts]] = field(default_factory=dict)

    @property
    def locale(self) -> str:
        """The program's own locale, the fallback for everybody without one."""
        return self.locales[0]

    def locale_for(self, wanted: str) -> str:
        """The locale closest to ``wanted``: itself, its language, or the program's own."""
        if wanted in self.texts:
            return wanted
        language = wanted.partition("-")[0]
        return language if language in self.texts else self.locale
