"""The archive table: entries newest first, filtered, and searched word by word.

Feeds and open data read it, and it answers searches while the full-text index is unavailable:
slower and without ranking, but from the same public copies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.archive_index import Facets, ParsedQuery, written_forms
from portal.domain.archive.reader_rating import FEWEST_VOTES, ReaderRating
from portal.domain.archive.subtopic_words import SUBTOPICS
from portal.domain.archive.subtopics import joined, parted
from portal.domain.letters.kinds import Kind
from portal.domain.organisations import path_ids
from portal.domain.redaction import PublicField
from portal.domain.whole_numbers import ID_MAX
from portal.models import PUBLIC, ArchiveEntry, Letter, Organisation
from portal.queries.scope import subtree_ids

Condition = sa.ColumnElement[bool]
EVERYTHING = ParsedQuery(blank=True)
NEWEST_FIRST = (ArchiveEntry.answered_on.desc(), ArchiveEntry.id.desc())
MAP_PART = 10_000
"""Ids in one part of the sitemap; a part may hold 50,000 addresses (sitemaps.org)."""


_VOTES = ArchiveEntry.helpful + ArchiveEntry.unhelpful
_RATING = sa.case(
    (_VOTES < FEWEST_VOTES, sa.null()),
    (5 * ArchiveEntry.helpful >= 4 * _VOTES, sa.literal_column(f"'{ReaderRating.HELPFUL}'")),
    (2 * ArchiveEntry.helpful < _VOTES, sa.literal_column(f"'{ReaderRating.UNHELPFUL}'")),
    else_=sa.literal_column(f"'{ReaderRating.MIXED}'"),
)
"""What :func:`~portal.domain.archive.reader_rating.reader_rating` says, in SQL."""
NARROWING = ("organisation_id", "kind", "topic", "place_id", "rating", "year")
"""The fields of a query that narrow it beside its words."""


@dataclass(frozen=True, slots=True)
class ArchiveQuery:
    """A query of the archive; a blank ``text`` asks for everything, newest first.

    ``organisation_id`` includes its subtree, ``topic`` is a subject, ``place_id`` the government of a
    district, ``rating`` that of readers, ``year`` that of the answer, ``page`` counts from 1 and may lie beyond the end.
    """

    text: str = ""
    organisation_id: int | None = None
    kind: Kind | None = None
    topic: str | None = None
    place_id: int | None = None
    rating: ReaderRating | None = None
    year: int | None = None
    by_date: bool = False
    page: int = 1
    exact: bool = False

    @property
    def filtered(self) -> bool:
        """Whether a filter narrows the search."""
        return any(getattr(self, name) is not None for name in NARROWING)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of entries; ``page`` is the one shown, clamped to those there are."""

    entries: list[ArchiveEntry]
    total: int
    page: int
    pages: int


def list_entries(
    session: Session, asked: ArchiveQuery, per_page: int, query: ParsedQuery = EVERYTHING
) -> Listing:
    """Return a page of the public entries that match the filters and ``query``."""
    narrow = [*containing(session, query), *filters(session, asked).values()]
    total = session.scalar(sa.select(sa.func.count(ArchiveEntry.id)).where(PUBLIC, *narrow)) or 0
    pages = -(-total // per_page)
    page = max(1, min(asked.page, pages))
    chosen = entries_query().where(*narrow).order_by(*NEWEST_FIRST)
    rows = session.scalars(chosen.limit(per_page).offset((page - 1) * per_page))
    return Listing(list(rows), total, page, pages)


def facets(session: Session, asked: ArchiveQuery, query: ParsedQuery = EVERYTHING) -> Facets:
    """Count the hits by value; each facet applies all filters except its own."""
    found, chosen = containing(session, query), filters(session, asked)

    def counted(column: Any, own: str, *more: Condition) -> dict[Any, int]:
        others = [condition for name, condition in chosen.items() if name != own]
        query = sa.select(column, sa.func.count()).select_from(ArchiveEntry)
        query = query.where(PUBLIC, *found, *others, *more).group_by(sa.literal_column("1"))
        return dict(session.execute(query).all())

    kinds = counted(ArchiveEntry.kind, "kind")
    years = counted(sa.extract("year", ArchiveEntry.answered_on), "year")
    topics = counted(ArchiveEntry.category, "topic")
    chosen_topic, _ = parted(asked.topic or "")
    if chosen_topic in topics and chosen_topic in SUBTOPICS:
        # Sub-topics are counted in place of their topic, as in the index.
        within = ArchiveEntry.category == chosen_topic
        names = counted(_subtopic(chosen_topic), "topic", within)
        del topics[chosen_topic]
        topics |= {joined(chosen_topic, name): count for name, count in names.items()}
    organisations = counted(ArchiveEntry.organisation_id, "organisation")
    places = counted(ArchiveEntry.place_id, "place")
    ratings = counted(_RATING, "rating")
    return Facets(
        kinds={str(kind): count for kind, count in kinds.items()},
        years={int(year): count for year, count in years.items()},
        organisations=_with_superiors(session, organisations),
        topics={topic: count for topic, count in topics.items() if topic},
        places={place: count for place, count in places.items() if place},
        ratings={rating: count for rating, count in ratings.items() if rating},
    )


def _with_superiors(session: Session, places: dict[int, int]) -> dict[int, int]:
    rows = session.execute(
        sa.select(Organisation.id, Organisation.path).where(Organisation.id.in_(places))
    )
    counts: Counter[int] = Counter()
    for organisation_id, path in rows:
        for above in path_ids(path):
            counts[above] += places[organisation_id]
    return dict(counts)


def entries_query() -> sa.Select[ArchiveEntry]:
    """Return the query for public entries; organisations are not loaded, names are copied in."""
    return sa.select(ArchiveEntry).where(PUBLIC).options(sa.orm.lazyload(ArchiveEntry.organisation))


def entries_by_id(session: Session, ids: Iterable[int]) -> dict[int, ArchiveEntry]:
    """Return those of ``ids`` that are public now."""
    rows = session.scalars(entries_query().where(ArchiveEntry.id.in_(list(ids))))
    return {row.id: row for row in rows}


def archive_entry(session: Session, entry_id: int) -> ArchiveEntry | None:
    """Return an entry, even an unpublished one, whose texts are empty."""
    return session.get(ArchiveEntry, entry_id)


def public_entry(session: Session, letter: Letter) -> ArchiveEntry | None:
    """Return the entry of ``letter``, if it is public."""
    return session.scalar(
        sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == letter.id, PUBLIC)
    )


def containing(session: Session, query: ParsedQuery) -> list[Condition]:
    """Return the conditions that an entry holds one of each group of ``query``, and none excluded."""
    conditions: list[Condition] = [~_holds(session, needle) for needle in query.excluded]
    for group in query.groups:
        fits = [_holds(session, needle) for needle in group]
        if year := query.years.get(group[0]):
            fits.append(ArchiveEntry.answered_on.between(date(year, 1, 1), date(year, 12, 31)))
        conditions.append(sa.or_(*fits))
    return conditions


def _holds(session: Session, needle: str) -> Condition:
    """Return the condition that a text holds a normalised word in any form of its characters.

    SQLite's GLOB and PostgreSQL's regular expressions write a choice of characters alike.
    """
    pattern = "".join(f"[{written_forms(character)}]" for character in needle)
    texts = (getattr(ArchiveEntry, field.value) for field in PublicField)
    if session.get_bind().dialect.name == "sqlite":
        return sa.or_(*(text.bool_op("GLOB")(f"*{pattern}*") for text in texts))
    return sa.or_(*(text.regexp_match(pattern) for text in texts))


def filters(session: Session, asked: ArchiveQuery) -> dict[str, Condition]:
    """Return the conditions of the filters of ``asked``, by their names."""
    conditions: dict[str, Condition] = {}
    if asked.organisation_id is not None:
        top = session.get(Organisation, asked.organisation_id)
        conditions["organisation"] = (
            ArchiveEntry.organisation_id.in_(subtree_ids(top.path)) if top else sa.false()
        )
    if asked.kind is not None:
        conditions["kind"] = ArchiveEntry.kind == asked.kind
    if asked.topic is not None:
        topic, name = parted(asked.topic)
        conditions["topic"] = ArchiveEntry.category == topic
        if name:
            conditions["topic"] &= _subtopic(topic) == name
    if asked.place_id is not None:
        conditions["place"] = ArchiveEntry.place_id == asked.place_id
    if asked.rating is not None:
        conditions["rating"] = _RATING.is_not_distinct_from(str(asked.rating))
    if asked.year is not None:
        first, last = date(asked.year, 1, 1), date(asked.year, 12, 31)
        conditions["year"] = ArchiveEntry.answered_on.between(first, last)
    return conditions


def _subtopic(topic: str) -> sa.ColumnElement[str]:
    """Return what :func:`~portal.domain.archive.subtopics.subtopic_of` says, in SQL."""
    rules = [
        (sa.or_(*(ArchiveEntry.title.contains(word, autoescape=True) for word in words)), name)
        for name, words in SUBTOPICS.get(topic, {}).items()
    ]
    return sa.case(*rules, else_="") if rules else sa.literal("")


def map_parts(session: Session) -> list[tuple[int, datetime]]:
    """Return the parts of the sitemap, counted from 1, with the last change in each."""
    # By its name: PostgreSQL takes every expression with parameters for a different one.
    part = ((ArchiveEntry.id - 1) // MAP_PART + 1).label("part")
    query = sa.select(part, sa.func.max(ArchiveEntry.updated_at)).where(PUBLIC)
    rows = session.execute(query.group_by(sa.text("part")).order_by(sa.text("part")))
    return [(int(number), changed) for number, changed in rows]


def map_rows(session: Session, part: int) -> Sequence[sa.Row[int, datetime]]:
    """Return id and last change of the public entries in ``part`` of the sitemap."""
    last = part * MAP_PART
    if last > ID_MAX:
        return []
    query = sa.select(ArchiveEntry.id, ArchiveEntry.updated_at).where(
        PUBLIC, ArchiveEntry.id > last - MAP_PART, ArchiveEntry.id <= last
    )
    return session.execute(query.order_by(ArchiveEntry.id)).all()
