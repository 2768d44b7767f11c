"""A mail as it goes over the wire: RFC 5322 and MIME, the same bytes for the same mail and time.

The header is written here rather than by `email`, whose folding encodes long addresses that have to
stay as they are, and differs between versions of Python; `email` makes the parts.
"""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC
from email.message import MIMEPart
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from passalong.mail.port import MailRefused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from passalong.mail.port import Mail
    from passalong.party import Party

LONGEST_LINE: Final = 998
"""Bytes of a line (RFC 5322, section 2.1.1)."""

_SHORT = 60
"""Characters of a header's text that need no folding."""
_CHUNK = 45
"""Bytes in an encoded word, which may have 75 characters (RFC 2047, section 2)."""
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_PRINTABLE = re.compile(r"[ -~]*")
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}")
_IN_URLS = "%:/?#[]@!$&'()*+,;=~"


def compose(mail: Mail, at: datetime) -> bytes:
    """The mail with CRLF line ends; ``at`` is its Date.

    Text and HTML, and the invitation beside them, for that is where Gmail, Outlook and Apple Mail
    look for one (RFC 6047, section 2.4); others find it attached. Raises MailRefused where an
    address is none that every server takes.
    """
    content = _content(mail)
    header = b"".join(b"%s: %s\r\n" % (name, value) for name, value in _header(mail, at))
    if max(map(len, header.split(b"\r\n"))) > LONGEST_LINE:
        raise MailRefused(f"a line of the mail's header has more than {LONGEST_LINE} bytes")
    return header + content.as_bytes()


def message_id(mail: Mail) -> str:
    """The mail's Message-ID, without brackets: its delivery's id at the sender's domain."""
    return f"{quote(mail.id, safe='').replace('.', '%2E')}@{_spec(mail.sender).partition('@')[2]}"


def address_of(party: Party) -> str:
    """The party's bare address in ASCII, as an envelope has it. Raises MailRefused."""
    return _spec(party)


def _header(mail: Mail, at: datetime) -> Iterator[tuple[bytes, bytes]]:
    yield b"From", _mailbox(mail.sender)
    yield b"To", _mailbox(mail.to)
    if mail.reply_to:
        yield b"Reply-To", _mailbox(mail.reply_to)
    yield b"Subject", _text(mail.subject)
    yield b"Date", format_datetime(at.astimezone(UTC)).encode()
    yield b"Message-ID", f"<{message_id(mail)}>".encode()
    yield b"Content-Language", _text(mail.locale)
    yield b"MIME-Version", b"1.0"
    yield b"Auto-Submitted", b"auto-generated"  # RFC 3834: no "out of office" comes back
    if mail.unsubscribe:
        yield b"List-Unsubscribe", f"<{quote(mail.unsubscribe, safe=_IN_URLS)}>".encode()
        yield b"List-Unsubscribe-Post", b"List-Unsubscribe=One-Click"


def _text(text: str) -> bytes:
    """One line of a header, encoded where it has to be."""
    line = _one_line(text)
    if len(line) <= _SHORT and _PRINTABLE.fullmatch(line) and "=?" not in line:
        return line.encode()
    return _encoded(line)


def _mailbox(party: Party) -> bytes:
    """A name and an address (RFC 5322, section 3.4)."""
    name, spec = _one_line(party.name), _spec(party).encode()
    if not name:
        return spec
    if len(name) > _SHORT or not _PRINTABLE.fullmatch(name) or "=?" in name:
        return b"%s\r\n <%s>" % (_encoded(name), spec)
    if _ATOMS.fullmatch(name):
        return b"%s <%s>" % (name.encode(), spec)
    quoted = re.sub(r'(["\\])', r"\\\1", name)
    return b'"%s" <%s>' % (quoted.encode(), spec)


def _spec(party: Party) -> str:
    local, _, domain = party.email.rpartition("@")
    try:
        domain = domain.encode("idna").decode()
    except UnicodeError:
        domain = ""
    if not (_LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)):
        raise MailRefused("an address of the mail is none that every mail server takes")
    return f"{local}@{domain}"


def _encoded(text: str) -> bytes:
    """Encoded words on lines of their own, none ending within a character (RFC 2047)."""
    chunks = [b""]
    for character in text:
        data = character.encode()
        if len(chunks[-1]) + len(data) > _CHUNK:
            chunks.append(b"")
        chunks[-1] += data
    return b"\r\n ".join(b"=?utf-8?b?%s?=" % base64.b64encode(chunk) for chunk in chunks)


def _one_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", text).split())


def _content(mail: Mail) -> MIMEPart:
    """The parts, with headers of their own only."""
    mark = hashlib.blake2b(mail.id.encode(), digest_size=8).hexdigest()
    either = MIMEPart(SMTP)
    either.make_alternative(f"=_either_{mark}")  # "=_" can stand in neither encoding of a part
    either.attach(_part(mail.text, "plain"))
    either.attach(_part(mail.html, "html"))
    if not mail.invitation:
        return either
    either.attach(_calendar(mail))
    both = MIMEPart(SMTP)
    both.make_mixed(f"=_both_{mark}")
    both.attach(either)
    attached = MIMEPart(SMTP)
    attached.set_content(mail.invitation, "application", "ics", filename="invite.ics")
    both.attach(attached)
    return both


def _part(text: str, subtype: str) -> MIMEPart:
    clean = _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    latin = len(clean.encode()) < 1.2 * len(clean)
    part = MIMEPart(SMTP)
    part.set_content(clean, subtype, "utf-8", cte="quoted-printable" if latin else "base64")
    return part


def _calendar(mail: Mail) -> MIMEPart:
    part = MIMEPart(SMTP)
    part.set_content(mail.invitation, "text", "calendar", cte="base64")
    part.set_param("charset", "utf-8")
    part.set_param("method", mail.method)
    return part
