"""The site in a bucket of S3, behind CloudFront.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Invalidation.html
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from passalong.bucket import PRIVATE, BucketError, asking
from passalong.headers import TYPES
from passalong.publishing.target import Overtaken, TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from passalong.bucket import Bucket, BucketPages
    from passalong.publishing.target import Private


class S3Target:
    """Pages in one bucket, and in another, which nobody else reads, what is private.

    ``key`` is the bundle's; the manifest lies beside it. ``cloudfront`` makes a client for
    ``distribution``, if there is one.
    """

    patience = 65.0

    def __init__(
        self,
        pages: BucketPages,
        private: Bucket,
        key: str,
        distribution: str,
        cloudfront: Callable[[], Any],
    ) -> None:
        self.name = f"s3://{pages.bucket.name}"
        self._pages, self._private = pages, private
        folder = key.rpartition("/")[0]
        self._keys: dict[Private, str] = {
            "bundle": key,
            "manifest": f"{folder}/published.json".removeprefix("/"),
        }
        self._distribution, self._cloudfront = distribution, cloudfront

    def list(self, seen: Callable[[int], None]) -> dict[str, str]:
        with _translated():
            return self._pages.bucket.list(seen)

    def put(self, path: str, data: bytes) -> str:
        with _translated():
            return self._pages.put(path, data)

    def remove(self, path: str) -> None:
        with _translated():
            self._pages.remove(path)

    def read(self, what: Private) -> tuple[bytes, str] | None:
        with _translated():
            return self._private.get(self._keys[what])

    def tag(self, what: Private) -> str:
        with _translated():
            return self._private.tag(self._keys[what])

    def keep(self, what: Private, data: bytes, instead_of: str | None = None) -> str:
        with _translated():
            return self._private.put(self._keys[what], data, TYPES["json"], PRIVATE, instead_of)

    def invalidate(self, uris: Sequence[str], reference: str) -> bool:
        if not self._distribution:
            return False
        batch = {
            "Paths": {"Quantity": len(uris), "Items": [*uris]},
            "CallerReference": reference,
        }
        with _translated(), asking(f"invalidating in {self._distribution}"):
            self._cloudfront().create_invalidation(
                DistributionId=self._distribution, InvalidationBatch=batch
            )
        return True


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except BucketError as error:
        if error.is_changed:
            raise Overtaken(str(error)) from error
        raise TargetError(str(error), passing=error.passing) from error
