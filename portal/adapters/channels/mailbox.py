"""The mailbox to which mail servers return what did not arrive (IMAP)."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from portal.adapters.channels.interface import Overdue, within
from portal.channel_settings import ChannelSettings

MOST = 50
"""Mails read at a time."""
SIZE_MOST = 200_000
"""Bytes read of a mail: what it says of a message comes before the message itself."""


class MailboxAway(Exception):
    """The mailbox cannot be read now; the message says why, without address or password."""


class BounceMailbox:
    """The mailbox of ``settings``. What was read is marked as seen and stays there."""

    def __init__(self, settings: ChannelSettings) -> None:
        self._settings = settings
        self._socket: imaplib.IMAP4 | None = None

    @contextmanager
    def unseen(self) -> Iterator[Iterator[tuple[str, bytes]]]:
        """Yield the names and contents of mails nobody has seen, oldest first; they stay unseen.

        Raises :class:`MailboxAway`. The whole visit is bounded.
        """
        seconds = self._settings.send_seconds * 2
        try:
            with within(seconds, lambda: self._socket.sock if self._socket else None):
                server = self._open()
                try:
                    yield self._contents(server)
                finally:
                    with suppress(imaplib.IMAP4.error, OSError):
                        server.logout()
        except (OSError, imaplib.IMAP4.error, Overdue) as error:
            raise MailboxAway(type(error).__name__) from error
        finally:
            self._socket = None

    def mark_seen(self, name: str) -> None:
        """Mark a mail as seen, inside of :meth:`unseen`."""
        if self._socket is not None:
            self._socket.uid("STORE", name, "+FLAGS.SILENT", r"(\Seen)")

    def _open(self) -> imaplib.IMAP4:
        set_to = self._settings
        host, port, seconds = set_to.bounces_host, set_to.bounces_port, set_to.send_seconds
        context = ssl.create_default_context()
        if set_to.bounces_security == "tls":
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                host, port, ssl_context=context, timeout=seconds
            )
        else:
            server = imaplib.IMAP4(host, port, timeout=seconds)
        self._socket = server
        if set_to.bounces_security == "starttls":
            server.starttls(context)
        server.login(set_to.bounces_user, set_to.bounces_password)
        folder = set_to.bounces_folder.replace("\\", "\\\\").replace('"', '\\"')
        status, _said = server.select(f'"{folder}"')
        if status != "OK":
            raise MailboxAway(f"there is no folder {set_to.bounces_folder}")
        return server

    def _contents(self, server: imaplib.IMAP4) -> Iterator[tuple[str, bytes]]:
        _status, found = server.uid("SEARCH", "UNSEEN")
        for name in (found[0] or b"").decode("ascii").split()[:MOST]:
            _status, answer = server.uid("FETCH", name, f"(BODY.PEEK[]<0.{SIZE_MOST}>)")
            content = next((part[1] for part in answer if isinstance(part, tuple)), b"")
            yield name, content
