"""Mail by SES: a stand-in on this machine that answers as the service's reference says."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from passalong.errors import Stop
from passalong.mail import open_mailer
from passalong.mail.compose import compose
from passalong.mail.port import Mail, MailError, MailRefused, MailUnavailable
from passalong.party import Party
from tests.served import served

AT = datetime(2026, 11, 21, 9, 30, 5, tzinfo=UTC)
MAIL = Mail(
    "dv-1",
    Party("Tomas Berg", "tomas.berg@kestrel.example"),
    Party("Jonas Petersen", "hello@leeway.example"),
    "Our talk",
    "Hello Tomas.\n",
    "<p>Hello Tomas.</p>\n",
    "en",
    invitation=b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
)


class Service(HTTPServer):
    """Answers every call with ``status`` and, unless that is 200, the error ``kind``."""

    status, kind = 200, ""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Call)
        self.calls: list[tuple[str, dict[str, Any]]] = []

    @property
    def mailer_url(self) -> str:
        return f"ses://eu-central-1?endpoint=http://127.0.0.1:{self.server_port}"


class Call(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.calls.append((self.path, body))
        answer = {"MessageId": "0101"}
        if self.server.status != 200:
            answer = {"message": "tomas.berg@kestrel.example cannot be written to"}
        data = json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("x-amzn-ErrorType", self.server.kind)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    with served(server):
        yield server


def failure(url: str, mail: Mail = MAIL) -> MailError:
    with pytest.raises(MailError) as failed:
        open_mailer(url, lambda: AT).send(mail)
    assert "tomas" not in str(failed.value)
    assert failed.value.__suppress_context__ or not failed.value.__context__
    return failed.value


def test_a_mail_is_handed_over_to_the_byte_in_one_call(service: Service) -> None:
    open_mailer(service.mailer_url, lambda: AT).send(MAIL)
    ((path, call),) = service.calls
    assert path == "/v2/email/outbound-emails"
    assert call["FromEmailAddress"] == "hello@leeway.example"
    assert call["Destination"] == {"ToAddresses": ["tomas.berg@kestrel.example"]}
    assert base64.b64decode(call["Content"]["Raw"]["Data"]) == compose(MAIL, AT)


@pytest.mark.parametrize("kind", ["MessageRejected", "BadRequestException"])
def test_a_mail_that_ses_rejects_is_refused(service: Service, kind: str) -> None:
    service.status, service.kind = 400, kind
    error = failure(service.mailer_url)
    assert isinstance(error, MailRefused)
    assert kind in str(error)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, "TooManyRequestsException"),
        (400, "LimitExceededException"),
        (400, "ThrottlingException"),
        (400, "SendingPausedException"),
        (400, "AccountSuspendedException"),
        (400, "MailFromDomainNotVerifiedException"),
        (403, "AccessDeniedException"),
        (403, "ExpiredTokenException"),
        (404, "NotFoundException"),
        (500, "InternalFailure"),
        (503, ""),
    ],
)
def test_what_is_no_fault_of_the_mail_may_be_sent_later(
    service: Service, status: int, kind: str
) -> None:
    service.status, service.kind = status, kind
    assert isinstance(failure(service.mailer_url), MailUnavailable)
    assert len(service.calls) == 1


def test_no_service_at_all_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = failure(f"ses://eu-central-1?endpoint=http://127.0.0.1:{port}")
    assert isinstance(error, MailUnavailable)


def test_what_cannot_be_written_is_refused_before_ses_is_asked(service: Service) -> None:
    error = failure(service.mailer_url, replace(MAIL, to=Party("", "tomas berg")))
    assert isinstance(error, MailRefused)
    assert service.calls == []


@pytest.mark.parametrize("url", ["ses://eu-central-1?endpoint=nowhere", "ses://no region"])
def test_a_place_that_there_is_not_stops_with_a_sentence(url: str) -> None:
    with pytest.raises(Stop):
        open_mailer(url)
