"""The functions' bundle: the words, people and skeletons of a build, for pages made later.

An introduction can lead to a page that no build has made: with another story, in another language,
with the advocate's words or without. The skeleton of every such page is compiled here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from passalong.bundle import Bundle, lean
from passalong.given import frame_of, pieces_of
from passalong.pages.answers import answer_skeletons
from passalong.pages.compiler import compile_frames, site_of
from passalong.pages.mails import mail_skeletons
from passalong.pages.reporting import report_skeletons
from passalong.plan import REFEREE_FIELDS, Shape, byline_of, reward_of
from passalong.variants import Views

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from passalong.given import Piece
    from passalong.holders import Holders
    from passalong.pages.site import Site
    from passalong.pages.state import Compiled
    from passalong.people import Advocate, People
    from passalong.program import Program


def bundle_of(
    compiled: Compiled, people: People, holders: Holders, content: Path, folder: Path
) -> Bundle:
    """The bundle of a build; adds to ``compiled`` the skeletons that it lacks.

    Raises what `compile_site` raises, for the pages that are compiled here.
    """
    site = site_of(compiled, content, folder)
    pieces = _pieces(site)
    frames = {frame_of(site.editorial, s, pieces_of(s, site.piece)) for s in _shapes(site, people)}
    compile_frames(compiled, site, sorted(frames - compiled.frames.keys()))
    if not compiled.answers:
        compiled.answers = answer_skeletons(site) | mail_skeletons(site) | report_skeletons(site)
    return Bundle(
        editorial=lean(site.editorial),
        advocates=tuple(people.advocates),
        referees=tuple(people.referees),
        variants=people.variants,
        accounts=people.accounts,
        keys=_keys(people, holders),
        revisions=dict(holders.revisions),
        pieces=pieces,
        frames={frame: compiled.frames[frame] for frame in sorted(frames)},
        locales={code: site.locale(code) for code in site.program.locales},
        answers=compiled.answers,
    )


def _pieces(site: Site) -> dict[tuple[str, ...], Piece]:
    """All that a referee's page can show besides persons."""
    shown = [(what, slug) for slug in site.stories for what in ("story", "image")]
    about = [("host", host) for host in site.hosts] + [("image", ""), *shown]
    every = [(*one, code) for one in about for code in site.program.locales]
    return {key: site.piece(*key) for key in every}


def _shapes(site: Site, people: People) -> Iterator[Shape]:
    """A Shape for every page that an introduction by one of these people can make."""
    for code in site.program.locales:
        for present, gift, variants in _personal(site, people, code):
            for host in site.hosts:
                for story in ("", *site.stories):
                    yield Shape(
                        "referee", code, present, host, story=story, gift=gift, variants=variants
                    )


def _personal(
    site: Site, people: People, code: str
) -> set[tuple[tuple[str, ...], bool, tuple[str, ...]]]:
    """Which personal values pages in a locale can have, whether the gift is the program's, and
    the variants of its words."""
    found, views = set(), Views(site.editorial)
    for byline, reward, gift, variants in {
        (bool(byline_of(advocate)), *_reward(views.program(variants), advocate, code), variants)
        for advocate in people.advocates
        for variants in [views.shown(people.variants.get(advocate.id, ""), "referee")]
    }:
        for reason in (False, True):
            absent = {"advocate.byline": byline, "reason": reason, "reward": reward}
            present = tuple(name for name in REFEREE_FIELDS if absent.get(name, True))
            found.add((present, gift, variants))
    return found


def _reward(program: Program, advocate: Advocate, code: str) -> tuple[bool, bool]:
    own, gift = reward_of(program, advocate, code)
    return bool(own), gift


def _keys(people: People, holders: Holders) -> dict[str, str]:
    keys = {holders.key("advocate", advocate.id): advocate.id for advocate in people.advocates}
    keys |= {holders.code(advocate): advocate.id for advocate in people.advocates}
    return keys | {holders.key("referee", referee.id): referee.id for referee in people.referees}
