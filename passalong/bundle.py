"""The runtime bundle: all that the functions know of the program, in one versioned document.

The build writes it, the functions read it and need nothing of the content folder. A document of a
format that this code does not know is refused, and the function answers 503 until both agree again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from passalong.codec import from_json, to_json
from passalong.errors import PassalongError
from passalong.given import Catalogue, Frame
from passalong.locales import Locale
from passalong.model import Account, Advocate, Editorial, Referee
from passalong.pages.fill import Skeleton

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from passalong.model import People
    from passalong.tokens import PathKeys

FORMAT: Final = 1


class UnknownFormat(PassalongError):
    """The bundle was written by another version of the code."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The program as the functions need it; ``version`` changes with anything in it.

    ``editorial`` has no bodies of stories and no text pages. ``frames`` holds a skeleton for every
    page that an introduction or a booking can make, ``answers`` those of the pages that answer a
    form.
    """

    version: str
    editorial: Editorial
    advocates: tuple[Advocate, ...]
    referees: tuple[Referee, ...]
    accounts: tuple[Account, ...]
    catalogue: Catalogue
    frames: dict[Frame, Skeleton]
    locales: dict[str, Locale]
    answers: dict[str, Skeleton] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A bundle with its people by what tokens call them."""

    bundle: Bundle
    advocates: Mapping[str, Advocate]
    referees: Mapping[str, Referee]
    advocates_by_id: Mapping[str, Advocate]


def know(bundle: Bundle, keys: PathKeys) -> Known:
    """Looks people up by the reference in their pages' tokens: a key, or a share link's code."""
    advocates = {keys.key("advocate", a.id): a for a in bundle.advocates}
    advocates |= {a.share_code or keys.code(a.id): a for a in bundle.advocates}
    referees = {keys.key("referee", r.id): r for r in bundle.referees}
    return Known(bundle, advocates, referees, {a.id: a for a in bundle.advocates})


def make(
    editorial: Editorial,
    people: People,
    catalogue: Catalogue,
    frames: dict[Frame, Skeleton],
    locales: Iterable[Locale],
    answers: dict[str, Skeleton],
) -> Bundle:
    """The bundle of a build; its version is a digest of all the rest."""
    lean = replace(
        editorial,
        stories=tuple(replace(story, body="", assets=()) for story in editorial.stories),
        pages=(),
        problems=(),
    )
    bundle = Bundle(
        "",
        lean,
        tuple(people.advocates),
        tuple(people.referees),
        people.accounts,
        catalogue,
        frames,
        {locale.code: locale for locale in locales},
        answers,
    )
    digest = hashlib.blake2b(dump(bundle), digest_size=16).hexdigest()
    return replace(bundle, version=digest)


def dump(bundle: Bundle) -> bytes:
    """The bundle as a JSON document."""
    document = {"format": FORMAT, "bundle": to_json(bundle)}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def load(data: bytes) -> Bundle:
    """The bundle in a document. Raises UnknownFormat."""
    try:
        document = json.loads(data)
        if document["format"] == FORMAT:
            bundle: Bundle = from_json(Bundle, document["bundle"])
            return bundle
    except (ValueError, KeyError, TypeError) as error:
        raise UnknownFormat("the bundle is damaged") from error
    raise UnknownFormat(f"the bundle has format {document['format']}, this code reads {FORMAT}")
