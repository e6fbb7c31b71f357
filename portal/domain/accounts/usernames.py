"""The names with which members of staff log in."""

from __future__ import annotations

import unicodedata

USERNAME_MAX = 64
"""Characters of the name with which a member of staff logs in."""


def fold_username(typed: str) -> str:
    """Return a user name as accounts have it: without blanks, width and case do not matter."""
    return unicodedata.normalize("NFKC", "".join(typed.split())).casefold()
