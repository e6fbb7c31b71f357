"""What of a contact is shown to the person whose it is: enough to recognise, not to learn it."""

from __future__ import annotations

_HIDDEN = "****"


def phone_hint(phone: str) -> str:
    """Return ``139****5678`` for a mobile number; of any other the last two digits stay."""
    digits = "".join(char for char in phone if char.isdigit())
    if len(digits) == 11 and digits.startswith("1"):
        return f"{digits[:3]}{_HIDDEN}{digits[-4:]}"
    return _HIDDEN + digits[-2:]


def email_hint(email: str) -> str:
    """Return ``z****@example.com``: the first character of the name, and where it is kept."""
    name, _, domain = email.rpartition("@")
    return f"{name[:1]}{_HIDDEN}@{domain}" if name else _HIDDEN
