"""The one transition table: it enforces, decides which buttons a page shows, and is under test.

A row says which states an action leaves, where it leads, which axis it moves and which guards
must agree. Who may act is the business of :mod:`portal.domain.access`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from portal.domain.errors import N_, ActionNotAllowed
from portal.domain.events import Axis
from portal.domain.letters.guards import (
    DatedGuard,
    Guard,
    GuardedLetter,
    HandledLetter,
    appeal_in_time,
    appeal_waiting,
    at_return_limit,
    before_acceptance,
    below_return_limit,
    childless,
    consented,
    correction_free,
    correction_waiting,
    extendable,
    extension_asked,
    follow_up_free,
    follow_up_waiting,
    has_sender,
    may_be_public,
    not_appealed,
    not_author,
    not_consented,
    not_decliner,
    not_placed,
    not_proposer,
    not_rated,
    not_reopened,
    not_ruled,
    not_urged,
    only_author,
    only_proposer,
    overdue,
    publishable,
    recallable,
    room_to_add,
    supervised,
    unsupervised,
)
from portal.domain.letters.states import (
    AFTER_ERASURE,
    CLOCK_STATES,
    OPEN_STATES,
    Action,
    Publication,
    State,
)


def same_state(letter: HandledLetter) -> State:
    """Return the state: the target of an action that does not leave it."""
    return letter.state


def earlier_state(letter: HandledLetter) -> State:
    """Return the state that a paused or recalled letter goes back to."""
    return letter.state_before or State.SUBMITTED


def without_consent(letter: HandledLetter) -> Publication:
    """Return the target of taking back consent: nothing waits or is public any more."""
    left = {
        Publication.PROPOSED: Publication.NOT_PROPOSED,
        Publication.PUBLISHED: Publication.UNPUBLISHED,
    }
    return left.get(letter.publication, letter.publication)


def same_publication(letter: HandledLetter) -> Publication:
    """Return the publication: the target of an action that does not move it."""
    return letter.publication


Target = State | Publication | Callable[[HandledLetter], State | Publication]


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: from ``sources`` to ``target`` on ``axis``, if all guards agree."""

    action: Action
    sources: frozenset[State] | frozenset[Publication]
    target: Target
    guards: tuple[Guard, ...] = ()
    dated: tuple[DatedGuard, ...] = ()

    @property
    def axis(self) -> Axis:
        """The axis of the letter that the action moves."""
        return (
            Axis.PUBLICATION if isinstance(next(iter(self.sources)), Publication) else Axis.HANDLING
        )


def _row(
    action: Action,
    sources: Iterable[State] | Iterable[Publication],
    target: Target,
    *guards: Guard,
    dated: tuple[DatedGuard, ...] = (),
) -> Transition:
    return Transition(action, frozenset(sources), target, guards, dated)  # type: ignore[arg-type]


S, P, A = State, Publication, Action

TRANSITIONS: dict[Action, Transition] = {
    row.action: row
    for row in (
        _row(A.ACCEPT, (S.SUBMITTED, S.RETURNED), S.IN_PROGRESS, below_return_limit),
        _row(A.DECLINE, (S.SUBMITTED,), S.DECLINED),
        _row(
            A.DISPATCH,
            (S.SUBMITTED, S.RETURNED, S.IN_PROGRESS),
            S.DISPATCHED,
            below_return_limit,
            not_placed,
        ),
        _row(A.TRANSFER, (S.IN_PROGRESS,), S.DISPATCHED, not_placed),
        _row(A.SIGN_FOR, (S.DISPATCHED,), S.IN_PROGRESS),
        _row(A.RECALL_DISPATCH, (S.DISPATCHED,), earlier_state, recallable),
        _row(A.RETURN, (S.DISPATCHED,), S.RETURNED, not_placed, has_sender),
        _row(A.HAND_OVER, OPEN_STATES, same_state),
        _row(A.RULE, (S.RETURNED,), S.DISPATCHED, at_return_limit),
        _row(A.RULE_DECLINE, (S.RETURNED,), S.DECLINED, at_return_limit),
        _row(A.APPEAL, (S.DECLINED,), same_state, not_appealed, not_ruled, dated=(appeal_in_time,)),
        _row(A.TAKE_OVER, (S.DECLINED,), S.IN_PROGRESS, appeal_waiting, not_decliner),
        _row(A.CONFIRM_DECLINE, (S.DECLINED,), same_state, appeal_waiting, not_decliner),
        _row(A.ASK_CITIZEN, (S.SUBMITTED, S.IN_PROGRESS), S.AWAITING_CITIZEN),
        _row(A.SUPPLEMENT, (S.AWAITING_CITIZEN,), earlier_state),
        _row(A.ADD, OPEN_STATES - {S.AWAITING_CITIZEN}, same_state, room_to_add),
        _row(A.CORRECT_CONTACTS, frozenset(S) - {S.WITHDRAWN}, same_state),
        _row(A.URGE, CLOCK_STATES, same_state, dated=(overdue, not_urged)),
        _row(A.TIME_OUT, (S.AWAITING_CITIZEN,), S.CLOSED),
        _row(A.MERGE, (S.SUBMITTED, S.IN_PROGRESS), S.MERGED, childless),
        _row(A.SEPARATE, (S.MERGED,), earlier_state),
        _row(A.CLOSE_MERGED, (S.MERGED,), S.CLOSED),
        _row(A.RELEASE_MERGED, (S.MERGED,), earlier_state),
        _row(A.ASSIGN, (S.SUBMITTED, S.DISPATCHED, S.IN_PROGRESS, S.AWAITING_SIGNOFF), same_state),
        _row(A.CHANGE_KIND, (S.SUBMITTED, S.DISPATCHED, S.RETURNED, S.IN_PROGRESS), same_state),
        _row(A.REQUEST_EXTENSION, (S.IN_PROGRESS,), same_state, extendable),
        _row(A.GRANT_EXTENSION, (S.IN_PROGRESS, S.AWAITING_SIGNOFF), same_state, extension_asked),
        _row(A.REFUSE_EXTENSION, (S.IN_PROGRESS, S.AWAITING_SIGNOFF), same_state, extension_asked),
        _row(A.INVITE, (S.IN_PROGRESS,), same_state),
        _row(A.CONTRIBUTE, (S.IN_PROGRESS,), same_state),
        _row(A.REQUEST_SIGNOFF, (S.IN_PROGRESS,), S.AWAITING_SIGNOFF),
        _row(A.RECALL_SIGNOFF, (S.AWAITING_SIGNOFF,), S.IN_PROGRESS, only_author),
        _row(A.SEND_BACK, (S.AWAITING_SIGNOFF,), S.IN_PROGRESS, not_author),
        _row(A.SIGN, (S.AWAITING_SIGNOFF,), S.CLOSED, not_author),
        _row(A.RATE, (S.CLOSED,), same_state, not_rated),
        _row(A.REDO, (S.CLOSED,), S.IN_PROGRESS, not_reopened),
        _row(A.PROPOSE_FOLLOW_UP, (S.CLOSED,), same_state, follow_up_free),
        _row(A.SIGN_FOLLOW_UP, (S.CLOSED,), same_state, follow_up_waiting, not_author),
        _row(A.REFUSE_FOLLOW_UP, (S.CLOSED,), same_state, follow_up_waiting, not_author),
        _row(A.WITHDRAW, (S.SUBMITTED, S.AWAITING_CITIZEN), S.WITHDRAWN, before_acceptance),
        _row(A.SUPERVISE, OPEN_STATES, same_state, unsupervised),
        _row(A.END_SUPERVISION, frozenset(State), same_state, supervised),
        _row(A.PROPOSE, (P.NOT_PROPOSED, P.REFUSED, P.UNPUBLISHED), P.PROPOSED, publishable),
        _row(A.RECALL_PROPOSAL, (P.PROPOSED,), P.NOT_PROPOSED, only_proposer),
        _row(A.PUBLISH, (P.PROPOSED,), P.PUBLISHED, publishable, not_proposer),
        _row(A.REFUSE, (P.PROPOSED,), P.REFUSED, not_proposer),
        _row(A.UNPUBLISH, (P.PUBLISHED,), P.UNPUBLISHED),
        _row(A.PROPOSE_CORRECTION, (P.PUBLISHED,), P.PUBLISHED, publishable, correction_free),
        _row(A.CORRECT, (P.PUBLISHED,), P.PUBLISHED, publishable, correction_waiting, not_proposer),
        _row(A.REFUSE_CORRECTION, (P.PUBLISHED,), P.PUBLISHED, correction_waiting, not_proposer),
        _row(A.REVOKE_CONSENT, frozenset(Publication), without_consent, may_be_public, consented),
        _row(
            A.GIVE_CONSENT,
            (P.NOT_PROPOSED, P.REFUSED, P.UNPUBLISHED),
            same_publication,
            may_be_public,
            not_consented,
        ),
    )
}
"""Every action but ``submit``, which creates the letter."""


def objection(
    letter: GuardedLetter, action: Action, actor_id: int | None = None, on: date | None = None
) -> str | None:
    """Return why ``action`` is not possible (a zh-CN sentence), ``None`` where it is.

    ``on`` is the civil day; without it, what depends on the day is passed over.
    """
    row = TRANSITIONS.get(action)
    if row is None:
        return N_("信件已经寄出。")
    if letter.erased and action not in AFTER_ERASURE:
        return N_("来信人的信息已经删除，不能再办理。")
    current = letter.publication if row.axis is Axis.PUBLICATION else letter.state
    if current not in row.sources:
        return N_("信件当前的状态不允许这项操作。")
    said = next((said for guard in row.guards if (said := guard(letter, actor_id))), None)
    if said is None and on is not None:
        said = next((said for guard in row.dated if (said := guard(letter, on))), None)
    return said


def advance(
    letter: GuardedLetter, action: Action, actor_id: int | None = None, on: date | None = None
) -> State | Publication:
    """Return the state that ``action`` leads to; raise :class:`ActionNotAllowed` with the reason.

    ``on`` is as for :func:`objection`.
    """
    said = objection(letter, action, actor_id, on)
    if said:
        raise ActionNotAllowed(said)
    target = TRANSITIONS[action].target
    return target(letter) if callable(target) else target
