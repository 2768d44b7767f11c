"""What is known of a published site: a private document beside the functions' bundle.

It says which bytes are live, so that only others go up; that a run is under way, and what it may
have left, so that the next one finishes it; and of what the addresses are made, without telling.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from passalong.codec import from_json, to_json
from passalong.errors import Stop
from passalong.headers import headers_for

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = 1
_PEOPLE: Final = frozenset({"advocates", "referees", "accounts", "keys", "revisions", "version"})


class Entry(NamedTuple):
    """A file that was put: the digest of what it is, and the tag that the target gave it."""

    digest: str
    tag: str


NOTHING: Final = Entry("", "")


class Wanted(NamedTuple):
    """A file as it should be: the digest of its bytes and headers, and the MD5 of the bytes."""

    digest: str
    md5: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A published site; empty before the first time."""

    program: str = ""
    fingerprint: str = ""
    """Of the path secret."""
    ledger: str = ""
    """Of the ledger's table; empty where the ledger is a file."""
    is_done: bool = True
    """False while a run is under way, and after one was killed."""
    renewed: bool = False
    """Whether the run gives everybody new addresses: then the old ones go."""
    bundle: Entry = NOTHING
    version: str = ""
    theme: str = ""
    """A digest of the bundle without its people."""
    theme_at: datetime | None = None
    """When another theme took the place of one that functions may still know."""
    files: dict[str, Entry] = field(default_factory=dict)
    coming: tuple[str, ...] = ()
    """Paths that the run may have put."""
    introduced: tuple[str, ...] = ()
    """Pages of people whom the ledger knows: they go only if it says so."""
    retired: dict[str, datetime] = field(default_factory=dict)
    """Assets that no page names any more, since when."""
    stale: tuple[str, ...] = ()
    """URIs that caches may hold, and have yet to forget."""
    month: str = ""
    """As 2026-11: when ``invalidated`` paths were counted, as CloudFront bills them."""
    invalidated: int = 0

    def used(self, at: datetime) -> int:
        """Paths that were invalidated in the month of that time."""
        return self.invalidated if self.month == month_of(at) else 0


def month_of(at: datetime) -> str:
    """A month as it is noted."""
    return f"{at:%Y-%m}"


def dump(manifest: Manifest) -> bytes:
    """The document."""
    document = {"format": FORMAT, **to_json(manifest)}
    return json.dumps(document, separators=(",", ":")).encode()


def load(data: bytes) -> Manifest:
    """The manifest in a document. Raises Stop."""
    try:
        document = json.loads(data)
        if document.pop("format") == FORMAT:
            manifest: Manifest = from_json(Manifest, document)
            return manifest
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise Stop(f"What is noted of the published site is damaged: {error}") from error
    raise Stop("The site was published by a newer version of Passalong: update this one.")


def wanted(path: str, data: bytes) -> Wanted:
    """What the file at a path of the site should be."""
    headers = headers_for(path)
    about = f"{headers['Content-Type']}\0{headers['Cache-Control']}\0"
    digest = hashlib.blake2b(about.encode() + data, digest_size=16).hexdigest()
    return Wanted(digest, hashlib.md5(data, usedforsecurity=False).hexdigest())


def files_of(folder: Path) -> dict[str, Wanted]:
    """Every file of a built site, hidden ones left out, by its path."""
    return {
        name: wanted(name, path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        for name in (path.relative_to(folder).as_posix(),)
    }


def fingerprint(secret: bytes, about: str) -> str:
    """What tells a secret from others and says nothing of it, nor of ``about``."""
    message = b"passalong fingerprint 1\0" + about.encode()
    return hmac.digest(secret, message, "sha256")[:16].hex()


def theme_of(bundle: bytes) -> str:
    """What a bundle says besides people."""
    rest = {name: part for name, part in json.loads(bundle).items() if name not in _PEOPLE}
    return hashlib.blake2b(json.dumps(rest).encode(), digest_size=16).hexdigest()


def version_of(bundle: bytes) -> str:
    """The version that a bundle has."""
    return str(json.loads(bundle)["version"])
