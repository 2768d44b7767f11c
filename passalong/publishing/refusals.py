"""What is not published before somebody has said that it is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from passalong.errors import Stop
from passalong.headers import kind

if TYPE_CHECKING:
    from collections.abc import Collection

    from passalong.publishing.manifest import Manifest

_SHARED: Final = (
    "amazonaws.com",
    "amazonaws.com.cn",
    "appspot.com",
    "awsapprunner.com",
    "azureedge.net",
    "azurefd.net",
    "azurestaticapps.net",
    "azurewebsites.net",
    "cloudfront.net",
    "digitaloceanspaces.com",
    "firebaseapp.com",
    "fly.dev",
    "github.io",
    "gitlab.io",
    "googleapis.com",
    "herokuapp.com",
    "netlify.app",
    "onrender.com",
    "pages.dev",
    "r2.dev",
    "run.app",
    "surge.sh",
    "vercel.app",
    "web.app",
    "windows.net",
    "workers.dev",
)
"""Domains below which anybody gets a name, and whose links mail filters therefore dislike."""


def check_address(base_url: str) -> None:
    """Raises Stop where links would lead to a host's domain and not to the firm's."""
    host = (urlsplit(base_url).hostname or "").rstrip(".")
    if any(host == shared or host.endswith("." + shared) for shared in _SHARED):
        raise Stop(
            f"base_url is {base_url}, a name that anybody can have: mail filters dislike such "
            "links, and they end when you change hosts. Use a name of your own domain, or say "
            "--any-domain."
        )


def check_links(
    known: Manifest, program: str, fingerprint: str, live: Collection[str], built: Collection[str]
) -> None:
    """Raises Stop where every link that is out would end: the addresses are made of other things.

    Where nothing is noted, the ``live`` pages of people are compared with those ``built``.
    """
    meaning = (
        "Every link that was ever sent would stop working, and everybody would get another one. "
        "If you mean that, say --new-links."
    )
    if known.program and known.program != program:
        raise Stop(
            f"There lies the site of the program “{known.program}”, not “{program}”. {meaning}"
        )
    if known.fingerprint and known.fingerprint != fingerprint:
        raise Stop(
            "The path secret is not the one that the published links were made with: restore that "
            f"(PASSALONG_PATH_SECRET, or var/path-secret). {meaning}"
        )
    personal = {path for path in live if kind(path) in ("private", "share")}
    if personal and not known.fingerprint and personal.isdisjoint(built):
        raise Stop(
            f"There are pages of {len(personal)} people there, none of which is in this build, and "
            f"nothing is noted of who published them. {meaning}"
        )


def check_ledger(known: Manifest, ledger: str) -> None:
    """Raises Stop where another ledger would say who was introduced and whose page was revoked."""
    if known.ledger and known.ledger != ledger:
        raise Stop(
            "LEDGER is not the one that the published site was built with: revoked pages would "
            "come back, and introduced people’s go. Set it as the functions have it, or say "
            "--new-ledger."
        )
