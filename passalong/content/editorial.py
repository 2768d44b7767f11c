"""The whole content folder but its people, read and checked in one go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, cast

from passalong.content.anonymous import anonymised, public_slug
from passalong.content.bodies import Body
from passalong.content.forms import is_locale
from passalong.content.links import Surroundings, check_story_links
from passalong.content.mapping import mapping_of
from passalong.content.people import read_people
from passalong.content.problems import Problems
from passalong.content.program import COLOUR, read_program
from passalong.content.schema import Table
from passalong.content.signoffs import FILE, read_sign_offs, reason_to_withhold
from passalong.content.stories import read_story
from passalong.content.storyfiles import find_stories
from passalong.content.texts import PAGES, read_messages, read_pages
from passalong.content.toml import read_toml
from passalong.content.unfilled import unfilled
from passalong.editorial import Editorial
from passalong.errors import ContentRefused
from passalong.program import Booking, Brand, Program, Texts
from passalong.variants import concluded

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from passalong.content.mapping import Mapping
    from passalong.content.storyfiles import StoryFile
    from passalong.editorial import SignOff, Story, TextPage

    Signed = dict[str, SignOff]
    """Sign-offs that are taken as given, by the slugs of their stories."""

PROGRAM = "program.toml"


class _Gate(NamedTuple):
    """Which stories are shown, under which slug and sign-off, and why the others are not."""

    public: dict[str, str]
    sign_offs: dict[str, SignOff]
    withheld: dict[str, str]


def read_editorial(
    folder: Path, today: date, site: Path, as_signed: Signed | None = None
) -> Editorial:
    """See ``passalong.content.read_editorial``."""
    problems = Problems()
    read = _read_program(folder, problems)
    program, raw = read or (_stand_in(folder), {})
    if read is None and _may_be_mapped(folder):
        raise ContentRefused(problems.sorted())
    mapping = mapping_of(raw, "case_studies")
    found, stories, around = _read_stories(folder, program, mapping, problems)
    gate = _gate(folder, found, stories, today, problems, as_signed=as_signed or {})
    shown, forbidden = _shown(found, stories, gate, problems, soft=mapping.foreign)
    messages = read_messages(folder, site, program, problems)
    pages = tuple(
        _page(page, gate, problems) for page in read_pages(folder, program, around, problems)
    )
    editorial = Editorial(
        program=program,
        stories=shown,
        withheld=gate.withheld,
        messages=messages,
        pages=pages,
        problems=problems.sorted(),
        public_slugs=gate.public,
        forbidden=forbidden,
        mappings=raw,
    )
    if read is None:
        people = read_people(folder, editorial)
        raise ContentRefused(sorted({*editorial.problems, *people.problems}))
    refused = any(problem.severity == "error" for problem in editorial.problems)
    return editorial if refused else concluded(editorial)


def _read_program(folder: Path, problems: Problems) -> tuple[Program, dict[str, object]] | None:
    path = folder / PROGRAM
    if not path.is_file():
        message = "is missing: it says whose program this is."
        problems.error(PROGRAM, 0, message, "`python build.py init` writes one.")
        return None
    read = read_toml(path, PROGRAM, problems)
    if read is None:
        return None
    data, lines = read
    content = data.get("content")
    program = read_program(Table(data, PROGRAM, lines, problems), folder)
    return program, cast("dict[str, object]", content) if isinstance(content, dict) else {}


def _stand_in(folder: Path) -> Program:
    """What the rest of the folder is checked against when program.toml cannot be read."""
    names = {path.stem.rpartition(".")[2] for path in folder.glob("*/*.*.md")}
    locales = dict.fromkeys(["en", *sorted(filter(is_locale, names))])
    return Program(
        id="",
        base_url="",
        timezone="UTC",
        currency="EUR",
        brand=Brand("", "", COLOUR, ""),
        locales=tuple(locales),
        texts={code: Texts("", "", "") for code in locales},
        media=(),
        booking=Booking(()),
    )


def _may_be_mapped(folder: Path) -> bool:
    """Whether stories and lists may have names of their own: checking them would mislead."""
    path = folder / PROGRAM
    return path.is_file() and b"[content" in path.read_bytes()


def _read_stories(
    folder: Path, program: Program, mapping: Mapping, problems: Problems
) -> tuple[list[StoryFile], dict[str, Story], Surroundings]:
    found = find_stories(folder, mapping, problems)
    around = Surroundings(
        folder=folder,
        base_url=program.base_url,
        slugs={story.path.name: story.slug for story in found},
        addresses=_addresses(program),
    )
    read = {
        story.slug: read_story(story, mapping, program.locale, around, problems) for story in found
    }
    return found, {slug: story for slug, story in read.items() if story}, around


def _addresses(program: Program) -> frozenset[str]:
    """Every public page but the stories."""
    homes = ["/", *(f"/{code}/" for code in program.locales[1:])]
    return frozenset(
        f"{home}{page}" for home in homes for page in ("", "stories/", *(f"{p}/" for p in PAGES))
    )


def _gate(
    folder: Path,
    found: list[StoryFile],
    stories: dict[str, Story],
    today: date,
    problems: Problems,
    *,
    as_signed: Signed,
) -> _Gate:
    """Every story is either shown or withheld with a reason."""
    sign_offs = read_sign_offs(folder, [story.slug for story in found], problems) | as_signed
    gate = _Gate({}, sign_offs, {})
    for each in found:
        sign_off = sign_offs.get(each.slug)
        assumed = each.slug in as_signed
        reason = "" if assumed else reason_to_withhold(sign_off, each.digest, today)
        story = stories.get(each.slug)
        _check_unfilled(each, problems, soft=not assumed)
        if story is None:
            gate.withheld[each.slug] = "its file cannot be read"
        elif reason or sign_off is None:
            file, line = (FILE, sign_off.line) if sign_off else (each.file, 1)
            problems.warn(file, line, f"{each.slug} is not shown: {reason}.")
            gate.withheld[each.slug] = reason
        elif sign_off.scope == "named":
            gate.public[each.slug] = each.slug
        elif story.anonymous is None:
            message = f"{each.slug} is to be anonymised, but {each.file} does not say how."
            problems.error(FILE, sign_off.line, message, "Give it “anonymous” with a customer.")
            gate.withheld[each.slug] = "it does not say how to be anonymised"
        else:
            gate.public[each.slug] = public_slug(story)
    _check_clashes(gate, found, stories, problems)
    return gate


def _check_unfilled(found: StoryFile, problems: Problems, *, soft: bool) -> None:
    """Report a story that nobody has written yet; who is asked to sign it off must not see it."""
    line, words = unfilled(found.text or "")
    if line:
        message = f"{found.slug} still holds the interview’s own words: {words}."
        hint = "Put what your customer said in their place."
        problems.note(found.file, line, message, hint, soft=soft)


def _check_clashes(
    gate: _Gate, found: list[StoryFile], stories: dict[str, Story], problems: Problems
) -> None:
    taken = {story.slug: story.slug for story in found}
    for slug, public in gate.public.items():
        if taken.get(public, slug) != slug:
            message = f"is shown at /stories/{public}/, as {taken[public]} is."
            problems.error(stories[slug].file, 1, message, "Give it an anonymous.slug of its own.")
        taken.setdefault(public, slug)


def _shown(
    found: list[StoryFile],
    stories: dict[str, Story],
    gate: _Gate,
    problems: Problems,
    *,
    soft: bool,
) -> tuple[tuple[Story, ...], dict[str, tuple[str, ...]]]:
    """The stories in the mode of their sign-offs, and the words that must not show."""
    shown, forbidden = [], {}
    for each in found:
        slug, story = each.slug, stories.get(each.slug)
        if story is None:
            continue
        body = Body(story.body, story.file, story.body_line, address=f"/stories/{slug}/", soft=soft)
        linked = replace(story, body=check_story_links(body, gate.public, gate.withheld, problems))
        if slug in gate.public and gate.sign_offs[slug].scope == "anonymised":
            linked, forbidden[gate.public[slug]] = anonymised(linked, each.text or "", problems)
        if slug in gate.public:
            shown.append(linked)
    return tuple(sorted(shown, key=lambda story: story.slug)), forbidden


def _page(page: TextPage, gate: _Gate, problems: Problems) -> TextPage:
    body = Body(page.body, page.file, page.body_line, address=f"/{page.slug}/", soft=False)
    return replace(page, body=check_story_links(body, gate.public, gate.withheld, problems))
