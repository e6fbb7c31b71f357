"""Peers that take messages: a mail server, a gateway, a webhook receiver; each may refuse, drop or hang."""

import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.servers import free_port

DROP = "421 gone"
"""The answer with which a server closes the connection."""


@dataclass
class MailServer:
    """What a mail server was given, and what it answers to recipients and to messages.

    ``rcpt`` and ``data`` return an answer, or nothing to accept. What is set in ``hang`` keeps the
    server from answering to a message until it is cleared.
    """

    rcpt: Callable[[str], str | None] = lambda address: None
    data: Callable[[int], str | None] = lambda count: None
    senders: list[str | None] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)
    hang: threading.Event | None = None
    port: int = 0
    tried: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Answer to a recipient."""
        if said := self.rcpt(address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Session, envelope: Envelope
    ) -> str:
        """Take a message, or not."""
        self.tried += 1
        if self.hang is not None:
            await server.loop.run_in_executor(None, self.hang.wait, 60)
        if said := self.data(self.tried):
            if said == DROP:
                server.transport.close()
            return said
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.senders.append(envelope.mail_from)
        return "250 OK"

    def ids(self) -> Counter[str]:
        """Return how often each Message-ID came."""
        return Counter(str(mail["Message-ID"]) for mail in self.mails)


@contextmanager
def mail_server(
    server: MailServer, context: ssl.SSLContext | None = None, password: str = ""
) -> Iterator[MailServer]:
    """Run ``server`` on a port of this machine; with ``context`` it offers STARTTLS and requires it."""

    def check(_server: Any, _session: Any, _envelope: Any, _how: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and given.password == password.encode()
        return AuthResult(success=good, handled=False)

    options: dict[str, Any] = {}
    if context is not None:
        options = {"tls_context": context, "require_starttls": True}
    if password:
        options |= {"authenticator": check, "auth_required": True}
    controller = Controller(server, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        server.port = controller.port
        yield server
    finally:
        if server.hang is not None:
            server.hang.set()
        controller.stop()


@dataclass
class Asked:
    """One request that a web peer got."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class WebPeer:
    """What a gateway or a receiver of webhooks was asked, and what it answers.

    ``answer`` returns status and text for the request of a number, counted from 1; status 0 closes
    the connection without an answer. With ``hang`` nothing is answered until it is set.
    """

    answer: Callable[[int, Asked], tuple[int, str]] = lambda count, asked: (200, "ok")
    asked: list[Asked] = field(default_factory=list)
    hang: threading.Event | None = None
    url: str = ""


@contextmanager
def web_peer(peer: WebPeer) -> Iterator[WebPeer]:
    """Run ``peer`` on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - the name that the server calls
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length).decode()
            asked = Asked(self.command, self.path, dict(self.headers), body)
            peer.asked.append(asked)
            if peer.hang is not None:
                peer.hang.wait(60)
            status, text = peer.answer(len(peer.asked), asked)
            if status == 0:
                self.close_connection = True
                return
            self.send_response(status)
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST  # noqa: N815 - the name that the server calls

        def log_message(self, *said: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    peer.url = f"http://127.0.0.1:{server.server_port}/send"
    try:
        yield peer
    finally:
        if peer.hang is not None:
            peer.hang.set()
        server.shutdown()
        server.server_close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """Return a server's context with a certificate for this machine, and the file to trust."""
    path = folder / "peer.pem"
    path.write_bytes(self_signed())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context, path


def self_signed() -> bytes:
    """Return key and certificate of 127.0.0.1 in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    begins = datetime(2020, 1, 1, tzinfo=UTC)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=36500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8
    plain = serialization.NoEncryption()
    return key.private_bytes(Encoding.PEM, form, plain) + cert.public_bytes(Encoding.PEM)
