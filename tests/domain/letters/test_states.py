"""The words of a letter's life are complete."""

from collections.abc import Mapping
from enum import StrEnum

import pytest

from portal.domain.access import ROLE_LABELS, Role
from portal.domain.events import RECORD_LABELS, RecordAction
from portal.domain.letters.kinds import KIND_LABELS, Kind
from portal.domain.letters.states import (
    ACTION_LABELS,
    CLOCK_STATES,
    CLOSE_LABELS,
    DECLINE_LABELS,
    ENDED_STATES,
    FINAL_STATES,
    OPEN_STATES,
    PUBLICATION_LABELS,
    REFUSAL_LABELS,
    STATE_LABELS,
    Action,
    CloseReason,
    DeclineReason,
    Publication,
    RefusalReason,
    State,
)


@pytest.mark.parametrize(
    ("words", "labels"),
    [
        (Action, ACTION_LABELS),
        (CloseReason, CLOSE_LABELS),
        (DeclineReason, DECLINE_LABELS),
        (Kind, KIND_LABELS),
        (Publication, PUBLICATION_LABELS),
        (RecordAction, RECORD_LABELS),
        (RefusalReason, REFUSAL_LABELS),
        (Role, ROLE_LABELS),
        (State, STATE_LABELS),
    ],
)
def test_every_word_has_a_name(
    words: type[StrEnum], labels: Mapping[StrEnum, str | tuple[str, str]]
) -> None:
    """A word without a page name would break the page it stands on; names are told apart."""
    assert set(labels) == set(words)
    names = [name if isinstance(name, str) else name[0] for name in labels.values()]
    assert all(names)
    assert len(set(names)) == len(names)


def test_every_decline_gives_advice() -> None:
    """A declined citizen is told where to turn."""
    assert all(advice.endswith("。") for _name, advice in DECLINE_LABELS.values())


def test_duplicate_is_no_reason_to_decline() -> None:
    """A duplicate is merged, never declined."""
    assert "duplicate" not in set(DeclineReason)


def test_states_are_open_or_ended() -> None:
    """A state is either open or ended; the clock runs in open ones that wait for the office."""
    assert set(State) == OPEN_STATES | ENDED_STATES
    assert not OPEN_STATES & ENDED_STATES
    assert {State.DECLINED, State.WITHDRAWN} == FINAL_STATES
    assert {State.AWAITING_CITIZEN, State.MERGED} == OPEN_STATES - CLOCK_STATES


def test_words_fit_their_columns() -> None:
    """A word is at most 32 characters, as wide as its column."""
    words = (Action, CloseReason, DeclineReason, Kind, Publication, RecordAction, RefusalReason)
    assert max(len(word) for kind in words for word in kind) <= 32
