"""The supervisor's day: urgent letters, counted by the branches of the tree."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.domain.organisations import covers, path_ids
from portal.models import Letter, Organisation
from portal.queries.letters.queues import Cutoffs, Queue, conditions, live
from portal.queries.scope import letters_for, subtree_ids

URGENT: tuple[Queue, ...] = (
    Queue.OVERDUE,
    Queue.DUE_SOON,
    Queue.UNSIGNED,
    Queue.RETURNED,
    Queue.EXTENSION,
    Queue.SUPERVISED,
)
"""The queues that a supervisor checks each morning, the most urgent first."""


@dataclass(frozen=True, slots=True)
class BranchRow:
    """An organisation with its subtree, and how many of its letters are in each urgent queue.

    ``own`` says that only the letters held by the organisation itself are counted.
    """

    organisation: Organisation
    counts: dict[Queue, int]
    own: bool
    deeper: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The organisation whose branches are listed, the rows, and their totals."""

    top: Organisation | None
    rows: list[BranchRow]
    totals: dict[Queue, int]


def supervised_tops(actor: Actor) -> list[str]:
    """Return the paths of the subtrees that the actor supervises, none within another."""
    paths = sorted({grant.path for grant, _ in actor.reaches(Permission.HANDLING_SUPERVISE)})
    return [p for p in paths if not any(p != q and covers(q, p) for q in paths)]


def day(session: Session, actor: Actor, at: Cutoffs, top: Organisation | None) -> Day:
    """Return what is urgent below ``top``, or in all subtrees that the actor supervises.

    Branches are the organisations directly below; letters held by a top itself have a separate
    row. Only branches with urgent letters are listed, the most overdue first.
    """
    tops = [top.path] if top else supervised_tops(actor)
    per_organisation = _counts(session, actor, at, top)
    folded: dict[tuple[int, bool], dict[Queue, int]] = {}
    totals = dict.fromkeys(URGENT, 0)
    for path, counts in per_organisation:
        cell = folded.setdefault(_branch(path, tops), dict.fromkeys(URGENT, 0))
        for queue, count in zip(URGENT, counts, strict=True):
            cell[queue] += count
            totals[queue] += count
    ids = {branch for branch, _ in folded}
    known = {
        o.id: o for o in session.scalars(sa.select(Organisation).where(Organisation.id.in_(ids)))
    }
    parents = set(
        session.scalars(sa.select(Organisation.parent_id).where(Organisation.parent_id.in_(ids)))
    )
    rows = [
        BranchRow(known[branch], counts, own, not own and branch in parents)
        for (branch, own), counts in folded.items()
    ]
    rows.sort(key=lambda row: ([-row.counts[queue] for queue in URGENT], row.organisation.id))
    return Day(top, rows, totals)


def _counts(
    session: Session, actor: Actor, at: Cutoffs, top: Organisation | None
) -> list[tuple[str, list[int]]]:
    """Return path and counts of each organisation that holds urgent letters."""
    found = conditions(actor, at)
    wanted = [found[queue] for queue in URGENT]
    query = (
        sa.select(Letter.organisation_id, *(sa.func.count().filter(c) for c in wanted))
        .where(letters_for(actor, Permission.HANDLING_SUPERVISE), live(), sa.or_(*wanted))
        .group_by(Letter.organisation_id)
    )
    if top:
        query = query.where(Letter.organisation_id.in_(subtree_ids(top.path)))
    rows = session.execute(query).all()
    paths = dict(
        session.execute(
            sa.select(Organisation.id, Organisation.path).where(
                Organisation.id.in_([row[0] for row in rows])
            )
        ).all()
    )
    return [(paths[row[0]], list(row[1:])) for row in rows]


def _branch(path: str, tops: list[str]) -> tuple[int, bool]:
    """Return the organisation under whose row ``path`` falls, and whether it is a top itself."""
    top = next((t for t in tops if covers(t, path)), path)
    below = path_ids(path.removeprefix(top))
    return (below[0], False) if below else (path_ids(path)[-1], True)
