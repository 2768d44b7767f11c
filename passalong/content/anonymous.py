"""An anonymised story: rewritten so that nobody can tell whose it is, and checked that it is so."""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from passalong.content.bodies import IMAGE, LINK, TAG_IMAGE
from passalong.model import Metric, Quote, Story

if TYPE_CHECKING:
    from collections.abc import Callable

    from passalong.content.problems import Problems

_NOT_A_LETTER = re.compile(r"[^\w\s.@-]|_")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_PARTICLES = {"von", "van", "der", "den", "the", "and", "del", "della", "dos", "und"}


def anonymised(story: Story, problems: Problems) -> tuple[Story, tuple[str, ...]]:
    """The story without its customer, and the words that must not be found where it is shown.

    Needs ``story.anonymous``. Logo, domain, images and assets go; names are replaced in every text.
    What still gives the customer away afterwards is an error at its line.
    """
    said = story.anonymous
    if said is None:
        raise ValueError(f"{story.file} does not say how to speak of its customer")
    words = _replacements(story)
    swap = _swapper(words)
    quote = story.quote and Quote(
        swap(story.quote.text), *_speaker(story.quote, said.replace, said.customer, swap)
    )
    told = replace(
        story,
        slug=public_slug(story),
        title=swap(story.title),
        customer=said.customer,
        summary=swap(story.summary),
        body=swap(_without_pictures(story.body, story.domain)),
        industry=swap(story.industry),
        roles=tuple(map(swap, story.roles)),
        region=swap(story.region),
        domain="",
        metrics=tuple(
            Metric(*map(swap, (metric.value, metric.label, metric.before, metric.after)))
            for metric in story.metrics
        ),
        quote=quote,
        logo="",
        assets=(),
        anonymous=None,
    )
    forbidden = tuple(sorted(words, key=lambda word: (-len(word), word)))
    _check(told, story, forbidden, problems)
    return told, forbidden


def public_slug(story: Story) -> str:
    """The slug of an anonymised story: as given, else ``shipping-4c2f7a``.

    It is made of what is public only, so that nobody can guess their way back.
    """
    customer = story.anonymous.customer if story.anonymous else ""
    if story.anonymous and story.anonymous.slug:
        return story.anonymous.slug
    digest = blake2b(f"{story.industry}\0{customer}".encode(), digest_size=4).hexdigest()
    industry = re.sub(r"[^a-z0-9]+", "-", story.industry.lower()).strip("-")
    return f"{industry or 'story'}-{digest[:6]}"


def _replacements(story: Story) -> dict[str, str]:
    said = story.anonymous
    words = {story.customer: said.customer, story.slug: said.customer} if said else {}
    if said and story.domain:
        words |= {story.domain: said.customer, story.domain.split(".")[0]: said.customer}
    if said and story.quote:
        words[story.quote.name] = story.quote.role or said.customer
    if said:
        words |= said.replace
    return {word: instead for word, instead in words.items() if word.strip()}


def _swapper(words: dict[str, str]) -> Callable[[str], str]:
    """A function that replaces each word, however it is written, whole and longest first."""
    by_folded = {_folded(word): instead for word, instead in words.items()}
    longest = sorted(words, key=len, reverse=True)
    pattern = re.compile(
        "|".join(rf"(?<!\w){_loosely(word)}(?!\w)" for word in longest), re.IGNORECASE
    )

    def instead(found: re.Match[str]) -> str:
        return by_folded.get(_folded(found.group()), "") + "\n" * found.group().count("\n")

    return lambda text: pattern.sub(instead, text) if text else ""


def _loosely(word: str) -> str:
    """A pattern for ``word`` with any white space and either apostrophe."""
    parts = [re.escape(part).replace("'", "['’]").replace("’", "['’]") for part in word.split()]
    return r"\s+".join(parts)


def _folded(word: str) -> str:
    return " ".join(word.replace("’", "'").casefold().split())


def _speaker(
    quote: Quote, replaced: dict[str, str], customer: str, swap: Callable[[str], str]
) -> tuple[str, str]:
    """Who says it now: what stands in for the name, else the role; and for whom."""
    name = next(
        (to for word, to in replaced.items() if _folded(word) == _folded(quote.name)),
        swap(quote.role),
    )
    name = name or customer
    return name[:1].upper() + name[1:], "" if name == customer else customer


def _without_pictures(body: str, domain: str) -> str:
    """The text without images, and with links to the customer's own site as their words alone."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found.group().count("\n")

    def words(found: re.Match[str]) -> str:
        return found[1] if domain and domain in found[2].lower() else found.group()

    return LINK.sub(words, TAG_IMAGE.sub(blank, IMAGE.sub(blank, body)))


def _check(told: Story, story: Story, forbidden: tuple[str, ...], problems: Problems) -> None:
    names = _name_parts(story)
    fields = [told.slug.replace("-", " "), told.slug, told.title, told.customer, told.summary]
    fields += [told.industry, told.region, *told.roles]
    fields += [part for metric in told.metrics for part in (metric.value, metric.label)]
    fields += [part for metric in told.metrics for part in (metric.before, metric.after)]
    if told.quote:
        fields += [told.quote.text, told.quote.name, told.quote.role]
    places = [(1, field) for field in fields]
    places += [
        (story.body_line + number, line) for number, line in enumerate(told.body.split("\n"))
    ]
    places.append((story.body_line, " ".join(told.body.split())))
    seen: set[str] = set()
    for line, text in places:
        for word in _traces(text, forbidden, names):
            if word not in seen:
                seen.add(word)
                hint = "Say under anonymous.replace what to write instead."
                message = f"“{word}” still gives the customer of an anonymised story away."
                problems.error(story.file, line, message, hint)


def _name_parts(story: Story) -> tuple[str, ...]:
    """The single names of whoever is quoted; as names they begin with a capital."""
    parts = story.quote.name.split() if story.quote else []
    return tuple(
        part
        for part in parts
        if len(part) > 2 and part[0].isupper() and part.lower() not in _PARTICLES
    )


def _traces(text: str, forbidden: tuple[str, ...], names: tuple[str, ...]) -> list[str]:
    """The words found in ``text``: long ones anywhere, short ones and single names as whole words."""
    plain = _NOT_A_LETTER.sub(
        "", _INVISIBLE.sub("", html.unescape(unicodedata.normalize("NFKC", text)))
    )
    folded = plain.casefold()
    found = []
    for word in forbidden:
        wanted = _NOT_A_LETTER.sub("", unicodedata.normalize("NFKC", word)).casefold()
        whole = re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", folded) is not None
        if wanted and (whole or (len(wanted) > 4 and wanted in folded)):
            found.append(word)
    found += [name for name in names if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain)]
    return found
