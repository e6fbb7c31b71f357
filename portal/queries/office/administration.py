"""The lists of the administration: organisations in tree order, people, the overview."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Role
from portal.domain.errors import N_
from portal.domain.organisations import OrganisationKind, path_ids
from portal.domain.periods import civil_date
from portal.domain.translatable import Labelled
from portal.models import (
    DeadlineRuleRow,
    Event,
    Model,
    Organisation,
    OutboxRow,
    OutboxStatus,
    RoleGrant,
    SiteNotice,
    User,
)
from portal.queries.paging import Slice, slice_of
from portal.queries.rules import work_calendar
from portal.queries.scope import Condition, subtree_ids
from portal.queries.targets import MOST_WORDS


class PersonState(Labelled):
    """Whether a person can log in."""

    ACTIVE = "active", N_("在用")
    DISABLED = "disabled", N_("已停用")
    WITHOUT_ROLE = "without_role", N_("没有角色")


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A row of the tree table; ``depth`` is 0 at the top, ``above`` the superior's name."""

    id: int
    code: str
    name: str
    kind: OrganisationKind
    depth: int
    above: str
    founded_on: date | None
    closed_on: date | None
    people: int


def organisation_table(
    session: Session,
    words: str,
    kind: OrganisationKind | None,
    *,
    closed: bool,
    page: int,
    size: int,
) -> tuple[Slice, list[OrganisationRow]]:
    """Return one page of the organisations with all ``words`` in name, code or superior.

    Closed organisations are left out unless ``closed``. The order is that of the tree.
    """
    parent = sa.orm.aliased(Organisation)
    query = sa.select(Organisation.id, Organisation.path).outerjoin(
        parent, Organisation.parent_id == parent.id
    )
    for term in words.split()[:MOST_WORDS]:
        names = (Organisation.name, Organisation.short_name, Organisation.code, parent.name)
        query = query.where(sa.or_(*(n.icontains(term, autoescape=True) for n in names)))
    if kind:
        query = query.where(Organisation.kind == kind)
    if not closed:
        query = query.where(Organisation.closed_on.is_(None))
    # Paths hold ids, and ids sort as numbers; a city has about a thousand organisations.
    ids = [row.id for row in sorted(session.execute(query), key=lambda row: path_ids(row.path))]
    part = slice_of(len(ids), page, size)
    return part, _rows(session, ids[part.offset : part.offset + size])


def _rows(session: Session, ids: Sequence[int]) -> list[OrganisationRow]:
    people = (
        sa.select(sa.func.count(sa.distinct(RoleGrant.user_id)))
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.organisation_id == Organisation.id, User.disabled.is_(False))
        .correlate(Organisation)
        .scalar_subquery()
    )
    query = (
        sa.select(Organisation, people)
        .where(Organisation.id.in_(ids))
        .options(sa.orm.joinedload(Organisation.parent))
    )
    found = {
        each.id: OrganisationRow(
            each.id,
            each.code,
            each.name,
            each.kind,
            each.level,
            each.parent.name if each.parent else "",
            each.founded_on,
            each.closed_on,
            count,
        )
        for each, count in session.execute(query)
    }
    return [found[i] for i in ids]


def organisation_choices(
    session: Session, without: str | None = None
) -> list[tuple[int, str, int]]:
    """Return id, name and depth of every open organisation, in the order of the tree.

    ``without`` is the path of a subtree that is left out.
    """
    query = sa.select(
        Organisation.id, Organisation.name, Organisation.level, Organisation.path
    ).where(Organisation.closed_on.is_(None))
    if without is not None:
        query = query.where(~Organisation.path.startswith(without, autoescape=True))
    rows = sorted(session.execute(query), key=lambda row: path_ids(row.path))
    return [(row.id, row.name, row.level) for row in rows]


def open_within() -> Condition:
    """Return the condition on ``Organisation`` for those that are not closed."""
    return Organisation.closed_on.is_(None)


def holders_at(session: Session, organisation_id: int) -> list[RoleGrant]:
    """Return the grants at an organisation, ordered by name."""
    query = (
        sa.select(RoleGrant)
        .join(User)
        .where(RoleGrant.organisation_id == organisation_id)
        .options(sa.orm.contains_eager(RoleGrant.user))
        .order_by(User.disabled, User.name, RoleGrant.role)
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class PeopleQuery:
    """A query of the list of people; the organisation includes its subtree."""

    words: str = ""
    role: Role | None = None
    organisation: Organisation | None = None
    state: PersonState | None = None


def people_table(
    session: Session, asked: PeopleQuery, page: int, size: int
) -> tuple[Slice, list[User]]:
    """Return one page of accounts, ordered by user name."""
    conditions: list[Condition] = []
    for term in asked.words.split()[:MOST_WORDS]:
        fits = (User.name, User.username)
        conditions.append(sa.or_(*(n.icontains(term, autoescape=True) for n in fits)))
    grants = []
    if asked.role:
        grants.append(RoleGrant.role == asked.role)
    if asked.organisation:
        grants.append(RoleGrant.organisation_id.in_(subtree_ids(asked.organisation.path)))
    if grants:
        conditions.append(User.grants.any(sa.and_(*grants)))
    if asked.state:
        conditions.append(_in_state(asked.state))
    total = session.scalars(sa.select(sa.func.count()).select_from(User).where(*conditions)).one()
    part = slice_of(total, page, size)
    query = sa.select(User).where(*conditions).order_by(User.username)
    return part, list(session.scalars(query.offset(part.offset).limit(size)))


def _in_state(state: PersonState) -> Condition:
    match state:
        case PersonState.DISABLED:
            return User.disabled.is_(True)
        case PersonState.WITHOUT_ROLE:
            return sa.and_(User.disabled.is_(False), ~User.grants.any())
        case PersonState.ACTIVE:
            return User.disabled.is_(False)


def person_state(user: User) -> PersonState:
    """Return the state of an account."""
    if user.disabled:
        return PersonState.DISABLED
    return PersonState.ACTIVE if user.grants else PersonState.WITHOUT_ROLE


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of the sections of the administration."""

    organisations: int
    people: int
    deadline_rules: int
    announced: bool
    next_year: int
    events: int
    dead_letters: int
    site_notices: int


def overview(session: Session, now: datetime) -> Overview:
    """Return the figures of the overview; ``events`` are those of the last 24 hours."""

    def count(table: type[Model], *conditions: Condition) -> int:
        query = sa.select(sa.func.count()).select_from(table).where(*conditions)
        return session.scalars(query).one()

    next_year = civil_date(now).year + 1
    return Overview(
        organisations=count(Organisation, open_within()),
        people=count(User, User.disabled.is_(False)),
        deadline_rules=count(DeadlineRuleRow),
        announced=work_calendar(session).announced(date(next_year, 1, 1)),
        next_year=next_year,
        events=count(Event, Event.occurred_at >= now - timedelta(days=1)),
        dead_letters=count(OutboxRow, OutboxRow.status == OutboxStatus.DEAD),
        site_notices=count(SiteNotice, SiteNotice.answered_at.is_(None)),
    )
