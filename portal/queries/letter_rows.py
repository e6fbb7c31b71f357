"""The rows of a list of letters, whatever chose them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import CLOCK_STATES, OPEN_STATES, Publication, State
from portal.domain.redaction import confidentiality_requests
from portal.models import (
    Letter,
    Message,
    Organisation,
    Proposal,
    ProposalStatus,
    Reply,
    ReplyStatus,
)
from portal.queries.paging import Page, slice_of
from portal.queries.scope import Condition


def waiting_for_signature() -> sa.Select[int]:
    """Return the ids of letters with a reply in review, follow-up replies included."""
    return sa.select(Reply.letter_id).where(Reply.status == ReplyStatus.IN_REVIEW)


def waiting_for_publication() -> sa.Select[int]:
    """Return the ids of letters with an open proposal, corrections included."""
    return sa.select(Proposal.letter_id).where(Proposal.status == ProposalStatus.OPEN)


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter of a list; a list shows neither sender nor text.

    ``added`` says that its sender added something that nobody has taken up yet, ``urge_count`` how often
    the sender urges. ``for_another`` says that it waits for the reader because nobody is where it lies, ``confidential``
    that its writer asks not to be shown, ``verified`` that the sender has proven a contact.
    """

    number: str
    title: str
    kind: Kind
    state: State
    publication: Publication
    organisation: str
    due_on: date | None
    received_at: datetime
    supervised: bool
    reopened: bool
    added: bool
    urge_count: int
    to_publish: bool
    to_sign: bool
    for_another: bool
    verified: bool
    organisation_words: str | None
    """An organisation in the sender's words that was not found, until the letter is dispatched."""
    confidential: bool

    @property
    def runs(self) -> bool:
        """Whether the clock of the office runs."""
        return self.due_on is not None and self.state in CLOCK_STATES


def page_of_letters(
    session: Session,
    where: Sequence[Condition],
    order: Sequence[sa.ColumnElement[Any]],
    page: int,
    per_page: int,
    for_another: Condition | None = None,
    *,
    reads_texts: bool = False,
) -> Page[LetterRow]:
    """Return the page of the letters that meet ``where``, in ``order``.

    Where the condition ``reads_texts``, rows are counted and chosen by reading them once.
    """
    chosen = sa.select(Letter.id).where(*where).order_by(*order).limit(per_page)
    once = _counted(session, chosen, page, per_page) if reads_texts else None
    if once is None:
        total = session.scalar(sa.select(sa.func.count()).select_from(Letter).where(*where)) or 0
        part = slice_of(total, page, per_page)
        ids = list(session.scalars(chosen.offset(part.offset))) if total else []
    else:
        ids, total = once
        part = slice_of(total, page, per_page)
    columns: tuple[Any, ...] = (
        Letter.id,
        Letter.number,
        Letter.title,
        Letter.kind,
        Letter.state,
        Letter.publication,
        Organisation.brief_name,
        Letter.due_on,
        Letter.received_at,
        Letter.supervised,
        Letter.reopened,
        sa.and_(Letter.added_at.is_not(None), Letter.state.in_(OPEN_STATES)),
        sa.case((Letter.state.in_(CLOCK_STATES), Letter.urge_count), else_=0),
        Letter.id.in_(waiting_for_publication()),
        Letter.id.in_(waiting_for_signature()),
        sa.false() if for_another is None else for_another,
        sa.or_(Letter.phone_verified_at.is_not(None), Letter.email_verified_at.is_not(None)),
        sa.case((Letter.state == State.SUBMITTED, Letter.organisation_words)),
    )
    rows = session.execute(
        sa.select(*columns)
        .join(Organisation, Organisation.id == Letter.organisation_id)
        .where(Letter.id.in_(ids))
        .order_by(*order)
    )
    asking = _asking_not_to_be_shown(session, ids)
    found = [LetterRow(*(*values, letter in asking)) for letter, *values in rows]
    return Page(found, total, part.page, part.pages)


def _counted(
    session: Session, chosen: sa.Select[int], page: int, per_page: int
) -> tuple[list[int], int] | None:
    """Return the ids of a page and the number of all; ``None`` for a page that does not exist."""
    if page < 1:
        return None
    query = chosen.add_columns(sa.func.count().over()).offset((page - 1) * per_page)
    rows = session.execute(query).all()
    if not rows and page > 1:
        return None
    return [row[0] for row in rows], int(rows[0][1]) if rows else 0


def _asking_not_to_be_shown(session: Session, ids: Sequence[int]) -> set[int]:
    """Return those of the letters ``ids`` whose writers ask not to be shown, in whatever text."""
    written = sa.union_all(
        sa.select(Letter.id, Letter.title + "\n" + Letter.text).where(Letter.id.in_(ids)),
        sa.select(Message.letter_id, Message.text).where(Message.letter_id.in_(ids)),
    )
    return {letter for letter, text in session.execute(written) if confidentiality_requests(text)}
