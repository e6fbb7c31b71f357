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
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from importlib.resources import files

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    CloseReason,
    DeclineReason,
    Publication,
    RefusalReason,
    State,
)
from portal.tools.samples.toml_rows import Words, made, read

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
    consent: bool
    phone: str | None = None
    email: str | None = None
    personal_data: bool = False
    supervised: bool = False
    extended: bool = False
    reply: str | None = None
    reply_working_days: int | None = None
    first_reply: str | None = None
    redo_reason: str | None = None
    question: str | None = None
    supplement: str | None = None
    return_reason: str | None = None
    decline_reason: DeclineReason | None = None
    refusal_reason: RefusalReason | None = None
    close_reason: CloseReason | None = None
    merged_into: str | None = None
    rating: SampleRating | None = None

    def reply_on(self, day: date) -> str | None:
        """Return the reply with its days counted from ``day`` (civil date), unsigned."""
        return _dated(self.reply, day)

    def first_reply_on(self, day: date) -> str | None:
        """Return the reply that preceded a redo, its days counted from ``day`` (civil date)."""
        return _dated(self.first_reply, day)


def _dated(template: str | None, day: date) -> str | None:
    if template is None:
        return None

    def written(match: re.Match[str]) -> str:
        other = day + timedelta(int(match[1]))
        return f"{other.month}月{other.day}日"

    return _DAY.sub(written, template).strip()


_WORDS: Words = {
    "kind": Kind,
    "state": State,
    "publication": Publication,
    "received_at": time.fromisoformat,
    "decline_reason": DeclineReason,
    "refusal_reason": RefusalReason,
    "close_reason": CloseReason,
    "rating": lambda row: SampleRating(**row),
}


@cache
def sample_letters() -> tuple[SampleLetter, ...]:
    """Return every demo letter, the oldest first."""
    names = [entry.name for entry in files(__package__).joinpath("letters").iterdir()]
    letters: list[SampleLetter] = []
    for name in sorted(names):
        content = read(f"letters/{name}")
        rows = ({"category": content["category"], **row} for row in content["letter"])
        letters += [made(row, SampleLetter, _WORDS) for row in rows]
    return tuple(sorted(letters, key=lambda letter: (-letter.received_days_ago, letter.key)))
