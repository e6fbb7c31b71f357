"""Policies that changed: what was recorded, which answers cite the old one, and which wait to be renewed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.adapters.archive_index import SearchEngine, SearchIndexError, SearchRequest
from portal.domain.access import Actor, Permission
from portal.domain.archive.freshness import citations, cites
from portal.models import PUBLIC, ArchiveEntry, Letter, PolicyChange, PolicyCitation
from portal.queries.archive.table import NEWEST_FIRST, Condition, entries_query
from portal.queries.scope import letters_for, within_reach

MOST = 200
"""Answers shown at once for a decision; the next follow as these are decided."""
CONSIDERED = 2_000
"""Answers that the index is asked for by each citation."""
_PAGE = 200


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A change of policy with how many public answers are marked by it."""

    change: PolicyChange
    marked: int


def reached(actor: Actor) -> Condition:
    """Return the condition on ``ArchiveEntry`` for those that ``actor`` may mark."""
    return within_reach(
        ArchiveEntry.organisation_id, actor.reaches(Permission.POLICY_CHANGES_RECORD)
    )


def changes_for(actor: Actor) -> Condition:
    """Return the condition on ``PolicyChange`` for those that ``actor`` works on."""
    return within_reach(
        PolicyChange.organisation_id, actor.reaches(Permission.POLICY_CHANGES_RECORD)
    )


def policy_changes(session: Session, actor: Actor) -> list[ChangeRow]:
    """Return the changes that ``actor`` works on, the last recorded first."""
    marked = (
        sa.select(sa.func.count(ArchiveEntry.id))
        .where(PUBLIC, ArchiveEntry.policy_change_id == PolicyChange.id)
        .correlate(PolicyChange)
        .scalar_subquery()
    )
    query = sa.select(PolicyChange, marked).where(changes_for(actor))
    rows = session.execute(query.order_by(PolicyChange.id.desc()).limit(MOST))
    return [ChangeRow(change, int(count)) for change, count in rows]


def policy_change(session: Session, actor: Actor, change_id: int) -> PolicyChange | None:
    """Return a change that ``actor`` works on."""
    query = sa.select(PolicyChange).where(PolicyChange.id == change_id, changes_for(actor))
    return session.scalar(query)


def undecided(
    session: Session, index: SearchEngine, actor: Actor, change: PolicyChange
) -> list[ArchiveEntry]:
    """Return the public answers that cite the old policy and that nobody has decided on.

    Only what ``actor`` may mark, the newest first, at most :data:`MOST`. An answer that was decided on
    in an earlier revision, or that another change has marked, is left out.
    """
    cited = citations(change.cited)
    decided = sa.select(PolicyCitation.entry_id).where(PolicyCitation.change_id == change.id)
    query = (
        entries_query()
        .where(reached(actor), ArchiveEntry.policy_change_id.is_(None))
        .where(ArchiveEntry.id.not_in(decided), _candidates(index, cited))
        .order_by(*NEWEST_FIRST)
    )
    found = (entry for entry in session.scalars(query) if cites(entry.reply, cited))
    return [entry for entry, _ in zip(found, range(MOST), strict=False)]


def _candidates(index: SearchEngine, cited: Sequence[str]) -> Condition:
    """Return a condition that holds for what may cite; the index is quicker, the table always there."""
    ids: set[int] = set()
    try:
        for words in cited:
            for page in range(1, CONSIDERED // _PAGE + 1):
                quoted = words.replace('"', " ")
                found = index.search(SearchRequest(f'"{quoted}"', page=page, per_page=_PAGE))
                ids |= {hit.entry_id for hit in found.hits if hit.complete}
                if page >= found.pages:
                    break
    except SearchIndexError:
        return sa.or_(*(ArchiveEntry.reply.icontains(words, autoescape=True) for words in cited))
    return ArchiveEntry.id.in_(ids)


def marked_by(session: Session, actor: Actor, change: PolicyChange) -> list[ArchiveEntry]:
    """Return the public answers that the change marks, the newest first, at most :data:`MOST`."""
    query = entries_query().where(reached(actor), ArchiveEntry.policy_change_id == change.id)
    return list(session.scalars(query.order_by(*NEWEST_FIRST).limit(MOST)))


def outdated_ids(session: Session) -> frozenset[int]:
    """Return the ids of all public answers that may no longer hold."""
    query = sa.select(ArchiveEntry.id).where(PUBLIC, ArchiveEntry.policy_change_id.is_not(None))
    return frozenset(session.scalars(query))


def _to_renew(actor: Actor) -> list[Condition]:
    own = sa.or_(
        letters_for(actor, Permission.PUBLICATION_PROPOSE),
        letters_for(actor, Permission.PUBLICATION_DECIDE),
    )
    return [PUBLIC, ArchiveEntry.policy_change_id.is_not(None), own]


def to_renew(session: Session, actor: Actor) -> list[tuple[ArchiveEntry, str]]:
    """Return the marked answers that ``actor`` may renew with their letters' numbers, oldest first."""
    rows = session.execute(
        sa.select(ArchiveEntry, Letter.number)
        .join(Letter, Letter.id == ArchiveEntry.letter_id)
        .where(*_to_renew(actor))
        .options(sa.orm.joinedload(ArchiveEntry.policy_change))
        .order_by(ArchiveEntry.answered_on, ArchiveEntry.id)
        .limit(MOST)
    )
    return [(entry, number) for entry, number in rows]


def count_to_renew(session: Session, actor: Actor) -> int:
    """Return how many marked answers ``actor`` may renew."""
    query = sa.select(sa.func.count(ArchiveEntry.id)).join(
        Letter, Letter.id == ArchiveEntry.letter_id
    )
    return session.scalars(query.where(*_to_renew(actor))).one()
