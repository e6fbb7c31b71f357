"""The rows of an imported letter: what the services would have written of the same actions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.domain.events import ActorKind
from portal.domain.integrity.letters import arrival
from portal.domain.letters.apply import LetterState, apply, intervals, receive
from portal.domain.letters.due import Deadlines, HandlingTime
from portal.domain.letters.states import Action, ConsentBasis, Source
from portal.domain.periods import civil_date
from portal.models import ReplyStatus
from portal.services.importing.rows import ImportedLetter

_ANSWERED = (Action.ACCEPT, Action.REQUEST_SIGNOFF, Action.SIGN)
"""What happened to a letter whose source holds a reply, all at the moment of the reply."""


class ImportedHistory:
    """An imported letter as its source leaves it, with its events and state intervals."""

    def __init__(
        self,
        each: ImportedLetter,
        holder: int,
        accused: int | None,
        deadlines: Deadlines,
        publish: bool,
    ) -> None:
        self._source, self._accused, self._public = each, accused, publish
        self.letter = LetterState(each.kind, each.received_at)
        self._effects = [receive(each.kind, holder, each.received_at)]
        self.letter.change(self._effects[0])
        time = HandlingTime(each.kind, civil_date(each.received_at))
        deadlines.choose(time, holder)
        self.letter.deadline_organisation_id = time.organisation_id
        self.letter.due_on = deadlines.due_on(time)
        if each.reply and each.replied_at is not None:
            for action in _ANSWERED:
                effect = apply(self.letter, action, ActorKind.MACHINE, each.replied_at)
                self.letter.change(effect)
                self._effects.append(effect)

    def letter_row(self, number: str) -> dict[str, Any]:
        """Return the columns of the letter."""
        each = self._source
        public = self._public and not self.letter.never_public
        return {
            **self.letter.columns(),
            "number": number,
            "source": Source.IMPORT,
            "source_key": each.key,
            "category": each.category,
            "title": each.title,
            "text": each.text,
            "sender_name": each.name,
            "sender_phone": each.phone,
            "sender_email": each.email,
            "consent_basis": ConsentBasis.PUBLISHED_AT_SOURCE if public else ConsentBasis.NONE,
            "accused_id": self._accused,
        }

    def event_rows(self, letter_id: int, now: datetime) -> list[dict[str, Any]]:
        """Return an event for each action, recorded at ``now``."""
        code, subject = arrival(self._source.kind, self._source.category)
        return [
            {
                "letter_id": letter_id,
                **effect.event.columns(),
                "actor_kind": ActorKind.MACHINE if effect.event.from_state else ActorKind.CITIZEN,
                "recorded_at": now,
                "reason_code": None if effect.event.from_state else code,
                "subject": None if effect.event.from_state else subject,
            }
            for effect in self._effects
        ]

    def interval_rows(self, letter_id: int) -> list[dict[str, Any]]:
        """Return an interval for each state, the last one open."""
        return [{"letter_id": letter_id, **columns} for columns in intervals(self._effects)]


def reply_row(letter_id: int, each: ImportedLetter, holder: int) -> dict[str, Any]:
    """Return the signed reply that the source holds; it names no person."""
    moments = dict.fromkeys(("created_at", "updated_at", "signed_at"), each.replied_at)
    return {
        "letter_id": letter_id,
        "organisation_id": holder,
        "status": ReplyStatus.SIGNED,
        "text": each.reply,
        **moments,
    }
