"""A bundle as functions ask it: people by what tokens call them, pages made of its skeletons."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from passalong.answer_fields import values
from passalong.booking.accounts import Accounts
from passalong.errors import PassalongError
from passalong.given import frame_of, pieces_of
from passalong.holders import Holders
from passalong.pages.fill import bind, fill
from passalong.people import People

if TYPE_CHECKING:
    from collections.abc import Mapping

    from passalong.access import Signer
    from passalong.bundle import Bundle
    from passalong.drafting import Drafts
    from passalong.editorial import Editorial
    from passalong.locales import Locale
    from passalong.pages.fill import Row, Skeleton
    from passalong.people import Advocate, Referee
    from passalong.plan import Planner, Shape
    from passalong.program import Program
    from passalong.tokens import PathKeys


class NotInBundle(PassalongError):
    """The bundle lacks what a page is made of: it is not of this program, or of other code."""


class Page(NamedTuple):
    """A page of the site: its path in it, and its bytes."""

    path: str
    data: bytes


class Known:
    """One version of the program; made once for a bundle, and asked by many requests."""

    def __init__(self, bundle: Bundle, keys: PathKeys, signer: Signer) -> None:
        self.bundle = bundle
        self.program: Program = bundle.editorial.program
        self.holders = Holders(keys, signer, bundle.revisions)
        self._advocates = {advocate.id: advocate for advocate in bundle.advocates}
        self._referees = {referee.id: referee for referee in bundle.referees}
        self._bound: dict[Shape, Skeleton] = {}

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts, to be asked."""
        return Accounts(self.bundle.accounts)

    @cached_property
    def _by_advocate(self) -> dict[str, list[Referee]]:
        found: dict[str, list[Referee]] = {}
        for referee in self.bundle.referees:
            found.setdefault(referee.advocate, []).append(referee)
        return found

    @cached_property
    def _planner(self) -> Planner:
        from passalong.plan import Planner  # noqa: PLC0415 - most requests make no page

        nobody = People([], [], (), (), variants=dict(self.bundle.variants))
        return Planner(self.bundle.editorial, nobody, self.holders)

    def advocate(self, person_id: str) -> Advocate | None:
        """The advocate with this id."""
        return self._advocates.get(person_id)

    def referee(self, person_id: str) -> Referee | None:
        """The referee with this id, suggested ones included, if the build knew them."""
        return self._referees.get(person_id)

    def referees_of(self, advocate: Advocate) -> list[Referee]:
        """Whom the build knew of an advocate's, suggested ones included."""
        return self._by_advocate.get(advocate.id, [])

    def advocate_at(self, key: str) -> Advocate | None:
        """The advocate whose page has this key, or whose share link this code."""
        return self.advocate(self.bundle.keys.get(key, ""))

    def referee_at(self, key: str) -> Referee | None:
        """The referee whose page has this key."""
        return self.referee(self.bundle.keys.get(key, ""))

    def locale(self, code: str) -> Locale:
        """The words of a locale of the program, or of the closest to it."""
        return self.bundle.locales[self.program.locale_for(code)]

    def page_of(self, referee: Referee, advocate: Advocate) -> Page:
        """A referee's page: the same bytes as the next build's. Raises NotInBundle."""
        shape, path, said = self._planner.referee(referee, advocate)
        if shape not in self._bound:
            self._bound[shape] = self._skeleton(shape)
        return Page(path, next(fill(self._bound[shape], [said])))

    def story_of(self, referee: Referee, advocate: Advocate) -> str:
        """The slug of the story that a referee's page shows, if any."""
        return self._planner.referee(referee, advocate).shape.story

    def shared_story(self, advocate: Advocate) -> str:
        """The slug of the story that the page behind an advocate's share link shows, if any."""
        return self._planner.share(advocate).shape.story

    def host_of(self, referee: Referee, advocate: Advocate) -> str:
        """The id of the host whom a referee's page names."""
        return self._planner.referee(referee, advocate).shape.host

    def variants_of(self, advocate: Advocate) -> str:
        """The codes of what an advocate was given in experiments."""
        return self.bundle.variants.get(advocate.id, "")

    def drafts_of(self, advocate: Advocate) -> Drafts:
        """The drafted messages as an advocate has them."""
        from passalong.drafting import Drafts  # noqa: PLC0415 - most requests need no message

        return Drafts(self._seen_by(advocate))

    def _seen_by(self, advocate: Advocate) -> Editorial:
        views = self._planner.views
        return views.editorial(views.shown(self.variants_of(advocate), "advocate"))

    def words_of(self, advocate: Advocate, code: str) -> dict[str, str]:
        """What fills an advocate's messages in a locale. Raises NotInBundle."""
        from passalong.drafting import looking_for, words_of  # noqa: PLC0415 - see above

        locale, program = self.locale(code), self._seen_by(advocate).program
        shape, _, said = self._planner.advocate(advocate._replace(locale=locale.code))
        values = dict(zip(shape.present, said, strict=True))
        values["looking_for"] = looking_for(program.texts[locale.code], shape.industry)
        values |= self._piece("host", shape.host, locale.code)
        if shape.story:
            values |= self._piece("story", shape.story, locale.code)
        return words_of(program, locale, values, gift=shape.gift)

    def answer(self, name: str, locale: str, said: Mapping[str, str | tuple[Row, ...]]) -> bytes:
        """The page that answers a form. Raises NotInBundle."""
        return next(fill(self.skeleton(name, locale), [values(name, said)]))

    def skeleton(self, name: str, locale: str) -> Skeleton:
        """What an answer's page is made of. Raises NotInBundle."""
        skeleton = self.bundle.answers.get(f"{name}.{self.program.locale_for(locale)}")
        if skeleton is None:
            raise NotInBundle(f"the bundle has no answer {name} in {locale}")
        return skeleton

    def _piece(self, *key: str) -> Mapping[str, str | tuple[Row, ...]]:
        try:
            return self.bundle.pieces[key].values
        except KeyError as error:
            raise NotInBundle("the bundle lacks what a message says") from error

    def _skeleton(self, shape: Shape) -> Skeleton:
        try:
            pieces = pieces_of(shape, lambda *key: self.bundle.pieces[key])
            frame = self.bundle.frames[frame_of(self.bundle.editorial, shape, pieces)]
        except KeyError as error:
            raise NotInBundle("the bundle cannot make this page") from error
        given = {name: value for one in pieces for name, value in one.values.items()}
        return bind(frame, given)
