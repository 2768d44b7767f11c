"""Mail providers whose addresses say nothing about a company."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

# Those that give addresses under many countries' domains: yahoo.fr, hotmail.co.uk, gmx.at.
# fmt: off
_FAMILIES: Final = frozenset((
    "aol", "gmail", "gmx", "googlemail", "hotmail", "live", "msn", "outlook", "rocketmail", "yahoo",
    "yandex", "ymail",
))
_FREE: Final = frozenset((
    "126.com", "139.com", "163.com", "abv.bg", "alice.it", "aliceadsl.fr", "aliyun.com", "arcor.de",
    "att.net", "bell.net", "bellsouth.net", "bigpond.com", "bk.ru", "bluewin.ch",
    "blueyonder.co.uk", "btinternet.com", "centrum.cz", "charter.net", "comcast.net", "cox.net",
    "daum.net", "disroot.org", "duck.com", "earthlink.net", "eircom.net", "email.cz", "email.de",
    "fastmail.com", "fastmail.fm", "foxmail.com", "free.fr", "freenet.de", "hanmail.net", "hey.com",
    "home.nl", "hushmail.com", "icloud.com", "inbox.lv", "inbox.ru", "interia.pl", "iol.pt",
    "juno.com", "kpnmail.nl", "laposte.net", "libero.it", "list.ru", "mac.com", "mail.com",
    "mail.de", "mail.ee", "mail.ru", "mailbox.org", "me.com", "mozmail.com", "mweb.co.za",
    "naver.com", "neuf.fr", "ntlworld.com", "o2.pl", "onet.pl", "online.de", "online.no", "op.pl",
    "optonline.net", "orange.fr", "passmail.net", "planet.nl", "pm.me", "posteo.de",
    "privaterelay.appleid.com", "proton.me", "protonmail.ch", "protonmail.com", "qq.com",
    "rambler.ru", "rediffmail.com", "riseup.net", "rogers.com", "sapo.pt", "sbcglobal.net",
    "seznam.cz", "sfr.fr", "shaw.ca", "simplelogin.com", "sina.com", "sky.com", "skynet.be",
    "sohu.com", "t-online.de", "talktalk.net", "telenet.be", "telia.com", "telus.net",
    "terra.com.br", "tiscali.it", "tuta.com", "tuta.io", "tutanota.com", "tutanota.de", "ukr.net",
    "uol.com.br", "verizon.net", "videotron.ca", "virgilio.it", "virginmedia.com", "voila.fr",
    "wanadoo.fr", "web.de", "wp.pl", "xs4all.nl", "xtra.co.nz", "ya.ru", "yeah.net", "ziggo.nl",
    "zoho.com", "zohomail.com",
))
# fmt: on


def is_free(domain: str) -> bool:
    """Whether anybody can have an address there, so that it tells no company.

    >>> is_free("yahoo.co.uk"), is_free("yahoo.example.com"), is_free("nordhavn.example")
    (True, False, False)
    """
    domain = domain.casefold().rstrip(".")
    name, _, country = domain.partition(".")
    first, _, second = country.partition(".")
    national = first in ("co", "com") and len(second) == 2
    plain = 0 < len(first) < 4 and not second
    return domain in _FREE or (name in _FAMILIES and (plain or national))


def parents(domain: str) -> Iterator[str]:
    """The domain and those that it lies in, the top level aside.

    >>> list(parents("mail.ops.nordhavn.example"))
    ['mail.ops.nordhavn.example', 'ops.nordhavn.example', 'nordhavn.example']
    """
    labels = domain.casefold().strip(".").split(".")
    return (".".join(labels[number:]) for number in range(len(labels) - 1))
