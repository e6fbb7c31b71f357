"""E-mail by SMTP: encrypted, with a name and password where they are set.

Signing (DKIM) is left to the relay. The connection is kept for the next message.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from portal.adapters.channels.interface import Delivery, Overdue, Parcel, within
from portal.channel_settings import ChannelSettings
from portal.domain.messages.states import Outcome

_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_NO_SUCH = frozenset({550, 551, 553})


class MailChannel:
    """A connection to the mail server of ``settings``, opened when it is needed."""

    def __init__(self, settings: ChannelSettings, public_url: str) -> None:
        self._settings = settings
        self._host = urlsplit(public_url).hostname or "localhost"
        self._server: smtplib.SMTP | None = None

    def send(self, parcel: Parcel) -> Delivery:
        """Hand one mail over.

        A connection that the server has closed meanwhile is opened again once, before the message
        has begun.
        """
        address = deliverable(parcel.address)
        if address is None:
            return Delivery(Outcome.NO_SUCH_ADDRESS, "no mail address")
        try:
            mail = self._mail(parcel, address)
        except ValueError as error:
            return Delivery(Outcome.REFUSED, f"the mail cannot be written: {type(error).__name__}")
        seconds = self._settings.send_seconds
        try:
            with within(seconds, lambda: self._server.sock if self._server else None):
                server = self._open()
                return self._hand_over(server, self._sender(parcel), address, mail.as_bytes())
        except smtplib.SMTPAuthenticationError as error:
            self.close()
            return Delivery(Outcome.DOWN, f"login refused: {error.smtp_code}")
        except (OSError, smtplib.SMTPException, Overdue) as error:
            self.close()
            return Delivery(Outcome.DOWN, f"mail server: {type(error).__name__}")

    def close(self) -> None:
        """Close the connection."""
        server, self._server = self._server, None
        if server is not None:
            with suppress(OSError, smtplib.SMTPException):
                server.close()

    def _mail(self, parcel: Parcel, address: str) -> EmailMessage:
        name, sender = parseaddr(self._settings.mail_from)
        mail = EmailMessage(policy=SMTP)
        mail["From"] = Address(display_name=name, addr_spec=sender)
        mail["To"] = Address(addr_spec=address)
        mail["Subject"] = parcel.subject
        mail["Date"] = parcel.at
        mail["Message-ID"] = f"<{parcel.key}@{self._host}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = parcel.language
        if parcel.stop:
            mail["List-Unsubscribe"] = f"<{parcel.stop}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        mail.set_content(parcel.text)
        if parcel.html:
            mail.add_alternative(parcel.html, subtype="html")
        return mail

    def _open(self) -> smtplib.SMTP:
        if self._server is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._server.noop()[0] == 250:
                    return self._server
            self.close()
        set_to, seconds = self._settings, self._settings.send_seconds
        context = ssl.create_default_context()
        if set_to.smtp_security == "tls":
            self._server = smtplib.SMTP_SSL(timeout=seconds, context=context)
        else:
            self._server = smtplib.SMTP(timeout=seconds)
        # The server is known before it answers, so that a hanging one can be cut off.
        server = self._server
        server._host = set_to.smtp_host  # type: ignore[attr-defined]
        code, said = server.connect(set_to.smtp_host, set_to.smtp_port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, said)
        server.ehlo_or_helo_if_needed()
        if set_to.smtp_security == "starttls":
            server.starttls(context=context)
            server.ehlo()
        if set_to.smtp_user:
            server.login(set_to.smtp_user, set_to.smtp_password)
        return server

    def _sender(self, parcel: Parcel) -> str:
        """Return the address to which a bounce of ``parcel`` goes, which names the message."""
        if not self._settings.bounce_address:
            return parseaddr(self._settings.mail_from)[1]
        name, _at, host = self._settings.bounce_address.rpartition("@")
        return f"{name}+{parcel.key}@{host}"

    def _hand_over(
        self, server: smtplib.SMTP, sender: str, address: str, content: bytes
    ) -> Delivery:
        code, said = server.mail(sender)
        if code == 250:
            code, said = server.rcpt(address)
            if code in (250, 251):
                code, said = server.data(content)
                if code == 250:
                    return Delivery(Outcome.ACCEPTED)
                return self._failed(server, of_message(code), code, said)
            return self._failed(server, of_recipient(code, said), code, said)
        return self._failed(server, of_message(code), code, said)

    def _failed(self, server: smtplib.SMTP, outcome: Outcome, code: int, said: bytes) -> Delivery:
        if code == 421:
            self.close()
        else:
            server.rset()
        return Delivery(outcome, f"mail server: {code} {_status(said)}".strip())


def deliverable(address: str) -> str | None:
    """Return a mail address as it is written to, its domain in ASCII; ``None`` where it is none."""
    try:
        checked = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return None
    return checked.ascii_email


def of_recipient(code: int, said: bytes) -> Outcome:
    """Return what the answer to a recipient means, by its enhanced status code (RFC 3463) if any."""
    if code == 421:
        return Outcome.DOWN
    if code < 500:
        return Outcome.NOT_ACCEPTING
    found = _ENHANCED.search(said.decode("utf-8", "replace"))
    if found:
        subject, detail = found[2], found[3]
        if subject == "2":
            # 5.2.1: the mailbox is switched off; the others are full ones.
            return Outcome.NO_SUCH_ADDRESS if detail == "1" else Outcome.NOT_ACCEPTING
        return Outcome.NO_SUCH_ADDRESS if subject == "1" else Outcome.REFUSED
    if code == 552:
        return Outcome.NOT_ACCEPTING
    return Outcome.NO_SUCH_ADDRESS if code in _NO_SUCH else Outcome.REFUSED


def of_message(code: int) -> Outcome:
    """Return what the answer to the sender or to the message itself means."""
    if code == 421:
        return Outcome.DOWN
    return Outcome.REFUSED if code >= 500 else Outcome.PASSING


def _status(said: bytes) -> str:
    """Return the enhanced status code alone: the rest of an answer often repeats the address."""
    found = _ENHANCED.search(said.decode("utf-8", "replace"))
    return found[0] if found else ""
