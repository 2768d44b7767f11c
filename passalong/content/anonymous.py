"""An anonymised story: rewritten so that nobody can tell whose it is, and checked that it is so."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from passalong.content.bodies import IMAGE, LINK, TAG_IMAGE
from passalong.content.traces import check_traces
from passalong.editorial import Metric, Quote, Story

if TYPE_CHECKING:
    from collections.abc import Callable

    from passalong.content.problems import Problems

    Swap = Callable[[str], str]

_BEGINNING = re.compile(
    r"(?:^|\n[ \t]*\n|[.!?:]\s+|\n[ \t]*(?:#+|[-*+>]|\d+\.)[ \t]+)[#>*_\"'“„«‘( \t]*$"
)


def anonymised(story: Story, source: str, problems: Problems) -> tuple[Story, tuple[str, ...]]:
    """The story without its customer, and the words that must not be found where it is shown.

    Needs ``story.anonymous``; ``source`` is the text of its file, for the lines of problems. Logo,
    domain, images and assets go; names are replaced in every text. What still gives the customer
    away afterwards is an error at its line.
    """
    words = _replacements(story)
    told = _told(story, _swapper(words))
    once = {_folded(word): word for word in words}
    forbidden = tuple(sorted(once.values(), key=lambda word: (-len(word), word)))
    check_traces(told, story, source, forbidden, problems)
    return told, forbidden


def public_slug(story: Story) -> str:
    """The slug of an anonymised story: as given, else ``shipping-4c2f7a``.

    It is made of what is public only, so that nobody can guess their way back.
    """
    customer = story.anonymous.customer if story.anonymous else ""
    if story.anonymous and story.anonymous.slug:
        return story.anonymous.slug
    digest = blake2b(f"{story.industry}\0{customer}".encode(), digest_size=3).hexdigest()
    industry = re.sub(r"[^a-z0-9]+", "-", story.industry.lower()).strip("-")
    return f"{industry or 'story'}-{digest}"


def _told(story: Story, swap: Swap) -> Story:
    customer = story.anonymous.customer if story.anonymous else ""
    return replace(
        story,
        slug=public_slug(story),
        title=swap(story.title),
        customer=customer,
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
        quote=story.quote and _quote(story.quote, customer, swap),
        logo="",
        assets=(),
        anonymous=None,
    )


def _quote(quote: Quote, customer: str, swap: Swap) -> Quote:
    """The same words, said by whoever stands in for the name; of the unnamed customer alone, if
    that is all there is to say. The role is what stands in already.
    """
    name = swap(quote.name)
    alone = name.lower() == customer.lower()
    return Quote(swap(quote.text), "" if alone else name[:1].upper() + name[1:], "")


def _replacements(story: Story) -> dict[str, str]:
    """Every word that must not stay, and what is said instead."""
    said = story.anonymous
    customer = said.customer if said else ""
    words = {story.slug: customer, story.customer: customer, story.domain: customer}
    if story.domain:
        words[max(story.domain.split(".")[:-1], key=len)] = customer
    if story.quote:
        words[story.quote.name] = story.quote.role or customer
    words |= said.replace if said else {}
    return {word: instead for word, instead in words.items() if word}


def _swapper(words: dict[str, str]) -> Swap:
    """A function that replaces each word, however it is written, whole and longest first."""
    by_folded = {_folded(word): instead for word, instead in words.items()}
    longest = sorted(words, key=len, reverse=True)
    pattern = re.compile(
        "|".join(rf"(?<!\w){_loosely(word)}(?!\w)" for word in longest), re.IGNORECASE
    )

    def instead(found: re.Match[str]) -> str:
        words = by_folded[_folded(found.group())]
        if _BEGINNING.search(found.string, max(0, found.start() - 80), found.start()):
            words = words[:1].upper() + words[1:]
        return words + "\n" * found.group().count("\n")

    return lambda text: pattern.sub(instead, text)


def _loosely(word: str) -> str:
    """A pattern for ``word`` with any white space and either apostrophe."""
    parts = [re.escape(part).replace("'", "['’]").replace("’", "['’]") for part in word.split()]
    return r"\s+".join(parts)


def _folded(word: str) -> str:
    return " ".join(word.replace("’", "'").casefold().split())


def _without_pictures(body: str, domain: str) -> str:
    """The text without images, and with links to the customer's own site as their words alone."""

    def blank(found: re.Match[str]) -> str:
        return "\n" * found.group().count("\n")

    def words(found: re.Match[str]) -> str:
        return found[1] if domain and domain in found[2].lower() else found.group()

    return LINK.sub(words, TAG_IMAGE.sub(blank, IMAGE.sub(blank, body)))
