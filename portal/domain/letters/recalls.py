"""Recalls among the events of a letter: what was taken back, for whom it never happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from portal.domain.letters.states import Action


class Acted(Protocol):
    """An event, as far as its action."""

    @property
    def action(self) -> str: ...


E = TypeVar("E", bound=Acted)
_SENDING = frozenset({Action.DISPATCH, Action.TRANSFER, Action.RULE})


def without_recalled(events: Iterable[E]) -> list[E]:
    """Return ``events``, oldest first, without recalls and what each of them took back."""
    kept: list[E] = []
    for event in events:
        if event.action != Action.RECALL_DISPATCH:
            kept.append(event)
            continue
        last = next((i for i in reversed(range(len(kept))) if kept[i].action in _SENDING), None)
        if last is not None:
            del kept[last]
    return kept
