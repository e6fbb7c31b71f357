"""An event as the history of a letter or of a request for disclosure shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """An event for display; ``title``, ``reasons`` and ``who`` are catalogue texts or names."""

    action: str
    title: str
    at: datetime
    who: str
    reason: str
    organisation: str = ""
    to_organisation: str = ""
    reasons: tuple[str, ...] = ()
    acting: str = ""
    """The superior whose person acted in the name of the organisation; staff alone read it."""
