"""Mail to a mail server: a small one in a thread, which answers as it is told to."""

from __future__ import annotations

import base64
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import BufferedRWPair
from pathlib import Path

import pytest

from passalong.mail import open_mailer
from passalong.mail.compose import compose
from passalong.mail.port import Mail, MailError, MailRefused, MailUnavailable
from passalong.mail.smtp import Server, SmtpMailer
from passalong.party import Party

AT = datetime(2026, 11, 21, 9, 30, 5, tzinfo=UTC)
MAIL = Mail(
    "dv-1",
    Party("Tomas Berg", "tomas.berg@kestrel.example"),
    Party("Jonas Petersen", "hello@leeway.example"),
    "Our talk",
    "Hello Tomas,\n\n.\n..\nuntil then.\n",
    "<p>Hello Tomas,</p>\n",
    "en",
)
LOGIN = ("maria", "s3cr3t")
HANG_UP, SILENCE = "(hangs up)", "(says nothing)"


@dataclass
class MailServer:
    """What a server answers to each command, and what it was told in all its sessions."""

    answers: dict[str, str] = field(default_factory=dict)
    features: tuple[str, ...] = ()
    certificate: ssl.SSLContext | None = None
    encrypted: bool = False
    commands: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def serve(self, listener: socket.socket) -> None:
        while not self.over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with suppress(OSError):  # the client went away, or does not trust us
                self.session(connection)

    def session(self, connection: socket.socket) -> None:
        with connection:
            if self.encrypted and self.certificate:
                with self.certificate.wrap_socket(connection, server_side=True) as inner:
                    self.talk(inner, greet=True)
            else:
                self.talk(connection, greet=True)

    def talk(self, connection: socket.socket, *, greet: bool) -> None:
        stream = connection.makefile("rwb")
        goes_on = not greet or self.say(stream, self.answers.get("connect", "220 here"))
        while goes_on and (line := stream.readline()):
            verb, _, rest = line.decode().strip().partition(" ")
            self.commands.append(f"{verb.upper()} {rest}".strip())
            if verb == "STARTTLS" and self.certificate:
                self.say(stream, "220 go on")
                with self.certificate.wrap_socket(connection, server_side=True) as inner:
                    self.talk(inner, greet=False)
                break
            answer = self.answer(verb.upper())
            goes_on = self.say(stream, answer) and verb.upper() != "QUIT"
            if answer.startswith("354"):
                self.take(stream)
                goes_on = self.say(stream, self.answers.get(".", "250 queued"))
        stream.close()

    def take(self, stream: BufferedRWPair) -> None:
        lines = iter(stream.readline, b".\r\n")
        self.taken.append(b"".join(line.removeprefix(b".") for line in lines))

    def answer(self, verb: str) -> str:
        default = {"EHLO": "\n".join(["250-here", *(f"250-{f}" for f in self.features), "250 OK"]),
                   "DATA": "354 go on", "AUTH": "235 2.7.0 welcome", "QUIT": "221 bye"}  # fmt: skip
        return self.answers.get(verb, default.get(verb, "250 2.0.0 OK"))

    def say(self, stream: BufferedRWPair, answer: str) -> bool:
        """Says it; whether the session goes on."""
        if answer == SILENCE:
            self.over.wait(30)
        if answer in (HANG_UP, SILENCE):
            return False
        stream.write(answer.replace("\n", "\r\n").encode() + b"\r\n")
        stream.flush()
        return True


@contextmanager
def serving(server: MailServer) -> Iterator[MailServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.port = listener.getsockname()[1]
        thread = threading.Thread(target=server.serve, args=[listener])
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def mailer_to(server: MailServer, **options: object) -> SmtpMailer:
    place = Server("127.0.0.1", server.port, "any")
    return SmtpMailer(replace(place, **options), lambda: AT, timeout=5)  # type: ignore[arg-type]


def failure(mailer: SmtpMailer, mail: Mail = MAIL) -> MailError:
    with pytest.raises(MailError) as failed:
        mailer.send(mail)
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__ or not failed.value.__context__
    for private in (*LOGIN, "tomas", "kestrel"):
        assert private not in str(failed.value).lower()
    return failed.value


def test_a_mail_is_handed_over_to_the_byte() -> None:
    with serving(MailServer()) as server:
        open_mailer(f"smtp://127.0.0.1:{server.port}", lambda: AT).send(MAIL)
    assert server.taken == [compose(MAIL, AT)]
    assert server.commands[0] == "EHLO leeway.example"
    assert server.commands[1].startswith("MAIL FROM:<hello@leeway.example>")
    assert server.commands[2:] == ["RCPT TO:<tomas.berg@kestrel.example>", "DATA", "QUIT"]


def test_every_mail_has_a_session_of_its_own() -> None:
    with serving(MailServer()) as server:
        mailer = mailer_to(server)
        mailer.send(MAIL)
        mailer.send(replace(MAIL, id="dv-2"))
    assert len(server.taken) == 2
    assert server.commands.count("QUIT") == 2


def test_it_logs_in_if_it_is_told_how() -> None:
    with serving(MailServer(features=("AUTH PLAIN",))) as server:
        mailer_to(server, user=LOGIN[0], password=LOGIN[1]).send(MAIL)
    (login,) = (line for line in server.commands if line.startswith("AUTH"))
    assert base64.b64decode(login.split()[-1]).split(b"\0")[1:] == [b"maria", b"s3cr3t"]
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("command", "answer", "said"),
    [
        ("RCPT", "550 5.1.1 tomas.berg@kestrel.example is unknown here", "550 5.1.1"),
        ("MAIL", "553 5.7.1 not yours to send from", "553 5.7.1"),
        ("DATA", "554 no", "554"),
        (".", "552 5.3.4 Tomas’s mail is too big", "552 5.3.4"),
        (".", "550-5.7.1 spam\n550 5.7.1 said kestrel", "550 5.7.1"),
    ],
)
def test_what_a_server_refuses_for_good_is_refused(command: str, answer: str, said: str) -> None:
    with serving(MailServer({command: answer})) as server:
        error = failure(mailer_to(server))
    assert isinstance(error, MailRefused)
    assert str(error).endswith(f": {said}")


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("connect", "421 too busy"),
        ("connect", "554 not today"),
        ("connect", HANG_UP),
        ("connect", "SSH-2.0-something else"),
        ("EHLO", HANG_UP),
        ("MAIL", "451 4.3.0 later"),
        ("MAIL", "530 5.7.0 log in first"),
        ("RCPT", "450 4.2.0 tomas.berg@kestrel.example greylisted"),
        ("RCPT", "421 4.7.0 enough"),
        ("DATA", "451 later"),
        ("DATA", HANG_UP),
        (".", "452 4.3.1 full"),
        (".", HANG_UP),
    ],
)
def test_what_may_go_later_may_be_sent_again(command: str, answer: str) -> None:
    with serving(MailServer({command: answer})) as server:
        mailer = mailer_to(server)
        error = failure(mailer)
        assert isinstance(error, MailUnavailable)
        server.answers.clear()
        mailer.send(MAIL)
    assert server.taken[-1] == compose(MAIL, AT)


@pytest.mark.parametrize("features", [("AUTH PLAIN",), ("AUTH CRAM-MD5 X",), ()])
def test_a_login_that_fails_is_no_fault_of_the_mail(features: tuple[str, ...]) -> None:
    with serving(MailServer({"AUTH": "535 5.7.8 maria s3cr3t is wrong"}, features)) as server:
        error = failure(mailer_to(server, user=LOGIN[0], password=LOGIN[1]))
    assert isinstance(error, MailUnavailable)
    assert server.taken == []


@pytest.mark.parametrize("answer", ["500 what?", HANG_UP])
def test_how_a_session_ends_does_not_matter_once_the_mail_is_taken(answer: str) -> None:
    with serving(MailServer({"QUIT": answer})) as server:
        mailer_to(server).send(MAIL)
    assert len(server.taken) == 1


@pytest.mark.parametrize("command", ["connect", "EHLO", "DATA", "."])
def test_a_server_that_says_nothing_is_not_waited_for(command: str) -> None:
    with serving(MailServer({command: SILENCE})) as server:
        place = Server("127.0.0.1", server.port, "any")
        error = failure(SmtpMailer(place, lambda: AT, timeout=0.05))
        server.over.set()
    assert isinstance(error, MailUnavailable)


def test_no_server_at_all_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = failure(SmtpMailer(Server("127.0.0.1", port, "any"), lambda: AT))
    assert isinstance(error, MailUnavailable)
    assert "ConnectionRefusedError" in str(error)


def test_what_cannot_be_written_is_refused_before_a_server_is_asked() -> None:
    with serving(MailServer()) as server:
        error = failure(mailer_to(server), replace(MAIL, to=Party("", "tomas kestrel")))
    assert isinstance(error, MailRefused)
    assert server.commands == []


# --- Encryption -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 that nobody else trusts, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl")
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    options = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=mail"
    subprocess.run(
        ["openssl", "req", *options.split(), "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(file), "-out", str(file.with_suffix(".crt"))],
        check=True,
        capture_output=True,
    )  # fmt: skip
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


def certified(keys: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(keys)
    return context


def trusting(server: MailServer, safety: str, keys: Path | None) -> SmtpMailer:
    trust = ssl.create_default_context(cafile=str(keys)) if keys else None
    place = Server("127.0.0.1", server.port, safety, *LOGIN)  # type: ignore[arg-type]
    return SmtpMailer(place, lambda: AT, timeout=5, trust=trust)


@pytest.mark.parametrize("safety", ["starttls", "any"])
def test_nothing_is_said_before_the_session_is_encrypted(keys: Path, safety: str) -> None:
    features = ("STARTTLS", "AUTH PLAIN")
    with serving(MailServer(features=features, certificate=certified(keys))) as server:
        trusting(server, safety, keys).send(MAIL)
    verbs = [command.split()[0] for command in server.commands]
    assert verbs == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]
    assert server.taken == [compose(MAIL, AT)]


def test_a_session_can_be_encrypted_from_the_first_byte(keys: Path) -> None:
    context, features = certified(keys), ("AUTH PLAIN",)
    with serving(MailServer(features=features, certificate=context, encrypted=True)) as server:
        trusting(server, "tls", keys).send(MAIL)
    assert server.taken == [compose(MAIL, AT)]


@pytest.mark.parametrize("safety", ["starttls", "tls", "any"])
def test_a_server_that_nobody_vouches_for_is_told_nothing(keys: Path, safety: str) -> None:
    context, features = certified(keys), ("STARTTLS", "AUTH PLAIN")
    encrypted = safety == "tls"
    server = MailServer(features=features, certificate=context, encrypted=encrypted)
    with serving(server):
        error = failure(trusting(server, safety, None))
    assert isinstance(error, MailUnavailable)
    assert "SSLCertVerificationError" in str(error)
    assert [command.split()[0] for command in server.commands] == ["EHLO", "STARTTLS"][
        : 0 if encrypted else 2
    ]


def test_a_server_without_encryption_is_told_neither_the_password_nor_the_mail() -> None:
    with serving(MailServer(features=("AUTH PLAIN",))) as server:
        error = failure(trusting(server, "starttls", None))
    assert isinstance(error, MailUnavailable)
    assert [command.split()[0] for command in server.commands] == ["EHLO"]


def test_only_a_server_on_this_machine_may_do_without_encryption() -> None:
    safety = {
        url: open_mailer(url)._server.safety  # type: ignore[attr-defined]
        for url in (
            "smtp://localhost", "smtp://127.0.0.1:2525", "smtp://[::1]", "smtp://mail.example.com",
            "smtp://10.0.0.7", "smtps://localhost", "smtps://mail.example.com",
        )
    }  # fmt: skip
    assert list(safety.values()) == ["any", "any", "any", "starttls", "starttls", "tls", "tls"]
