"""The queues of the inbox as conditions on letters, and how many letters each holds.

The conditions follow the states of the transition table; which letters are visible at all is
decided by :mod:`portal.queries.scope`. All counts of a person come from one query over the letters
that still need work, and one over the closed ones that the person may propose for publication.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission, Role
from portal.domain.calendar import WorkCalendar
from portal.domain.errors import N_
from portal.domain.events import Axis
from portal.domain.letters.due import SOON_DAYS
from portal.domain.letters.kinds import PUBLISHABLE_KINDS
from portal.domain.letters.states import (
    CLOCK_STATES,
    OPEN_STATES,
    RETURN_LIMIT,
    CloseReason,
    ConsentBasis,
    Publication,
    State,
)
from portal.domain.periods import civil_date, midnight
from portal.domain.translatable import Labelled
from portal.models import (
    Appeal,
    CoHandling,
    Extension,
    Letter,
    Model,
    Proposal,
    ProposalStatus,
    Reply,
    ReplyStatus,
    StateInterval,
)
from portal.queries.letter_rows import waiting_for_publication, waiting_for_signature
from portal.queries.scope import Condition, letters_for
from portal.queries.staffing import answered_for, in_service, passed_over, places_with

Key = TypeVar("Key")
UNSIGNED_DAYS = 2
"""Working days within which a dispatched letter must be signed for."""


class Queue(Labelled):
    """The queues of the inbox; a letter may be in several."""

    TODO = "todo", N_("待我处理")
    SUBMITTED = "submitted", N_("待受理")
    DISPATCHED = "dispatched", N_("待签收")
    IN_PROGRESS = "in_progress", N_("办理中")
    SIGNOFF = "signoff", N_("待审签")
    PROPOSABLE = "proposable", N_("待提请公示")
    PUBLICATION = "publication", N_("待公示审核")
    DOUBTFUL = "doubtful", N_("导入待核对")
    AWAITING = "awaiting", N_("待补充")
    RETURNED = "returned", N_("已退回")
    EXTENSION = "extension", N_("待批延期")
    APPEAL = "appeal", N_("待复核异议")
    HELP = "help", N_("协办")
    DUE_SOON = "due_soon", N_("即将到期")
    OVERDUE = "overdue", N_("已超期")
    UNSIGNED = "unsigned", N_("逾期未签收")
    URGED = "urged", N_("催办")
    SUPERVISED = "supervised", N_("督办")
    MINE = "mine", N_("我的信件")
    CLOSED = "closed", N_("已办结")
    ALL = "all", N_("全部信件")


UNCOUNTED = frozenset({Queue.CLOSED, Queue.ALL})
"""Queues that only grow; their size is shown only where they are listed."""


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """The dates from which letters are late or nearly late, as of one moment."""

    today: date
    soon: date
    unsigned_before: datetime


def cutoffs(calendar: WorkCalendar, now: datetime) -> Cutoffs:
    """Return the cutoffs for ``now``; unsigned counts from the civil day of the dispatch."""
    today = civil_date(now)
    day = today
    while calendar.working_days_between(day, today) <= UNSIGNED_DAYS:
        day -= timedelta(days=1)
    return Cutoffs(
        today, calendar.add_working_days(today, SOON_DAYS), midnight(day + timedelta(days=1))
    )


def left_by_machine() -> sa.Select[int]:
    """Return the ids of letters that a machine proposed and left to a person."""
    return waiting_for_publication().where(Proposal.proposer_id.is_(None))


def proposable(actor: Actor) -> Condition:
    """Return the condition for letters never proposed whose publication ``actor`` may propose.

    It is the SQL twin of ``PROPOSE`` in the transition table and of the grants: a test compares them.
    """
    return sa.and_(
        Letter.publication == Publication.NOT_PROPOSED,
        Letter.state == State.CLOSED,
        Letter.consent_basis != ConsentBasis.NONE,
        Letter.close_reason.is_distinct_from(CloseReason.NO_SUPPLEMENT),
        sa.not_(Letter.never_public),
        Letter.kind.in_(PUBLISHABLE_KINDS),
        letters_for(actor, Permission.PUBLICATION_PROPOSE),
    )


def _asking_for_time() -> sa.Select[int]:
    return sa.select(Extension.letter_id).where(Extension.granted.is_(None))


def _appeals() -> sa.Select[int]:
    return sa.select(Appeal.letter_id).where(Appeal.decided_at.is_(None))


def _awaited(actor: Actor) -> sa.Select[int]:
    own = {g.organisation_id for g in actor.grants if g.role is Role.HANDLER}
    return sa.select(CoHandling.letter_id).where(
        CoHandling.organisation_id.in_(own), CoHandling.contribution.is_(None)
    )


_DUTY_ABSENT: tuple[tuple[State, tuple[Role, ...]], ...] = (
    (State.SUBMITTED, (Role.DISPATCHER,)),
    (State.RETURNED, (Role.DISPATCHER,)),
    (State.DISPATCHED, (Role.HANDLER, Role.DISPATCHER)),
    (State.IN_PROGRESS, (Role.HANDLER,)),
)
"""The states in which a letter falls to a dispatcher where nobody has one of the roles.

Replies to be signed and disputes fall to a superior in the ordinary course: not every
organisation has reviewers and supervisors.
"""


def stranded(actor: Actor) -> Condition | None:
    """Return the condition for letters that wait where nobody is, and therefore for ``actor``.

    The organisation that holds them has nobody in service who could take the next action, and
    ``actor`` dispatches there, or at the nearest superior that has a dispatcher. ``None`` for those
    who dispatch nowhere.
    """
    own = _places(actor, Permission.HANDLING_DISPATCH)
    if not own:
        return None
    absent = (
        sa.and_(Letter.state == state, Letter.organisation_id.not_in(places_with(*roles)))
        for state, roles in _DUTY_ABSENT
    )
    mine = Letter.organisation_id.in_(answered_for(own, Role.DISPATCHER))
    return sa.and_(mine, ~_disputed(), sa.or_(*absent))


def done_for_another(actor: Actor) -> Condition | None:
    """Return the condition for letters :func:`stranded` at another organisation."""
    own, alone = _places(actor, Permission.HANDLING_DISPATCH), stranded(actor)
    return None if alone is None else sa.and_(alone, Letter.organisation_id.not_in(own))


def is_stranded(session: Session, actor: Actor, letter: Letter) -> bool:
    """Return whether ``letter`` is one of those :func:`stranded` for ``actor``."""
    alone = stranded(actor)
    if alone is None:
        return False
    return session.scalar(sa.select(Letter.id).where(Letter.id == letter.id, alone)) is not None


def live() -> Condition:
    """Return the condition for letters that still need work, whosever it is."""
    return sa.or_(
        Letter.state.in_(OPEN_STATES),
        Letter.id.in_(waiting_for_signature()),
        Letter.id.in_(waiting_for_publication()),
        Letter.id.in_(_appeals()),
    )


def conditions(actor: Actor, at: Cutoffs) -> dict[Queue, Condition]:
    """Return for each queue the condition on letters that the actor may see."""
    state, due = Letter.state, Letter.due_on
    clock = state.in_(CLOCK_STATES)
    unsigned = sa.exists().where(
        StateInterval.letter_id == Letter.id,
        StateInterval.axis == Axis.HANDLING,
        StateInterval.ended_at.is_(None),
        StateInterval.started_at < at.unsigned_before,
    )
    found: dict[Queue, Condition] = {
        Queue.SUBMITTED: state == State.SUBMITTED,
        Queue.DISPATCHED: state == State.DISPATCHED,
        Queue.IN_PROGRESS: state == State.IN_PROGRESS,
        Queue.SIGNOFF: Letter.id.in_(waiting_for_signature()),
        Queue.PROPOSABLE: proposable(actor),
        Queue.PUBLICATION: Letter.id.in_(waiting_for_publication()),
        Queue.DOUBTFUL: Letter.id.in_(left_by_machine()),
        Queue.AWAITING: state == State.AWAITING_CITIZEN,
        Queue.RETURNED: state == State.RETURNED,
        Queue.EXTENSION: sa.and_(
            state.in_((State.IN_PROGRESS, State.AWAITING_SIGNOFF)),
            Letter.id.in_(_asking_for_time()),
        ),
        Queue.APPEAL: Letter.id.in_(_appeals()),
        Queue.HELP: sa.and_(state == State.IN_PROGRESS, Letter.id.in_(_awaited(actor))),
        Queue.DUE_SOON: sa.and_(clock, due >= at.today, due <= at.soon),
        Queue.OVERDUE: sa.and_(clock, due < at.today),
        Queue.UNSIGNED: sa.and_(state == State.DISPATCHED, unsigned),
        Queue.URGED: sa.and_(clock, Letter.urge_count > 0),
        Queue.SUPERVISED: sa.and_(Letter.supervised, state.in_(OPEN_STATES)),
        Queue.MINE: sa.and_(Letter.assignee_id == actor.user_id, live()),
        Queue.CLOSED: state == State.CLOSED,
        Queue.ALL: sa.true(),
    }
    todo = sa.or_(sa.false(), *duties(actor, found).values())
    return {Queue.TODO: todo, **found}


def duties(actor: Actor, queues: dict[Queue, Condition]) -> dict[Queue, Condition]:
    """Return what waits for the actor, by the queue that says why; together they are the to-do list.

    Each state of a letter has a duty. Who has the duty where the letter lies has it to do; where
    nobody in service has it, it falls to the nearest superior that has somebody
    (``Queue.TODO``). The actor decides on extensions, appeals and publications of the whole scope
    besides.
    """
    proposer = sa.select(Proposal.letter_id).where(
        Proposal.status == ProposalStatus.OPEN, Proposal.proposer_id == actor.user_id
    )
    serves = sa.tuple_(Letter.assignee_id, Letter.organisation_id).in_(in_service(Role.HANDLER))
    free = sa.or_(Letter.assignee_id.is_(None), Letter.assignee_id == actor.user_id, ~serves)
    returned = sa.and_(queues[Queue.RETURNED], ~_disputed())
    returned_here = _held(actor, Permission.HANDLING_ACCEPT, returned)
    to_place = [part for part in (returned_here, _to_rule(actor)) if part is not None]
    parts = {
        Queue.SUBMITTED: _held(actor, Permission.HANDLING_ACCEPT, queues[Queue.SUBMITTED]),
        Queue.RETURNED: sa.or_(*to_place) if to_place else None,
        Queue.DISPATCHED: _held(actor, Permission.HANDLING_SIGN_FOR, queues[Queue.DISPATCHED]),
        Queue.IN_PROGRESS: _held(
            actor, Permission.REPLY_WRITE, sa.and_(queues[Queue.IN_PROGRESS], free)
        ),
        Queue.EXTENSION: _any(actor, Permission.EXTENSION_DECIDE, queues[Queue.EXTENSION]),
        Queue.APPEAL: _any(
            actor,
            Permission.APPEAL_DECIDE,
            queues[Queue.APPEAL],
            Letter.id.not_in(_declined_by(actor)),
        ),
        Queue.SIGNOFF: _to_sign(actor, queues[Queue.SIGNOFF]),
        Queue.PUBLICATION: _any(
            actor,
            Permission.PUBLICATION_DECIDE,
            queues[Queue.PUBLICATION],
            Letter.id.not_in(proposer),
        ),
        Queue.TODO: stranded(actor),
        Queue.HELP: queues[Queue.HELP],
    }
    return {queue: part for queue, part in parts.items() if part is not None}


def _declined_by(actor: Actor) -> sa.Select[int]:
    return sa.select(Appeal.letter_id).where(Appeal.decliner_id == actor.user_id)


def _disputed() -> Condition:
    """Return the condition for letters that only a ruling can place."""
    return sa.and_(Letter.state == State.RETURNED, Letter.return_count >= RETURN_LIMIT)


def _to_rule(actor: Actor) -> Condition | None:
    """Return the condition for disputes on which the actor is the nearest to rule."""
    own = _places(actor, Permission.HANDLING_RULE)
    place = sa.func.coalesce(Letter.ruling_id, Letter.organisation_id)
    return sa.and_(_disputed(), place.in_(answered_for(own, Role.SUPERVISOR))) if own else None


def _to_sign(actor: Actor, waiting: Condition) -> Condition | None:
    """Return the condition for replies which the actor is the nearest to review.

    Their author is passed over, and so is an organisation that has no other reviewer.
    """
    own = _places(actor, Permission.REPLY_SIGN)
    if not own:
        return None
    others = (
        sa.select(Reply.letter_id)
        .join(Letter, Letter.id == Reply.letter_id)
        .where(
            Reply.status == ReplyStatus.IN_REVIEW,
            sa.tuple_(Letter.organisation_id, Reply.author_id).in_(passed_over(own, Role.REVIEWER)),
        )
    )
    author = sa.select(Reply.letter_id).where(
        Reply.status == ReplyStatus.IN_REVIEW, Reply.author_id == actor.user_id
    )
    nearest = Letter.organisation_id.in_(answered_for(own, Role.REVIEWER))
    return sa.and_(waiting, sa.or_(nearest, Letter.id.in_(others)), Letter.id.not_in(author))


def _places(actor: Actor, permission: Permission) -> set[int]:
    """Return the organisations of the grants of the actor that carry ``permission``."""
    return {grant.organisation_id for grant, _ in actor.reaches(permission)}


def _held(actor: Actor, permission: Permission, condition: Condition) -> Condition | None:
    """Narrow ``condition`` to letters held by the organisations of the actor's grants."""
    own = _places(actor, permission)
    return sa.and_(condition, Letter.organisation_id.in_(own)) if own else None


def _any(actor: Actor, permission: Permission, *wanted: Condition) -> Condition | None:
    """Narrow ``wanted`` to letters on which the actor has ``permission``."""
    return sa.and_(*wanted, letters_for(actor, permission)) if actor.holds(permission) else None


def queue_counts(session: Session, actor: Actor, at: Cutoffs) -> dict[Queue, int]:
    """Return how many letters of the actor's scope are in each counted queue."""
    found = {q: c for q, c in conditions(actor, at).items() if q not in UNCOUNTED}
    closed = found.pop(Queue.PROPOSABLE)
    counts = counted(session, found, Letter, letters_for(actor), live())
    proposes = actor.holds(Permission.PUBLICATION_PROPOSE)
    waiting = counted(session, {Queue.PROPOSABLE: sa.true()}, Letter, closed) if proposes else {}
    return {Queue.PROPOSABLE: 0, **counts, **waiting}


def counted(
    session: Session, queues: dict[Key, Condition], table: type[Model], *where: Condition
) -> dict[Key, int]:
    """Return how many rows of ``table`` there are in each of ``queues``, in one query."""
    numbers = (sa.func.count().filter(condition) for condition in queues.values())
    row = session.execute(sa.select(*numbers).select_from(table).where(*where)).one()
    return dict(zip(queues, row, strict=True))
