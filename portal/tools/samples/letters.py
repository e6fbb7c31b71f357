"""Letters of a demo: written for this project, of every kind and in every state.

Each file under ``letters/`` holds one category. Moments are stored as distances, so that a demo
set up on any day shows two lively years behind it: ``received_days_ago`` counts calendar days
back from today, and a reply names its own days as ``{-3}`` or ``{+10}``, calendar days from the
day it is signed; :meth:`SampleLetter.reply_on` writes them out. Organisation and date are not part
of a reply: the page signs it.

``state`` and ``publication`` say where the letter shall end up, ``hops`` how it got there: the
organisations it was sent to, in order, the last one being ``organisation``. A returned letter
was sent back by the last one to the one before it.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    CloseReason,
    DeclineReason,
    Publication,
    RefusalReason,
    State,
)

_DAY = re.compile(r"\{([+-]\d{1,2})\}")


@dataclass(frozen=True, slots=True)
class SampleRating:
    """A citizen's verdict after closing: 1 to 5 each, the comment may be empty."""

    attitude: int
    efficiency: int
    comment: str


@dataclass(frozen=True, slots=True)
class SampleLetter:
    """One letter with everything that happened to it.

    ``key`` is unique and stable. ``reply`` is the answer of a closed letter, the draft of one
    awaiting sign-off, or the explanation that goes with ``decline_reason``; ``first_reply`` is
    what was answered before the citizen asked for a redo with ``redo_reason``.
    ``reply_working_days`` counts from receipt to reply. ``personal_data`` marks the letters whose
    text names (fictitious) numbers, addresses or persons, so that redaction has work to do.
    """

    key: str
    category: str
    kind: Kind
    title: str
    text: str
    organisation: str
    hops: tuple[str, ...]
    state: State
    publication: Publication
    received_days_ago: int
    received_at: time
    sender_name: str
    phone: str | None
    email: str | None
    consent: bool
    personal_data: bool
    supervised: bool
    extended: bool
    reply: str | None
    reply_working_days: int | None
    first_reply: str | None
    redo_reason: str | None
    question: str | None
    supplement: str | None
    return_reason: str | None
    decline_reason: DeclineReason | None
    refusal_reason: RefusalReason | None
    close_reason: CloseReason | None
    merged_into: str | None
    rating: SampleRating | None

    def reply_on(self, day: date) -> str | None:
        """Return the reply with its days counted from ``day`` (civil date), unsigned."""
        return _dated(self.reply, day)

    def first_reply_on(self, day: date) -> str | None:
        """Return the reply that preceded a redo, its days counted from ``day`` (civil date)."""
        return _dated(self.first_reply, day)


def _dated(template: str | None, day: date) -> str | None:
    if template is None:
        return None
    return _DAY.sub(lambda match: _month_and_day(day + timedelta(int(match[1]))), template).strip()


def _month_and_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _letter(category: str, row: dict[str, Any]) -> SampleLetter:
    rating = row.get("rating")
    return SampleLetter(
        key=row["key"],
        category=category,
        kind=Kind(row["kind"]),
        title=row["title"],
        text=row["text"],
        organisation=row["organisation"],
        hops=tuple(row["hops"]),
        state=State(row["state"]),
        publication=Publication(row["publication"]),
        received_days_ago=row["received_days_ago"],
        received_at=time.fromisoformat(row["received_at"]),
        sender_name=row["sender_name"],
        phone=row.get("phone"),
        email=row.get("email"),
        consent=row["consent"],
        personal_data=row.get("personal_data", False),
        supervised=row.get("supervised", False),
        extended=row.get("extended", False),
        reply=row.get("reply"),
        reply_working_days=row.get("reply_working_days"),
        first_reply=row.get("first_reply"),
        redo_reason=row.get("redo_reason"),
        question=row.get("question"),
        supplement=row.get("supplement"),
        return_reason=row.get("return_reason"),
        decline_reason=DeclineReason(row["decline_reason"]) if "decline_reason" in row else None,
        refusal_reason=RefusalReason(row["refusal_reason"]) if "refusal_reason" in row else None,
        close_reason=CloseReason(row["close_reason"]) if "close_reason" in row else None,
        merged_into=row.get("merged_into"),
        rating=SampleRating(**rating) if rating else None,
    )


@cache
def _load() -> tuple[SampleLetter, ...]:
    letters: list[SampleLetter] = []
    folder = files(__package__).joinpath("letters")
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".toml"):
            content = tomllib.loads(file.read_text(encoding="utf-8"))
            letters += [_letter(content["category"], row) for row in content["letter"]]
    return tuple(sorted(letters, key=lambda letter: (-letter.received_days_ago, letter.key)))


def sample_letters() -> list[SampleLetter]:
    """Return every demo letter, the oldest first."""
    return list(_load())
