"""Organisations to which a letter may be sent or a list narrowed, found by words or by id."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.access import Actor, Permission
from portal.domain.letters.states import Action
from portal.domain.whole_numbers import whole_number
from portal.models import Letter, Organisation
from portal.queries.scope import Condition, within_reach
from portal.queries.staffing import staffed
from portal.queries.synonyms import words_of_organisations

MOST_FOUND = 20
WORDS_MAX = 60
"""Characters of words by which something is searched in the database."""
MOST_WORDS = 5
"""Words of those that are searched for; more would slow the lists down."""


def open_on(day: date) -> Condition:
    """Return the condition on ``Organisation`` for those open on the civil ``day``.

    It is the SQL twin of ``Organisation.open_on``: founded by then, and not closed.
    """
    founded = sa.or_(Organisation.founded_on.is_(None), Organisation.founded_on <= day)
    return sa.and_(Organisation.closed_on.is_(None), founded)


def target_condition(letter: Letter, action: Action, today: date) -> Condition:
    """Return the condition on ``Organisation`` for where ``action`` may take ``letter``.

    It leaves out what the services refuse: organisations not open on ``today``, the holder, the
    accused; a letter is dispatched below its holder and ruled on below the superior who rules.
    """
    wanted = [open_on(today), Organisation.id != letter.organisation_id]
    wanted += [~_below(path) for path in letter.accused_paths]
    if action is Action.DISPATCH:
        wanted.append(_below(letter.organisation_path))
    if action is Action.RULE:
        wanted.append(_below(letter.ruling_path or letter.organisation_path))
    return sa.and_(*wanted)


def readable_condition(actor: Actor, permission: Permission = Permission.LETTER_READ) -> Condition:
    """Return the condition on ``Organisation`` for those where ``actor`` holds ``permission``.

    Without a permission: those whose letters the actor may read.
    """
    return within_reach(Organisation.id, actor.reaches(permission))


def _below(path: str) -> Condition:
    return Organisation.path.startswith(path, autoescape=True)


def usual_targets(
    session: Session, letter: Letter, action: Action, today: date
) -> list[Organisation]:
    """Return the likeliest targets: directly below, or beside and above the holder.

    Those without staff come last.
    """
    holder = letter.organisation
    below = letter.ruling_id or holder.id
    near = (
        Organisation.parent_id == below
        if action in (Action.DISPATCH, Action.RULE)
        else sa.or_(
            Organisation.parent_id == holder.parent_id,
            Organisation.id == holder.parent_id,
            Organisation.parent_id == holder.id,
        )
    )
    query = sa.select(Organisation).where(near, target_condition(letter, action, today))
    order = (sa.not_(staffed()), Organisation.level, Organisation.id)
    return list(session.scalars(query.order_by(*order)))


def with_words(
    session: Session,
    query: sa.Select[Organisation],
    terms: Iterable[str],
    columns: Iterable[InstrumentedAttribute[str]],
) -> sa.Select[Organisation]:
    """Narrow ``query`` to organisations with every one of ``terms`` in ``columns`` or superior."""
    own, parent = list(columns), sa.orm.aliased(Organisation)
    query = query.outerjoin(parent, Organisation.parent_id == parent.id)
    for meant in words_of_organisations(session, terms):
        term = meant[0]
        names = (parent.name, parent.short_name)
        above = sa.or_(*(name.icontains(term, autoescape=True) for name in names))
        # The office at the top is the superior of all, so its name selects nothing.
        below_another = sa.and_(parent.parent_id.is_not(None), above)
        fits = (column.icontains(word, autoescape=True) for column in own for word in meant)
        query = query.where(sa.or_(below_another, *fits))
    return query


def find(session: Session, within: Condition, words: str) -> list[Organisation]:
    """Return organisations ``within`` that have every one of ``words`` in name, superior or code.

    A word of everyday speech stands for those of the organisations that do it (医保: 医疗保障).

    An exact name or code comes first, then the beginning of a name, then the higher in the tree;
    those without staff come last.
    """
    terms = words.split()[:MOST_WORDS]
    columns = (Organisation.name, Organisation.short_name, Organisation.code)
    query = with_words(session, sa.select(Organisation), terms, columns)
    if terms:
        fit = _fit(session, terms[-1])
        query = query.order_by(fit != 0, sa.not_(staffed()), fit)
    query = query.where(within).order_by(Organisation.level, Organisation.id).limit(MOST_FOUND)
    return list(session.scalars(query))


def _fit(session: Session, term: str) -> sa.ColumnElement[int]:
    names = (Organisation.name, Organisation.short_name)
    (meant,) = words_of_organisations(session, [term])
    return sa.case(
        (sa.or_(*(name == term for name in names), Organisation.code == term), 0),
        (sa.or_(*(name.startswith(term, autoescape=True) for name in names)), 1),
        (sa.or_(*(name.icontains(term, autoescape=True) for name in names)), 2),
        (sa.or_(*(name.icontains(w, autoescape=True) for name in names for w in meant)), 3),
        else_=4,
    )


def named(session: Session, within: Condition, words: str) -> list[Organisation]:
    """Return the organisations that typed ``words`` may mean.

    Where one has exactly that name or code, it is the only one.
    """
    found = find(session, within, words)
    exact = [o for o in found if words.strip() in (o.name, o.short_name, o.code)]
    return exact if len(exact) == 1 else found


def organisation_of(session: Session, within: Condition, chosen: str) -> Organisation | None:
    """Return the organisation with the id given in an address or a form, if it is ``within``."""
    number = whole_number(chosen)
    if number is None:
        return None
    return session.scalar(sa.select(Organisation).where(Organisation.id == number, within))
