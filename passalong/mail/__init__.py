"""How mail leaves: ``open_mailer`` picks what carries it by an address, ``carrier`` only says it.

folder://var/mail                                a folder, here relative to the working folder
folder:///srv/passalong/mail                     the same with an absolute path: three slashes
smtp://user:password@mail.example.com:587        a mail server, after STARTTLS (which one on this
                                                 machine may lack)
smtps://user:password@mail.example.com           a mail server, over TLS from the first byte
ses://eu-central-1                               Amazon SES in a region
ses://eu-central-1?configuration=passalong       the same with a configuration set
ses://eu-central-1?endpoint=http://127.0.0.1:8005   a stand-in for it
"""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from passalong.errors import Stop

if TYPE_CHECKING:
    from collections.abc import Callable

    from passalong.mail.port import Mailer
    from passalong.mail.smtp import Server

_KINDS = (
    "PASSALONG_MAIL must say what carries mail: folder://var/mail,"
    " smtp://user:password@mail.example.com:587, smtps://user:password@mail.example.com"
    " or ses://eu-central-1"
)
_SERVER = (
    "PASSALONG_MAIL names no mail server: write {scheme}://user:password@mail.example.com:{port},"
    " with every @, :, / or % of user and password percent-encoded"
)
_PORTS = {"smtp": 587, "smtps": 465}


def _now() -> datetime:
    return datetime.now(UTC)


def open_mailer(url: str, clock: Callable[[], datetime] = _now) -> Mailer:
    """The mailer at an address; what cannot be one is a ``Stop``, which never says the password.

    ``clock`` gives mails their date.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "folder" and rest.strip("/"):
        return _open_folder(rest, clock)
    if separator and scheme in _PORTS:
        return _open_server(url, clock)
    if separator and scheme == "ses":
        return _open_ses(url, clock)
    raise Stop(_KINDS)


class Carrier(NamedTuple):
    """What carries mail, and where: a folder's path, a mail server's name, a region of SES."""

    kind: Literal["folder", "server", "ses"]
    place: str
    endpoint: str = ""


def carrier(url: str) -> Carrier:
    """What an address names, without opening it; Stop as `open_mailer`."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "folder" and rest.strip("/"):
        return Carrier("folder", rest)
    if separator and scheme in _PORTS:
        return Carrier("server", _server_of(url).host)
    if separator and scheme == "ses":
        region, options = _service_of(url)
        return Carrier("ses", region, options.get("endpoint", ""))
    raise Stop(_KINDS)


def _open_folder(rest: str, clock: Callable[[], datetime]) -> Mailer:
    from passalong.mail.folder import FolderMailer  # noqa: PLC0415 - only the one that is picked

    return FolderMailer(Path(rest), clock)


def _open_server(url: str, clock: Callable[[], datetime]) -> Mailer:
    from passalong.mail.smtp import SmtpMailer  # noqa: PLC0415 - as above

    return SmtpMailer(_server_of(url), clock)


def _server_of(url: str) -> Server:
    from passalong.mail.smtp import Server  # noqa: PLC0415 - as above

    scheme = url.partition("://")[0]
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or _PORTS[scheme]
        beside = parts.path.strip("/") or parts.query or parts.fragment
    except ValueError:
        host = beside = ""
    if not host or beside:
        # Nothing of the address is said: where it is misread, any part may be of the password.
        raise Stop(_SERVER.format(scheme=scheme, port=_PORTS[scheme]))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    safety: Literal["tls", "starttls", "any"] = "any" if _is_here(host) else "starttls"
    if scheme == "smtps":
        safety = "tls"
    return Server(host, port, safety, user, password)


def _is_here(host: str) -> bool:
    """Whether a host is this machine, which may do without encryption."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _open_ses(url: str, clock: Callable[[], datetime]) -> Mailer:
    region, options = _service_of(url)
    client = connect_ses(region, options.get("endpoint", ""))
    from passalong.mail.ses import SesMailer  # noqa: PLC0415 - as above, and it takes long

    return SesMailer(client, clock, options.get("configuration", ""))


def _service_of(url: str) -> tuple[str, dict[str, str]]:
    """The region and the options of an address of SES."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if not parts.netloc or parts.path.strip("/") or options.keys() - {"endpoint", "configuration"}:
        raise Stop("PASSALONG_MAIL names no region of SES: write ses://eu-central-1")
    return parts.netloc, options


def connect_ses(region: str, endpoint: str = "") -> Any:
    """A client of SES; Stop where botocore is missing or the place cannot be one."""
    try:
        from passalong.mail import ses  # noqa: PLC0415 - as above
    except ModuleNotFoundError as exc:
        raise Stop("PASSALONG_MAIL names SES, which needs botocore: pip install botocore") from exc
    return ses.connect(region, endpoint)
