"""Publishing: a built site goes to where the world reads it. ``open_target`` picks the place.

s3://bucket?region=eu-central-1&distribution=E123ABC&bundle=s3://private-bucket/bundle.json
    a bucket, the CloudFront distribution before it, and the object that functions read, which lies
    in a bucket that nobody else reads; what is live is noted beside it
folder:///srv/www?bundle=/srv/private/bundle.json
    a folder, for any other host; without ``bundle`` what is private lies in the local folder
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from passalong.bucket import SCHEME, Bucket, BucketPages, client, read_address
from passalong.errors import Stop
from passalong.publishing.folder import FolderTarget
from passalong.publishing.s3 import S3Target

if TYPE_CHECKING:
    from passalong.publishing.target import Target

CONNECTIONS = 16
"""Files on their way at one time."""

_KINDS = (
    "Say where to publish, with --to or PASSALONG_PUBLISH_TO: s3://bucket?region=eu-central-1"
    "&distribution=E123ABC&bundle=s3://private-bucket/bundle.json, or folder:///srv/www"
)


def open_target(url: str, var: Path) -> Target:
    """The place at an address; ``var`` is the local folder. Raises Stop where that is none."""
    if url.startswith(SCHEME):
        return _open_bucket(url)
    if url.startswith("folder://"):
        return _open_folder(url, var)
    raise Stop(f"{_KINDS}; this is neither: {url}" if url else f"{_KINDS}.")


def _open_bucket(url: str) -> S3Target:
    site = read_address(url, "region", "distribution", "bundle")
    if site.key.strip("/"):
        raise Stop(f"{url}: a site takes a whole bucket; leave out /{site.key}")
    private = site.options.get("bundle", "")
    if not private.startswith(SCHEME):
        raise Stop(f"{url} does not say where the functions’ bundle goes: &bundle=s3://…/….json")
    bundle = read_address(private)
    if not bundle.key:
        raise Stop(f"{private} names no object: write {private.rstrip('/')}/bundle.json")
    if bundle.bucket == site.bucket:
        raise Stop(
            f"The bundle holds everybody’s names and would lie in {site.bucket} with the pages, "
            "where anybody can read it: name another bucket."
        )
    region = site.options.get("region", "")
    s3 = client("s3", region, CONNECTIONS)
    return S3Target(
        BucketPages(Bucket(s3, site.bucket)),
        Bucket(s3, bundle.bucket),
        bundle.key,
        site.options.get("distribution", ""),
        lambda: client("cloudfront", region or "us-east-1"),
    )


def _open_folder(url: str, var: Path) -> FolderTarget:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    root = Path(unquote(parts.netloc + parts.path))
    if unknown := sorted(options.keys() - {"bundle"}):
        raise Stop(f"{url}: there is no option {unknown[0]}, only bundle")
    if root in (Path(), Path("/")):
        raise Stop(f"{url} names no folder: write folder:///srv/www")
    digest = hashlib.blake2b(os.fsencode(root.resolve()), digest_size=8).hexdigest()
    bundle = Path(options.get("bundle") or var / "published" / digest / "bundle.json")
    if bundle.resolve().is_relative_to(root.resolve()):
        raise Stop(f"{bundle} holds everybody’s names and would lie among the pages of {root}.")
    return FolderTarget(root, bundle)
