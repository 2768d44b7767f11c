"""S3 and CloudFront on this machine, as far as publishing asks them: buckets by path, over HTTP.

Whatever changes something is one step under a lock, after which ``watch`` is called; ``fault``
may have a request answered with an error, or its answer lost, and every request is recorded.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import ThreadingHTTPServer
from typing import Any, ClassVar, NamedTuple
from urllib.parse import parse_qs, unquote

from infra.local.wire import Wire

LOST = -1
"""A fault: the request is done, and its answer is lost."""
_PAGE = 1000
_LARGEST = 64 << 20


class Stored(NamedTuple):
    data: bytes
    etag: str
    content_type: str
    cache_control: str


class Asked(NamedTuple):
    """A request: ``key`` is empty for the bucket; ``bucket`` is a distribution for CloudFront."""

    method: str
    bucket: str
    key: str


@dataclass
class Cloud:
    """What the stand-in holds and was asked; ``url`` is where it is."""

    url: str = ""
    buckets: dict[str, dict[str, Stored]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    invalidated: list[list[str]] = field(default_factory=list)
    references: set[str] = field(default_factory=set)
    fault: Callable[[Asked], int] = lambda _asked: 0
    """A status to answer with instead, LOST, or 0. Called for each request, under the lock."""
    watch: Callable[[Asked], None] = lambda _asked: None
    wrong: list[str] = field(default_factory=list)
    """What ``watch`` found."""
    lock: threading.RLock = field(default_factory=threading.RLock)

    def environment(self) -> dict[str, str]:
        return {
            "AWS_ENDPOINT_URL_S3": self.url,
            "AWS_ENDPOINT_URL_CLOUDFRONT": self.url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_REGION": "eu-central-1",
        }

    def tree(self, bucket: str) -> dict[str, bytes]:
        return {key: stored.data for key, stored in self.buckets.get(bucket, {}).items()}

    def put(self, bucket: str, key: str, data: bytes) -> None:
        """Puts an object as a function does."""
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        self.buckets.setdefault(bucket, {})[key] = Stored(data, etag, "text/html", "")

    def count(self, method: str, bucket: str) -> int:
        return sum(1 for one in self.asked if (one.method, one.bucket) == (method, bucket))


class _Handler(Wire):
    cloud: ClassVar[Cloud]

    def dispatch(self) -> None:
        address, _, query = self.path.partition("?")
        body = self.body(_LARGEST)
        distribution = re.fullmatch(r"/2020-05-31/distribution/(\w+)/invalidation", address)
        bucket, _, key = unquote(address).lstrip("/").partition("/")
        asked = Asked(self.command, distribution[1] if distribution else bucket, key)
        with self.cloud.lock:
            self.cloud.asked.append(asked)
            if (fault := self.cloud.fault(asked)) > 0:
                self._say(fault, _error("SlowDown" if fault == 503 else "AccessDenied"))
                return
            if distribution:
                status, headers, data = self._invalidate(body)
            else:
                status, headers, data = self._store(asked, query, body)
            if self.command in ("PUT", "DELETE"):
                self.cloud.watch(asked)
        if fault == LOST:
            self.close_connection = self._unread = True
            self.connection.close()
            raise ConnectionAbortedError
        self._say(status, data, headers)

    def _say(self, status: int, data: bytes, headers: dict[str, str] | None = None) -> None:
        self.send(status, {"Content-Type": "application/xml", **(headers or {})}.items(), data)

    def _invalidate(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        text = body.decode()
        reference = re.findall("<CallerReference>(.*?)</CallerReference>", text)[0]
        paths = re.findall("<Path>(.*?)</Path>", text)
        if reference not in self.cloud.references:
            self.cloud.references.add(reference)
            self.cloud.invalidated.append(paths)
        made = "<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>"
        return 201, {"Location": "/I1"}, made.encode()

    def _store(self, asked: Asked, query: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        bucket = self.cloud.buckets.setdefault(asked.bucket, {})
        there = bucket.get(asked.key)
        if not asked.key:
            return 200, {}, _listing(bucket, parse_qs(query))
        refused = self._condition(there)
        if refused:
            code = {412: "PreconditionFailed", 404: "NoSuchKey"}.get(refused, "")
            return refused, {}, _error(code)
        if asked.method == "PUT":
            assert self.headers.get("content-encoding") != "aws-chunked"
            assert int(self.headers["content-length"]) == len(body)
            etag = hashlib.md5(body, usedforsecurity=False).hexdigest()
            kind = self.headers.get("content-type", ""), self.headers.get("cache-control", "")
            bucket[asked.key] = Stored(body, etag, *kind)
            return 200, {"ETag": f'"{etag}"'}, b""
        if asked.method == "DELETE":
            bucket.pop(asked.key, None)
            return 204, {}, b""
        if there is None:
            return 404, {}, _error("NoSuchKey")
        headers = {"ETag": f'"{there.etag}"', "Content-Type": there.content_type}
        if there.cache_control:
            headers["Cache-Control"] = there.cache_control
        return 200, headers, there.data

    def _condition(self, there: Stored | None) -> int:
        """The status that a condition of the request refuses it with, or 0."""
        etag = f'"{there.etag}"' if there else None
        if (wanted := self.headers.get("if-match")) and wanted != etag:
            return 412 if there else 404
        if (unwanted := self.headers.get("if-none-match")) and there:
            if unwanted == "*":
                return 412
            return 304 if unwanted == etag else 0
        return 0


def _error(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode() if code else b""


def _listing(bucket: dict[str, Stored], query: dict[str, list[str]]) -> bytes:
    after = query.get("continuation-token", [""])[0]
    keys = sorted(key for key in bucket if key > after)
    page, more = keys[:_PAGE], len(keys) > _PAGE
    objects = "".join(
        f"<Contents><Key>{escape(key)}</Key><ETag>&quot;{bucket[key].etag}&quot;</ETag></Contents>"
        for key in page
    )
    token = f"<NextContinuationToken>{escape(page[-1])}</NextContinuationToken>" if more else ""
    return (
        f"<ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>{objects}{token}"
        "</ListBucketResult>"
    ).encode()


@contextmanager
def cloud() -> Iterator[Cloud]:
    """The stand-in, until the end of the block."""
    held = Cloud()
    handler: Any = type("Handler", (_Handler,), {"cloud": held})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    server.request_queue_size = 128
    held.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
