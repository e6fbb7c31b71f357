"""Mail addresses that no message should go to: they loop, nobody reads them, or they are gone in minutes."""

from __future__ import annotations

from collections.abc import Iterable

from portal.domain.errors import N_

DISPOSABLE = frozenset(
    {
        "10minutemail.com",
        "dispostable.com",
        "fakeinbox.com",
        "getnada.com",
        "grr.la",
        "guerrillamail.com",
        "linshiyouxiang.net",
        "mailcatch.com",
        "maildrop.cc",
        "mailinator.com",
        "mailnesia.com",
        "moakt.com",
        "sharklasers.com",
        "temp-mail.org",
        "tempmail.com",
        "throwawaymail.com",
        "trashmail.com",
        "yopmail.com",
    }
)
"""Hosts that give a mailbox to anybody for minutes, which others can read as well."""
_NOBODY = frozenset({"no-reply", "noreply", "donotreply", "do-not-reply", "mailer-daemon"})
_LOOPS = N_("这是本站自己的邮箱，请填您自己的邮箱。")
_UNREAD = N_("这个邮箱只发不收，请填您自己常用的邮箱。")
_PASSING = N_("这是一次性邮箱，别人也能打开，请填您自己常用的邮箱。")


def objection(address: str, own: Iterable[str]) -> str | None:
    """Return why no message should go to ``address``, ``None`` for any other one.

    ``own`` are the addresses of the site itself; what follows a plus sign does not count.
    """
    name, _at, host = address.strip().casefold().rpartition("@")
    name, host = name.partition("+")[0], host.rstrip(".")
    if (name, host) in {_parts(each) for each in own if each}:
        return _LOOPS
    if name in _NOBODY:
        return _UNREAD
    labels = host.split(".")
    if any(".".join(labels[start:]) in DISPOSABLE for start in range(len(labels))):
        return _PASSING
    return None


def _parts(address: str) -> tuple[str, str]:
    name, _at, host = address.strip().casefold().rpartition("@")
    return name.partition("+")[0], host
