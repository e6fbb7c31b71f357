"""The words of a letter's life are complete."""

import pytest

from portal.domain.access import Role
from portal.domain.calendar import DayKind
from portal.domain.deadline_rules import DayUnit
from portal.domain.events import RecordAction
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    CLOCK_STATES,
    ENDED_STATES,
    FINAL_STATES,
    OPEN_STATES,
    Action,
    CloseReason,
    DeclineReason,
    Publication,
    RefusalReason,
    State,
    UnpublishReason,
)
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Granularity
from portal.domain.translatable import Labelled


@pytest.mark.parametrize(
    "words",
    [
        Action,
        CloseReason,
        DayKind,
        DayUnit,
        DeclineReason,
        Granularity,
        Kind,
        OrganisationKind,
        Publication,
        RecordAction,
        RefusalReason,
        Role,
        State,
        UnpublishReason,
    ],
)
def test_every_word_has_a_name(words: type[Labelled]) -> None:
    """A word without a page name would leave a gap on the page; names are told apart."""
    names = [word.label for word in words]
    assert all(names)
    assert len(set(names)) == len(names)


def test_every_decline_gives_advice() -> None:
    """A declined citizen is told where to turn."""
    assert all(code.hint.endswith("。") for code in DeclineReason)


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
    words = (
        *(Action, CloseReason, DeclineReason, Kind, Publication),
        *(RecordAction, RefusalReason, UnpublishReason),
    )
    assert max(len(word) for kind in words for word in kind) <= 32
