"""Whether a letter stands where its events say, by the rule that took every one of them.

The events are replayed by :func:`portal.domain.letters.apply.apply`, so that what is checked and what
acts cannot come apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from portal.domain.events import ActorKind, Axis
from portal.domain.letters.apply import Effect, LetterState, apply, receive
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action, Publication, State

REPLAYED = frozenset({Axis.HANDLING, Axis.PUBLICATION})
"""The axes whose events move a letter."""


class KeptEvent(Protocol):
    """An event as it is kept."""

    @property
    def id(self) -> int: ...
    @property
    def action(self) -> str: ...
    @property
    def axis(self) -> Axis: ...
    @property
    def from_state(self) -> str | None: ...
    @property
    def to_state(self) -> str | None: ...
    @property
    def actor_kind(self) -> ActorKind: ...
    @property
    def organisation_id(self) -> int | None: ...
    @property
    def to_organisation_id(self) -> int | None: ...
    @property
    def reason_code(self) -> str | None: ...
    @property
    def subject(self) -> str | None: ...
    @property
    def occurred_at(self) -> datetime: ...


class KeptLetter(Protocol):
    """The columns of a letter that follow from its events."""

    @property
    def kind(self) -> Kind: ...
    @property
    def category(self) -> str | None: ...
    @property
    def received_at(self) -> datetime: ...
    @property
    def state(self) -> State: ...
    @property
    def publication(self) -> Publication: ...
    @property
    def organisation_id(self) -> int: ...
    @property
    def received_organisation_id(self) -> int: ...
    @property
    def closed_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Where a letter and its events part.

    ``event_id`` is the first event that does not follow from those before it, ``None`` where all of
    them do and the letter has another value. ``what`` is the column, ``expected`` what follows from
    the events, ``found`` what is kept.
    """

    event_id: int | None
    what: str
    expected: str
    found: str


COMPARED = ("state", "publication", "organisation_id", "received_organisation_id", "closed_at")
"""The columns of a letter that are compared with what its events lead to."""


def contradiction(letter: KeptLetter, events: Iterable[KeptEvent]) -> Contradiction | None:
    """Return the first contradiction between a letter and ``events``, in the order of their ids.

    ``None`` where there is none. Events of other axes are passed over.
    """
    replayed = LetterState(letter.kind, letter.received_at)
    arrived, kind = False, None
    for event in events:
        if event.axis not in REPLAYED:
            continue
        if event.action == Action.SUBMIT and event.reason_code is not None:
            kind = event.reason_code
            if event.subject != letter.category:
                found = str(letter.category)
                return Contradiction(None, "category", str(event.subject), found)
        if event.action == Action.CHANGE_KIND:
            before, _, after = (event.reason_code or "").partition(">")
            if kind not in (None, before):
                return Contradiction(
                    event.id, "reason_code", f"{kind}>{after}", f"{before}>{after}"
                )
            kind = after
        try:
            effect = _effect(replayed, event, arrived)
        except ValueError:
            state = replayed.state if event.axis is Axis.HANDLING else replayed.publication
            return Contradiction(event.id, "action", f"one that leaves {state}", event.action)
        expected = effect.event
        for what, value in (("from_state", expected.from_state), ("to_state", expected.to_state)):
            found = getattr(event, what)
            if found != value:
                return Contradiction(event.id, what, str(value), str(found))
        replayed.change(effect)
        arrived = True
    if not arrived:
        return Contradiction(None, "events", str(Action.SUBMIT), "none")
    for what in COMPARED:
        expected_value, kept = getattr(replayed, what), getattr(letter, what)
        if expected_value != kept:
            return Contradiction(None, what, str(expected_value), str(kept))
    if kind not in (None, letter.kind):
        return Contradiction(None, "kind", str(kind), str(letter.kind))
    return None


def arrival(kind: Kind, category: str | None) -> tuple[str, str | None]:
    """Return what the event of an arrival says of the letter: its ``reason_code`` and its ``subject``.

    With them, and with the changes of kind, ``kind`` and ``category`` of a letter are sealed by the audit chain.
    Events of letters that arrived before events said so have neither.
    """
    return str(kind), category


def _effect(letter: LetterState, event: KeptEvent, arrived: bool) -> Effect:
    """Return what the event's action does; raise ``ValueError`` where it is not possible."""
    action = Action(event.action)
    if (action is Action.SUBMIT) is arrived:
        raise ValueError("the arrival is the first event, and no other one is")
    if action is Action.SUBMIT:
        return receive(letter.kind, event.to_organisation_id or 0, event.occurred_at)
    return apply(letter, action, event.actor_kind, event.occurred_at, event.to_organisation_id)
