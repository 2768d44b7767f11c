"""The runtime bundle: all that the functions know of the program, in one versioned document.

The build writes it, the functions read it and need nothing of the content folder. A document of a
format that this code does not know is refused, and functions answer 503 until both agree again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from passalong.codec import from_json, to_json
from passalong.editorial import Editorial
from passalong.errors import PassalongError
from passalong.given import Frame, Piece, piece
from passalong.locales import Locale
from passalong.pages.fill import Hole, Part, Repeat, Skeleton
from passalong.people import Account, Advocate, Referee

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FORMAT: Final = 2
_ANEW: Final = "“build.py serve” writes it anew"


class UnknownFormat(PassalongError):
    """The bundle was written by another version of the code, or is damaged."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The program as the functions need it.

    ``editorial`` has no bodies of stories and no text pages. People come with the keys of their
    pages, and share links with their codes. ``pieces`` and ``frames`` hold what every page that an
    introduction or a booking can make is made of; ``answers`` the pages that answer a form and the
    letters, by name and locale (``said.en``).
    """

    editorial: Editorial
    advocates: tuple[Advocate, ...]
    referees: tuple[Referee, ...]
    variants: Mapping[str, str]
    """By an advocate's id the codes of what they were given in experiments."""
    accounts: tuple[Account, ...]
    keys: Mapping[str, str]
    """From the key of a page, or the code of a share link, to the id of whose it is."""
    revisions: Mapping[str, int]
    pieces: Mapping[tuple[str, ...], Piece]
    frames: Mapping[Frame, Skeleton]
    locales: Mapping[str, Locale]
    answers: Mapping[str, Skeleton]
    version: str = ""


def lean(editorial: Editorial) -> Editorial:
    """The editorial content without what only a build needs."""
    return replace(
        editorial,
        stories=tuple(replace(story, body="", assets=()) for story in editorial.stories),
        withheld={},
        pages=(),
        problems=(),
        mappings={},
    )


def dump(bundle: Bundle) -> bytes:
    """The bundle as a JSON document, with its version: a digest of all the rest."""
    texts = _Texts()
    document = {
        "format": FORMAT,
        "editorial": to_json(bundle.editorial),
        "advocates": bundle.advocates,
        "referees": bundle.referees,
        "variants": bundle.variants,
        "accounts": bundle.accounts,
        "keys": bundle.keys,
        "revisions": bundle.revisions,
        "pieces": [[key, value.values] for key, value in bundle.pieces.items()],
        "frames": [[frame, texts.skeleton(made)] for frame, made in bundle.frames.items()],
        "locales": to_json(list(bundle.locales.values())),
        "answers": {name: texts.skeleton(made) for name, made in bundle.answers.items()},
        "texts": list(texts.places),
    }
    digest = hashlib.blake2b(_written(document), digest_size=16).hexdigest()
    return _written(document | {"version": digest})


class _Texts:
    """Skeletons as JSON: static text, which many have in common, as its place in one list.

    A hole is an array, a repeated part an object.
    """

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def skeleton(self, made: Skeleton) -> list[Any]:
        return [made.fields, self._parts(made.parts)]

    def _parts(self, parts: Iterable[Part]) -> list[Any]:
        return [self._part(part) for part in parts]

    def _part(self, part: Part) -> Any:
        if isinstance(part, bytes):
            return self.places.setdefault(part.decode(), len(self.places))
        if isinstance(part, Hole):
            return [part.field, part.mode]
        shapes = [[names, self._parts(row)] for names, row in part.shapes.items()]
        return {"field": part.field, "shapes": shapes}


def _written(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def load(data: bytes) -> Bundle:
    """The bundle in a document. Raises UnknownFormat."""
    try:
        document = json.loads(data)
        found = document["format"]
        if found == FORMAT:
            return _read(document)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnknownFormat(f"the bundle is damaged: {_ANEW}") from error
    raise UnknownFormat(f"the bundle has format {found}, this code reads {FORMAT}: {_ANEW}")


def _read(document: dict[str, Any]) -> Bundle:
    texts = [text.encode() for text in document["texts"]]
    return Bundle(
        editorial=from_json(Editorial, document["editorial"]),
        advocates=tuple(map(Advocate._make, document["advocates"])),
        referees=tuple(map(Referee._make, document["referees"])),
        variants=document["variants"],
        accounts=tuple(map(Account._make, document["accounts"])),
        keys=document["keys"],
        revisions=document["revisions"],
        pieces={tuple(key): piece(_given(values)) for key, values in document["pieces"]},
        frames={from_json(Frame, f): _skeleton(made, texts) for f, made in document["frames"]},
        locales={one["code"]: from_json(Locale, one) for one in document["locales"]},
        answers={name: _skeleton(made, texts) for name, made in document["answers"].items()},
        version=document["version"],
    )


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {n: value if isinstance(value, str) else tuple(value) for n, value in values.items()}


def _skeleton(made: list[Any], texts: list[bytes]) -> Skeleton:
    fields, parts = made
    return Skeleton(tuple(fields), tuple(_part(part, texts) for part in parts))


def _part(made: Any, texts: list[bytes]) -> Any:
    if isinstance(made, int):
        return texts[made]
    if isinstance(made, list):
        return Hole(*made)
    shapes = {tuple(n): tuple(_part(part, texts) for part in row) for n, row in made["shapes"]}
    return Repeat(made["field"], shapes)
