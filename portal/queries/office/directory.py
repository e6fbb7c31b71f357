"""The directory for citizens: the tree of organisations, and the home page."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.name_similarity import name_similarity
from portal.domain.organisations import LEVEL_ONE_KINDS, OrganisationKind, path_ids
from portal.domain.periods import Granularity, Period, civil_date
from portal.domain.statistics.rates import Figures
from portal.models import HELPFULNESS, PUBLIC, ArchiveEntry, Organisation
from portal.queries.scope import subtree_ids
from portal.queries.staffing import without_staff
from portal.queries.statistics.cache import cube, detail, tree_on
from portal.queries.statistics.count import years_with_letters
from portal.queries.statistics.filters import Question
from portal.queries.synonyms import Meant, as_typed, meant_by
from portal.queries.targets import MOST_WORDS, best_first, open_on, with_words

FOUND_MOST = 20
CLOSEST_MOST = 6
_CLOSE = 0.2
"""Least similarity of a name with the typed words to be offered instead of them."""
_LATEST = 500
_STEP = " › "


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation to choose; ``path`` names it from level 1 down: 渝中区 › 大坪街道.

    ``staffed`` says whether somebody in service works there.
    """

    id: int
    name: str
    path: str
    staffed: bool = True


def find_organisations(
    session: Session, words: str, today: date, limit: int = FOUND_MOST
) -> list[Place]:
    """Return open organisations with all ``words`` in their name or their superior's, or that do it.

    The best matches come first, in the order of :func:`best_first`. Without words the members of
    level 1 are returned.
    """
    return _with_terms(session, meant_by(session, words.split()[:MOST_WORDS]), today, limit)


def _with_terms(
    session: Session, terms: Sequence[Meant], today: date, limit: int = FOUND_MOST
) -> list[Place]:
    below = sa.select(Organisation).where(open_on(today), Organisation.parent_id.is_not(None))
    query = with_words(below, terms, (Organisation.short_name, Organisation.name))
    query = query.order_by(*best_first(terms)).limit(limit)
    return places(session, session.scalars(query).all())


def named_organisations(session: Session, words: str, today: date) -> list[Place]:
    """Return the organisations that bear a typed name or part; an exact match is the only one.

    Words of everyday speech stand for themselves alone, so that no letter goes to an office that
    its sender did not name.
    """
    found = _with_terms(session, as_typed(words.split()[:MOST_WORDS]), today)
    exact = [o for o in found if words.strip() in (o.name, o.path.rpartition(_STEP)[2])]
    return exact if len(exact) == 1 else found


def nearest_organisations(session: Session, words: str, today: date) -> list[Place]:
    """Return organisations to offer for a name that none bears: those meant, then those alike."""
    meant = find_organisations(session, words, today, CLOSEST_MOST)
    alike = closest_organisations(session, words, today)
    return list({place.id: place for place in (*meant, *alike)}.values())


def closest_organisations(
    session: Session, words: str, today: date, limit: int = CLOSEST_MOST
) -> list[Place]:
    """Return open organisations whose names are similar to ``words``, the most similar first."""
    rows = session.scalars(
        sa.select(Organisation).where(open_on(today), Organisation.parent_id.is_not(None))
    ).all()
    scored = (
        (max(name_similarity(words, name) for name in (o.name, o.brief_name)), -o.id, o)
        for o in rows
    )
    near = heapq.nlargest(limit, (each for each in scored if each[0] >= _CLOSE))
    return places(session, [o for _, _, o in near])


def places(session: Session, organisations: Iterable[Organisation]) -> list[Place]:
    """Return the organisations as choices, each with its path; a query for each serves all."""
    chosen = list(organisations)
    empty = without_staff(session, chosen)
    above = {i for o in chosen for i in path_ids(o.path)}
    rows = session.execute(
        sa.select(Organisation.id, Organisation.brief_name).where(
            Organisation.id.in_(above), Organisation.parent_id.is_not(None)
        )
    )
    names = {row.id: row.brief_name for row in rows}
    return [
        Place(
            o.id,
            o.name,
            _STEP.join(names[i] for i in path_ids(o.path) if i in names),
            o.id not in empty,
        )
        for o in chosen
    ]


def members(session: Session, today: date) -> dict[OrganisationKind, list[Organisation]]:
    """Return the open organisations of level 1 by kind, in the order of the tree."""
    rows = session.scalars(
        sa.select(Organisation)
        .where(Organisation.kind.in_(LEVEL_ONE_KINDS), open_on(today))
        .order_by(Organisation.id)
    ).all()
    return {kind: [row for row in rows if row.kind is kind] for kind in LEVEL_ONE_KINDS}


def open_organisations(session: Session, today: date) -> list[int]:
    """Return the ids of all open organisations below the top, in their order."""
    query = sa.select(Organisation.id).where(open_on(today), Organisation.parent_id.is_not(None))
    return list(session.scalars(query.order_by(Organisation.id)))


def subordinates(
    session: Session, organisation: Organisation, today: date
) -> dict[OrganisationKind, list[Organisation]]:
    """Return the open organisations directly below by kind, without empty kinds."""
    rows = session.scalars(
        sa.select(Organisation)
        .where(Organisation.parent_id == organisation.id, open_on(today))
        .order_by(Organisation.id)
    ).all()
    kinds = dict.fromkeys(row.kind for row in rows)
    return {kind: [row for row in rows if row.kind is kind] for kind in kinds}


def superiors(session: Session, organisation: Organisation) -> list[Organisation]:
    """Return the organisations above, from level 1 down, without the root and without itself."""
    above = path_ids(organisation.path)[1:-1]
    rows = session.scalars(sa.select(Organisation).where(Organisation.id.in_(above)))
    return sorted(rows, key=lambda row: row.level)


def latest_entries(session: Session, count: int, path: str = "") -> list[ArchiveEntry]:
    """Return the public entries that were answered last, of all or below the organisation ``path``."""
    query = (
        sa.select(ArchiveEntry)
        .where(*_public(path))
        .order_by(ArchiveEntry.answered_on.desc(), ArchiveEntry.id.desc())
    )
    return list(session.scalars(query.limit(count)))


def _public(path: str) -> list[sa.ColumnElement[bool]]:
    within = [ArchiveEntry.organisation_id.in_(subtree_ids(path))] if path else []
    return [PUBLIC, *within]


def helpful_entries(session: Session, count: int, path: str = "") -> list[ArchiveEntry]:
    """Return those of the latest public entries that readers found helpful most often.

    ``path`` is that of an organisation, with everything below it, or blank for all. Only the
    latest are considered: old answers go out of date, and the archive is large.
    """
    latest = (
        sa.select(ArchiveEntry.id)
        .where(*_public(path))
        .order_by(ArchiveEntry.answered_on.desc(), ArchiveEntry.id.desc())
        .limit(_LATEST)
        .subquery()
    )
    query = (
        sa.select(ArchiveEntry)
        .join(latest, latest.c.id == ArchiveEntry.id)
        .where(ArchiveEntry.helpful > ArchiveEntry.unhelpful)
        .order_by(HELPFULNESS.desc(), ArchiveEntry.id.desc())
    )
    return list(session.scalars(query.limit(count)))


def home_figures(session: Session, now: datetime) -> tuple[Period, Figures]:
    """Return this civil year and the figures of the letters received in it, as of now.

    Cohort basis, see :data:`portal.domain.statistics.rates.DEFINITIONS`. The as-of moment is the
    end of the year, which gives the same figures as now and lets them be cached until something
    changes. Without letters this year it is the last year with letters, as of its end.
    """
    year = Period.of(now, Granularity.YEAR)
    figures = cube(session, Question(year, year.ends_at)).total
    known = [] if figures.received else years_with_letters(session)
    if not known or known[-1] >= year.year:
        return year, figures
    last = Period(known[-1])
    return last, cube(session, Question(last, last.ends_at)).total


@dataclass(frozen=True, slots=True)
class OfficeFigures:
    """Figures of one organisation and all below it: letters received in ``year``, as of now.

    ``median`` is that of the working days until closing, ``None`` without closed letters.
    """

    year: Period
    figures: Figures
    median: int | None


def office_figures(
    session: Session, organisation: Organisation, now: datetime
) -> OfficeFigures | None:
    """Return the figures of this civil year, or of the last where none came in yet.

    Cohort basis, as on the page of its statistics; ``None`` without letters in either year.
    """
    this = Period.of(now, Granularity.YEAR)
    tree = tree_on(session, civil_date(now))
    below = frozenset(tree.subtree(organisation.id))
    everything = organisation.id == tree.root_id
    for year in (this, Period(this.year - 1)):
        question = Question(year, year.ends_at, organisations=None if everything else below)
        figures = cube(session, question).total
        if figures.received:
            return OfficeFigures(year, figures, detail(session, question).closing.median)
    return None
