"""Files in a bucket of Amazon S3: the published site, and what the functions read of it.

``s3://bucket/key?region=eu-central-1`` names an object; without a region the environment's holds.
Writes are whole or not at all, and can be read once they are answered.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from passalong.errors import Stop
from passalong.headers import headers_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SCHEME: Final = "s3://"
PRIVATE: Final = "private, no-store"
"""How long anybody may keep an object that is no file of the site."""
CONNECT_SECONDS: Final = 3
ANSWER_SECONDS: Final = 20

_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_PASSING = frozenset(
    {
        "ConditionalRequestConflict",
        "InternalError",
        "OperationAborted",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyInvalidationsInProgress",
    }
)
_CHANGED = frozenset({"PreconditionFailed", "412"})
_MISSING = frozenset({"NoSuchKey", "NotFound", "404"})
_UNCHANGED = frozenset({"NotModified", "304"})


class BucketError(OSError):
    """A request to AWS that was not done; ``passing`` if it may be done when tried again."""

    def __init__(self, message: str, code: str = "", *, passing: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.passing = passing

    @property
    def is_changed(self) -> bool:
        """Whether the object is not, or no longer, the one that the request was about."""
        return self.code in _CHANGED


class Address(NamedTuple):
    """An object, or with an empty ``key`` the bucket; ``options`` are what follows the ``?``."""

    bucket: str
    key: str
    options: dict[str, str]


def read_address(url: str, *options: str) -> Address:
    """What an address says, which may have these ``options``. Raises Stop."""
    parts = urlsplit(url)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not _BUCKET.fullmatch(parts.netloc) or parts.fragment:
        raise Stop(f"{url} names no bucket: write s3://bucket")
    if unknown := sorted(given.keys() - {*options}):
        raise Stop(f"{url}: there is no option {unknown[0]}, only {', '.join(options)}")
    return Address(parts.netloc, parts.path.removeprefix("/"), given)


def client(service: str, region: str, connections: int = 10) -> Any:
    """A client of ``s3`` or ``cloudfront``. Raises Stop where there is none to be had."""
    try:
        from botocore.config import Config  # noqa: PLC0415 - only where something lies on AWS

        from passalong import aws  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise Stop("What lies in S3 needs botocore: pip install botocore") from missing
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"total_max_attempts": 1},  # whoever asks tries again, and knows for how long
        max_pool_connections=connections,
    )
    nowhere = "What lies in S3 needs a region: s3://bucket?region=eu-central-1"
    return aws.client(service, region, "", config, nowhere=nowhere)


@contextmanager
def asking(what: str) -> Iterator[None]:
    """Turns AWS' errors into BucketError; ``what`` says what is asked, in a few words."""
    from botocore.exceptions import (  # noqa: PLC0415 - as above
        BotoCoreError,
        ClientError,
        ConnectionError,  # noqa: A004 - botocore's own, which is no OSError
        HTTPClientError,
    )

    try:
        yield
    except ClientError as error:
        code = str(error.response["Error"].get("Code", ""))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        passing = code in _PASSING or status >= 500
        raise BucketError(f"{what}: AWS says {code}", code, passing=passing) from error
    except (ConnectionError, HTTPClientError) as error:
        raise BucketError(f"{what}: {error}", passing=True) from error
    except BotoCoreError as error:
        raise BucketError(f"{what}: {error}") from error


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket. A *tag* is an object's ETag, which differs whenever its bytes do.

    Every method raises BucketError.
    """

    client: Any
    name: str

    def list(self, seen: Callable[[int], None] = lambda _: None) -> dict[str, str]:
        """Every object's tag by its key; ``seen`` is told in between how many there are so far."""
        found: dict[str, str] = {}
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name)
        with asking(f"listing {self.name}"):
            for page in pages:
                found |= {one["Key"]: _plain(one["ETag"]) for one in page.get("Contents", ())}
                seen(len(found))
        return found

    def get(self, key: str, unless: str = "") -> tuple[bytes, str] | None:
        """An object and its tag; None where there is none, or it still has the tag ``unless``."""
        condition = {"IfNoneMatch": f'"{unless}"'} if unless else {}
        try:
            with asking(f"reading {self.name}/{key}"):
                answer = self.client.get_object(Bucket=self.name, Key=key, **condition)
                return answer["Body"].read(), _plain(answer["ETag"])
        except BucketError as error:
            if error.code in _MISSING | _UNCHANGED:
                return None
            raise

    def tag(self, key: str) -> str:
        """The tag of an object; empty where there is none."""
        try:
            with asking(f"looking at {self.name}/{key}"):
                return _plain(self.client.head_object(Bucket=self.name, Key=key)["ETag"])
        except BucketError as error:
            if error.code in _MISSING:
                return ""
            raise

    def put(
        self, key: str, data: bytes, media_type: str, caching: str, instead_of: str | None = None
    ) -> str:
        """Makes or replaces an object; its tag.

        With ``instead_of`` only if it has that tag, or with an empty one if there is none yet.
        """
        condition = {}
        if instead_of is not None:
            condition = {"IfMatch": f'"{instead_of}"'} if instead_of else {"IfNoneMatch": "*"}
        with asking(f"writing {self.name}/{key}"):
            answer = self.client.put_object(
                Bucket=self.name,
                Key=key,
                Body=data,
                ContentType=media_type,
                CacheControl=caching,
                **condition,
            )
        return _plain(answer["ETag"])

    def remove(self, key: str) -> None:
        """Takes an object away, if it is there."""
        with asking(f"removing {self.name}/{key}"):
            self.client.delete_object(Bucket=self.name, Key=key)


@dataclass(frozen=True, slots=True)
class BucketPages:
    """The site in a bucket, for its build and for pages that functions make in between."""

    bucket: Bucket

    def put(self, path: str, data: bytes) -> str:
        """Makes a file, or replaces it, with the headers of its kind; its tag."""
        headers = headers_for(path)
        return self.bucket.put(path, data, headers["Content-Type"], headers["Cache-Control"])

    def remove(self, path: str) -> None:
        """Takes a file away, if it is there."""
        self.bucket.remove(path)


@dataclass(frozen=True, slots=True)
class BucketFile:
    """One object that is read again and again, such as the functions' bundle."""

    bucket: Bucket
    key: str
    look_every: float = 60.0
    """Seconds for which it is taken to be as it was."""

    def newest(self, seen: object) -> tuple[object, bytes] | None:
        """What tells its version from others, and its bytes; None if it is ``seen``, or is not
        there. Raises BucketError."""
        found = self.bucket.get(self.key, str(seen or ""))
        return (found[1], found[0]) if found else None


def _plain(etag: str) -> str:
    return etag.strip('"')
