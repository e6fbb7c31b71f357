"""What must be true of a letter at any time of any life."""

import sqlalchemy as sa

from portal.domain.events import Axis
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import (
    ADDITIONS_MAX,
    RETURN_LIMIT,
    Action,
    CloseReason,
    ConsentBasis,
    Publication,
    State,
)
from portal.models import ArchiveEntry, Event, Letter, ReplyStatus, StateInterval, db

MOVES = (Action.DISPATCH, Action.TRANSFER, Action.RETURN, Action.RULE)


def check_record(letter: Letter, events: list[Event], intervals: list[StateInterval]) -> None:
    """The record tells the state of every moment, and the intervals tell the same."""
    for axis, current, first in (
        (Axis.HANDLING, letter.state, events[0].occurred_at),
        (Axis.PUBLICATION, letter.publication, None),
    ):
        told = [e for e in events if e.axis is axis]
        parts = [i for i in intervals if i.axis is axis]
        for earlier, later in zip(told, told[1:], strict=False):
            assert later.from_state == earlier.to_state
        if not [e for e in told if e.from_state != e.to_state]:
            assert not parts
            assert current is Publication.NOT_PROPOSED
            continue
        assert told[-1].to_state == current
        for part, next_part in zip(parts, parts[1:], strict=False):
            assert part.ended_at == next_part.started_at
        assert parts[-1].ended_at is None
        assert parts[-1].state == current
        assert first is None or parts[0].started_at == first
        for moment in {e.occurred_at for e in told if e.occurred_at >= parts[0].started_at}:
            past = [e.to_state for e in told if e.occurred_at <= moment]
            held = [
                p
                for p in parts
                if p.started_at <= moment and (p.ended_at is None or moment < p.ended_at)
            ]
            assert [p.state for p in held] == past[-1:]
    holder = [p for p in intervals if p.axis is Axis.HANDLING][-1].organisation_id
    assert holder == letter.organisation_id


def check_letter(letter: Letter, events: list[Event]) -> None:
    """What holds of a letter at any time."""
    actions = [e.action for e in events]
    assert letter.version == len([e for e in events if e.axis is not Axis.RECORD])
    assert (letter.closed_at is not None) == (letter.state in (State.CLOSED, State.DECLINED))
    assert (letter.close_reason is not None) == (letter.state is State.CLOSED)
    assert (letter.answer_by is not None) == (letter.state is State.AWAITING_CITIZEN)
    held = letter.state in (State.AWAITING_CITIZEN, State.MERGED, State.DISPATCHED)
    assert (letter.state_before is not None) == held
    assert (letter.sent_at is not None) == (letter.state is State.DISPATCHED)
    if letter.state in (State.IN_PROGRESS, State.DISPATCHED, State.AWAITING_SIGNOFF):
        assert letter.accepted
        assert letter.due_on is not None
    if letter.state is State.SUBMITTED:
        assert letter.due_on is not None
    assert actions.count(Action.REDO) <= 1
    assert actions.count(Action.RATE) <= 1
    assert actions.count(Action.GRANT_EXTENSION) <= 1
    assert actions.count(Action.RETURN) == letter.return_count <= RETURN_LIMIT
    assert actions.count(Action.ADD) == letter.additions <= ADDITIONS_MAX
    assert actions.count(Action.APPEAL) <= 1
    decided = actions.count(Action.TAKE_OVER) + actions.count(Action.CONFIRM_DECLINE)
    assert decided == (letter.appealed and not letter.appeal_pending)
    assert not letter.appeal_pending or letter.state is State.DECLINED
    assert letter.added_at is None or Action.ADD in actions
    check_ruling(letter, actions)
    check_replies(letter)
    check_merger(letter)
    check_publication(letter)
    if letter.accused:
        assert not letter.organisation.path.startswith(letter.accused.path)


def check_ruling(letter: Letter, actions: list[str]) -> None:
    """A letter returned too often moves by ruling only."""
    if letter.return_count >= RETURN_LIMIT:
        assert letter.ruling_id is not None
        last = len(actions) - 1 - actions[::-1].index(Action.RETURN)
        moves = [
            a
            for a in actions[last + 1 :]
            if a in (Action.DISPATCH, Action.TRANSFER, Action.RULE, Action.ACCEPT)
        ]
        assert moves in ([], [Action.RULE])
    moves = [a for a in actions if a in MOVES]
    assert letter.placed == (moves[-1:] == [Action.RULE])


def check_replies(letter: Letter) -> None:
    """One reply at a time is written or reviewed; nobody signs their own."""
    unsigned = [r for r in letter.replies if r.status is not ReplyStatus.SIGNED]
    assert len(unsigned) <= 1
    waiting = letter.reply_in_review
    assert (letter.state is State.AWAITING_SIGNOFF) == (
        waiting is not None and waiting.kind == "reply"
    )
    assert all(r.signer_id != r.author_id for r in letter.signed_replies)
    if letter.close_reason in (CloseReason.ANSWERED, CloseReason.MERGED):
        assert letter.answer is not None


def check_merger(letter: Letter) -> None:
    """What is merged has an open leader that follows nobody itself."""
    if letter.state is State.MERGED:
        assert letter.parent is not None
        assert letter.parent.state not in (
            State.CLOSED,
            State.DECLINED,
            State.WITHDRAWN,
            State.MERGED,
        )
        assert letter.parent.accused_id == letter.accused_id
    elif letter.parent is not None:
        assert letter.close_reason is CloseReason.MERGED


def check_publication(letter: Letter) -> None:
    """Only consented, closed letters that never were reports are or become public."""
    entry = db.session.scalar(sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == letter.id))
    public = entry is not None and entry.unpublished_at is None
    assert public == (letter.publication is Publication.PUBLISHED)
    if letter.publication in (Publication.PROPOSED, Publication.PUBLISHED):
        assert letter.consent_basis is ConsentBasis.SENDER
        assert letter.kind is not Kind.WRONGDOING
        assert not letter.never_public
    if letter.publication is Publication.PROPOSED:
        assert letter.state is State.CLOSED
        assert letter.open_proposal is not None
    if letter.consent_basis is ConsentBasis.NONE:
        assert letter.open_proposal is None
    if public:
        assert entry is not None
        assert letter.state is State.CLOSED or entry.under_revision
        assert letter.sender_phone and letter.sender_phone not in entry.text
    for proposal in letter.proposals:
        assert proposal.reviewer_id is None or proposal.reviewer_id != proposal.proposer_id
