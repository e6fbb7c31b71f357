"""The rows of the inbox: one page of a queue, filtered and sorted as the address asks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.access import Actor, Permission
from portal.domain.errors import N_
from portal.domain.letters.kinds import Kind
from portal.domain.letters.sender_keys import email_key, name_key, phone_key
from portal.domain.letters.states import CLOCK_STATES, Source
from portal.domain.periods import midnight
from portal.domain.translatable import Labelled
from portal.models import Letter, Organisation, SenderKeys
from portal.queries.letter_rows import LetterRow, page_of_letters
from portal.queries.letters.queues import (
    UNCOUNTED,
    Cutoffs,
    Queue,
    conditions,
    done_for_another,
)
from portal.queries.paging import Page
from portal.queries.scope import Condition, letters_for, subtree_ids
from portal.queries.targets import MOST_WORDS


class Sort(Labelled):
    """The orders of a list."""

    DUE = "due", N_("先到期的在前")
    NEWEST = "newest", N_("新来信在前")
    OLDEST = "oldest", N_("旧来信在前")


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of an inbox; dates are civil and inclusive, ``page`` counts from 1.

    ``organisation`` includes its subtree, unless ``own`` is set.
    """

    queue: Queue = Queue.TODO
    kind: Kind | None = None
    source: Source | None = None
    organisation: Organisation | None = None
    own: bool = False
    received_from: date | None = None
    received_to: date | None = None
    topic: str = ""
    words: str = ""
    sort: Sort = Sort.DUE
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether a filter beside the queue narrows the list."""
        return bool(
            self.kind
            or self.source
            or self.organisation
            or self.received_from
            or self.received_to
            or self.topic
            or self.words
        )

    @property
    def searches_all(self) -> bool:
        """Whether every letter in sight is searched, not one queue of them."""
        return self.queue is Queue.ALL

    @property
    def waits_for_proposal(self) -> bool:
        """Whether the list is what may be proposed for publication."""
        return self.queue is Queue.PROPOSABLE

    @property
    def is_own_work(self) -> bool:
        """Whether the list is what waits for the person at work."""
        return self.queue is Queue.TODO


def inbox_page(
    session: Session, actor: Actor, filters: Filters, at: Cutoffs, per_page: int
) -> Page[LetterRow]:
    """Return the page of letters that ``filters`` ask for, within what ``actor`` may read."""
    where = [letters_for(actor), conditions(actor, at)[filters.queue], *_narrowing(filters)]
    where += _has_words(filters.words, actor)
    order = _order(filters.sort, filters.queue)
    return page_of_letters(
        session,
        where,
        order,
        filters.page,
        per_page,
        done_for_another(actor),
        reads_texts=bool(filters.words),
    )


def next_in_line(session: Session, actor: Actor, at: Cutoffs, besides: int) -> str | None:
    """Return the number of the first letter that waits for ``actor``, except id ``besides``."""
    return session.scalar(
        sa.select(Letter.number)
        .where(letters_for(actor), conditions(actor, at)[Queue.TODO], Letter.id != besides)
        .order_by(*_order(Sort.DUE, Queue.TODO))
        .limit(1)
    )


def _narrowing(filters: Filters) -> list[Condition]:
    found: list[Condition] = []
    if filters.kind:
        found.append(Letter.kind == filters.kind)
    if filters.source:
        found.append(Letter.source == filters.source)
    if filters.organisation and filters.own:
        found.append(Letter.organisation_id == filters.organisation.id)
    elif filters.organisation:
        found.append(Letter.organisation_id.in_(subtree_ids(filters.organisation.path)))
    if filters.topic:
        found.append(Letter.category == filters.topic)
    if filters.received_from:
        found.append(Letter.received_at >= midnight(filters.received_from))
    if filters.received_to:
        found.append(Letter.received_at < midnight(filters.received_to + timedelta(days=1)))
    return found


def _has_words(words: str, actor: Actor) -> list[Condition]:
    """Find letters with all of ``words``; together they may also be the sender's name."""
    terms = words.split()[:MOST_WORDS]
    if len(terms) < 2:
        return [_has(term, actor) for term in terms]
    whole = _sent_by(words, actor)
    every = sa.and_(*(_has(term, actor) for term in terms))
    return [every if whole is None else sa.or_(whole, every)]


def _has(word: str, actor: Actor) -> Condition:
    """Find a word in title and text, in the name of the holder and in an organisation not found.

    Digits are also found at the beginning of numbers, names and contacts of senders as a whole.
    """
    columns = (Letter.title, Letter.text, Letter.organisation_words)
    names = (Organisation.name, Organisation.short_name)
    named = sa.select(Organisation.id).where(_in_some(names, word))
    found = [Letter.organisation_id.in_(named), _in_some(columns, word)]
    if word.replace("-", "").isascii() and word.replace("-", "").isdigit():
        found.append(Letter.number.startswith(word, autoescape=True))
    sent = _sent_by(word, actor)
    return sa.or_(*found) if sent is None else sa.or_(sent, *found)


def _in_some(columns: Iterable[InstrumentedAttribute[Any]], word: str) -> Condition:
    return sa.or_(*(column.icontains(word, autoescape=True) for column in columns))


def _sent_by(words: str, actor: Actor) -> Condition | None:
    """Find letters by their sender's whole name, telephone number or e-mail address.

    Only letters whose contacts ``actor`` may uncover: a hit says who the sender is.
    """
    key = SenderKeys.key
    found = {
        Letter.name_key: name_key(key, words),
        Letter.phone_key: phone_key(key, words),
        Letter.email_key: email_key(key, words),
    }
    fits = [column == hashed for column, hashed in found.items() if hashed is not None]
    return sa.and_(sa.or_(*fits), letters_for(actor, Permission.CONTACTS_REVEAL)) if fits else None


def _order(sort: Sort, queue: Queue) -> tuple[sa.ColumnElement[Any], ...]:
    """Return the order, made unique by the id; letters without a due date come last.

    Where work waits, letters whose clock has stopped come after those that can still be late; the
    long lists are ordered by the date alone, which has an index.
    """
    if sort is Sort.NEWEST:
        return Letter.received_at.desc(), Letter.id.desc()
    if sort is Sort.OLDEST:
        return Letter.received_at.asc(), Letter.id.asc()
    by_date = (Letter.due_on.is_(None), Letter.due_on.asc(), Letter.id.asc())
    return by_date if queue in UNCOUNTED else (Letter.state.not_in(CLOCK_STATES), *by_date)
