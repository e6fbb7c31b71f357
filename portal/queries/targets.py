"""Organisations to which a letter may be sent or a list narrowed, found by words or by id."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.domain.access import Actor, Permission
from portal.domain.letters.states import Action
from portal.domain.whole_numbers import whole_number
from portal.models import Letter, Organisation
from portal.queries.scope import Condition, within_reach
from portal.queries.staffing import staffed
from portal.queries.synonyms import Meant, as_typed, meant_by

MOST_FOUND = 20
WORDS_MAX = 60
"""Characters of words by which something is searched in the database."""
MOST_WORDS = 5
"""Words of those that are searched for; more would slow the lists down."""
_GOVERNMENT, _ACROSS = "人民政府", "民政"
"""What many names hold, and a word that lies across its two words and is not meant by it."""


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
    query: sa.Select[Organisation],
    terms: Iterable[Meant],
    columns: Iterable[InstrumentedAttribute[str]],
) -> sa.Select[Organisation]:
    """Narrow ``query`` to organisations with every one of ``terms`` in ``columns`` or superior.

    What they do counts too.
    """
    own, parent = list(columns), sa.orm.aliased(Organisation)
    query = query.outerjoin(parent, Organisation.parent_id == parent.id)
    for term in terms:
        # The office at the top is the superior of all, so its name selects nothing.
        above = _contains(parent.name, term.word) | _contains(parent.short_name, term.word)
        fits = (_contains(column, word) for column in own for word in term.names)
        query = query.where(
            sa.or_(sa.and_(parent.parent_id.is_not(None), above), *fits, _does(term))
        )
    return query


def _contains(column: InstrumentedAttribute[str], word: str) -> Condition:
    if word == _ACROSS:
        return sa.func.replace(column, _GOVERNMENT, "").contains(word)
    return column.icontains(word, autoescape=True)


def _does(term: Meant) -> Condition:
    return sa.or_(sa.false(), *(_contains(Organisation.duties, word) for word in term.duties))


def accepting_places(actor: Actor, today: date) -> Condition:
    """Return the condition on ``Organisation`` for where ``actor`` has a role that accepts letters."""
    own = {grant.organisation_id for grant, _ in actor.reaches(Permission.HANDLING_ACCEPT)}
    return sa.and_(Organisation.id.in_(own), open_on(today))


def find(session: Session, within: Condition, words: str) -> list[Organisation]:
    """Return organisations ``within`` that have every one of ``words`` in name, superior or code.

    A word of everyday speech stands for those of the organisations that do it (医保: 医疗保障), and
    what an organisation does counts too. The order is :func:`best_first`.
    """
    return _with_terms(session, within, meant_by(session, words.split()[:MOST_WORDS]))


def _with_terms(session: Session, within: Condition, terms: Sequence[Meant]) -> list[Organisation]:
    columns = (Organisation.name, Organisation.short_name, Organisation.code)
    query = with_words(sa.select(Organisation), terms, columns)
    query = query.where(within).order_by(*best_first(terms)).limit(MOST_FOUND)
    return list(session.scalars(query))


def best_first(terms: Sequence[Meant]) -> list[Any]:
    """Return the columns that order organisations found by ``terms``, of which the last counts.

    An exact name or code comes first, then the beginning of a name, a part of it, what the word
    stands for, what the organisation does, its superior's name. Equal ones come by their level,
    then by the first of the words it stands for, which is the closest to it. Those without staff
    follow all others but the exact one, also where there are no terms.
    """
    place = [Organisation.level, Organisation.id]
    if not terms:
        return [sa.not_(staffed()), *place]
    names, term = (Organisation.name, Organisation.short_name), terms[-1]
    word = term.word
    fit = sa.case(
        (sa.or_(*(name == word for name in names), Organisation.code == word), 0),
        (sa.or_(*(name.startswith(word, autoescape=True) for name in names)), 1),
        (sa.or_(*(_contains(name, word) for name in names)), 2),
        (sa.or_(*(_contains(name, each) for name in names for each in term.names)), 3),
        (_does(term), 4),
        else_=5,
    )
    closest = sa.case(
        *(
            (sa.or_(*(_contains(name, each) for name in names)), number)
            for number, each in enumerate(term.names)
        ),
        else_=len(term.names),
    )
    return [fit != 0, sa.not_(staffed()), fit, Organisation.level, closest, Organisation.id]


def named(session: Session, within: Condition, words: str) -> list[Organisation]:
    """Return the organisations that bear typed ``words``, in name, superior or code.

    Words of everyday speech stand for themselves alone, so that nothing is taken for an office
    that was not named. Where one has exactly that name or code, it is the only one.
    """
    found = _with_terms(session, within, as_typed(words.split()[:MOST_WORDS]))
    exact = [o for o in found if words.strip() in (o.name, o.short_name, o.code)]
    return exact if len(exact) == 1 else found


def organisation_of(session: Session, within: Condition, chosen: str) -> Organisation | None:
    """Return the organisation with the id given in an address or a form, if it is ``within``."""
    number = whole_number(chosen)
    if number is None:
        return None
    return session.scalar(sa.select(Organisation).where(Organisation.id == number, within))
