"""Mail by SMTP (RFC 5321, submission by RFC 6409): in clear only to a server on this machine."""

from __future__ import annotations

import re
import smtplib
import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from passalong.mail.compose import address_of, compose
from passalong.mail.port import MailRefused, MailUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from passalong.mail.port import Mail

_WHY = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?= |$)")
_LOGIN_FIRST = 530
"""RFC 4954, section 6, and RFC 3207, section 4: the session lacks something, not the mail."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where mail is handed over.

    ``safety`` is "tls" from the first byte, "starttls" before anything else, or "any": STARTTLS
    where the server has it, as it need not have on this machine.
    """

    host: str
    port: int
    safety: Literal["tls", "starttls", "any"]
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)


class SmtpMailer:
    """Hands each mail over in a session of its own; ``timeout`` is seconds for each answer.

    ``trust`` says whose certificates are believed; without it, those that the system trusts.
    """

    def __init__(
        self,
        server: Server,
        clock: Callable[[], datetime],
        timeout: float = 20,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._server, self._clock, self._timeout = server, clock, timeout
        self._trust = trust or ssl.create_default_context()

    def send(self, mail: Mail) -> None:
        """Hands the mail over; done as soon as the server has taken it."""
        sender, to = address_of(mail.sender), address_of(mail.to)
        data = compose(mail, self._clock())
        # The server's own words stay out of errors, and so does their cause: they name people.
        try:
            session = self._session(sender.partition("@")[2])
        except (smtplib.SMTPException, OSError) as error:
            raise MailUnavailable(f"the mail server cannot be used: {_what(error)}") from None
        try:
            session.sendmail(sender, [to], data)
        except (smtplib.SMTPException, OSError) as error:
            code, _ = _answer(error)
            if 500 <= code < 600 and code != _LOGIN_FIRST:
                raise MailRefused(f"the mail server refused a mail: {_what(error)}") from None
            raise MailUnavailable(f"the mail server did not take a mail: {_what(error)}") from None
        finally:
            _leave(session)

    def _session(self, name: str) -> smtplib.SMTP:
        """A session, encrypted and logged in; ``name`` is what we call ourselves."""
        server = self._server
        place = server.host, server.port, name
        session: smtplib.SMTP
        if server.safety == "tls":
            session = smtplib.SMTP_SSL(*place, timeout=self._timeout, context=self._trust)
        else:
            session = smtplib.SMTP(*place, timeout=self._timeout)
        try:
            session.ehlo_or_helo_if_needed()
            may = server.safety == "any" and session.has_extn("starttls")
            if may or server.safety == "starttls":
                session.starttls(context=self._trust)
            if server.user:
                session.login(server.user, server.password)
        except BaseException:
            session.close()
            raise
        return session


def _answer(error: Exception) -> tuple[int, str]:
    """The code and the text that a server answered with; 0 if it did not."""
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return 0, ""
    return code, text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)


def _what(error: Exception) -> str:
    """What went wrong, in codes: ``550 5.1.1``, or the kind of failure."""
    code, text = _answer(error)
    if not code:
        return type(error).__name__
    why = _WHY.match(text)
    return f"{code} {why[0]}" if why else str(code)


def _leave(session: smtplib.SMTP) -> None:
    """Ends a session; whether that goes well no longer matters."""
    try:
        session.quit()
    except (smtplib.SMTPException, OSError):
        session.close()
