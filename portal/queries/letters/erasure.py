"""Letters whose person is to be erased, and requests of senders for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.domain.events import Axis
from portal.domain.letters.states import ENDED_STATES, Publication
from portal.domain.privacy.erasure import ErasureOutcome
from portal.models import (
    Appeal,
    ErasureRequest,
    Letter,
    Organisation,
    Proposal,
    ProposalStatus,
    Reply,
    ReplyStatus,
)
from portal.models.event import StateInterval
from portal.queries.scope import Condition, letters_for

MOST = 100
"""Requests shown at once, the oldest first; the next follow as these are decided."""


def overdue(ended_before: datetime) -> sa.Select[Letter]:
    """Return the query for letters that ended before a moment and whose person is still kept.

    It is the SQL twin of :func:`portal.domain.privacy.erasure.erasure_objection`, without letters whose sender waits for
    a decision.
    """
    ended = sa.exists().where(
        StateInterval.letter_id == Letter.id,
        StateInterval.axis == Axis.HANDLING,
        StateInterval.ended_at.is_(None),
        StateInterval.started_at < ended_before,
    )
    in_review = sa.exists().where(
        Reply.letter_id == Letter.id, Reply.status == ReplyStatus.IN_REVIEW
    )
    proposed = sa.exists().where(
        Proposal.letter_id == Letter.id, Proposal.status == ProposalStatus.OPEN
    )
    appealing = sa.exists().where(Appeal.letter_id == Letter.id, Appeal.decided_at.is_(None))
    return (
        sa.select(Letter)
        .where(
            Letter.erased_at.is_(None),
            Letter.state.in_(ENDED_STATES),
            Letter.publication != Publication.PROPOSED,
            *(ended, ~in_review, ~proposed, ~appealing),
        )
        .order_by(Letter.id)
    )


def count_overdue(session: Session, ended_before: datetime) -> int:
    """Return how many letters are :func:`overdue`."""
    found = overdue(ended_before).order_by(None).subquery()
    return session.scalars(sa.select(sa.func.count()).select_from(found)).one()


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A request that waits, with the letter it is about."""

    id: int
    unpublish: bool
    requested_at: datetime
    number: str
    title: str
    organisation: str
    published: bool


def waiting_requests(session: Session, actor: Actor) -> list[WaitingRequest]:
    """Return the requests that wait for ``actor``, the oldest first, at most :data:`MOST`."""
    rows = session.execute(
        sa.select(ErasureRequest, Letter, Organisation.name)
        .join(Letter, ErasureRequest.letter_id == Letter.id)
        .join(Organisation, Letter.organisation_id == Organisation.id)
        .where(*_waiting_for(actor))
        .order_by(ErasureRequest.id)
        .limit(MOST)
    )
    return [
        WaitingRequest(
            request.id,
            request.unpublish,
            request.requested_at,
            letter.number,
            letter.title,
            organisation,
            letter.publication is Publication.PUBLISHED,
        )
        for request, letter, organisation in rows
    ]


def count_waiting_requests(session: Session, actor: Actor) -> int:
    """Return how many requests wait for ``actor``."""
    return session.scalars(
        sa.select(sa.func.count())
        .select_from(ErasureRequest)
        .join(Letter, ErasureRequest.letter_id == Letter.id)
        .where(*_waiting_for(actor))
    ).one()


def _waiting_for(actor: Actor) -> tuple[Condition, Condition]:
    pending = ErasureRequest.outcome == ErasureOutcome.PENDING
    return pending, letters_for(actor, Permission.ERASURE_DECIDE)
