"""The register of refusals: closed letters that are refused publication, on the cohort basis.

Its counts are those of the measure ``refusals`` of the same period, organisation and as-of moment.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.letters.states import RefusalReason
from portal.domain.periods import Period
from portal.domain.statistics.as_of import AsOf
from portal.domain.statistics.refusals import Cells, RefusalLine, reasons_of, register_lines
from portal.models import RateFact
from portal.queries.statistics.cache import cached_by_months, tree_on
from portal.queries.statistics.detail import refused
from portal.queries.statistics.filters import Question, closed, where
from portal.queries.statistics.tree import Node, Tree

F = RateFact


@dataclass(frozen=True)
class Register:
    """The register of a period: its lines, and counts by organisation of level 1 and by month.

    ``nodes`` are the organisations of the lines; the office at the top stands for its own letters.
    """

    period: Period
    as_of: AsOf
    lines: list[RefusalLine]
    organisations: Mapping[int, int]
    months: Mapping[int, int]
    nodes: Mapping[int, Node]

    @property
    def total(self) -> int:
        """All refused letters."""
        return sum(line.count for line in self.lines)

    @property
    def reasons(self) -> dict[RefusalReason, int]:
        """All reasons with their letters; none where there are too few letters to name any."""
        return reasons_of(self.lines)


def register(session: Session, period: Period, as_of: AsOf) -> Register:
    """Return the register of the letters received in ``period``, as of a moment."""
    question = Question(period, as_of.before)
    found = cached_by_months(session, "register", question, _cells)
    tree = tree_on(session, as_of.day)
    cells: defaultdict[tuple[int, int], Counter[RefusalReason]] = defaultdict(Counter)
    for (organisation_id, month), reasons in found.items():
        cells[member(tree, organisation_id), month].update(reasons)
    organisations, months = Counter[int](), Counter[int]()
    for (organisation_id, month), counts in sorted(cells.items()):
        organisations[organisation_id] += counts.total()
        months[month] += counts.total()
    nodes = {i: tree.nodes[i] for i in organisations}
    return Register(period, as_of, register_lines(cells), organisations, months, nodes)


def member(tree: Tree, organisation_id: int) -> int:
    """Return the organisation of level 1 above ``organisation_id``, or the top for itself."""
    path = tree.path(organisation_id)
    return path[min(1, len(path) - 1)].id


def _cells(session: Session, question: Question) -> Cells:
    """Count the refused letters by receiving organisation, month of receipt and reason."""
    letters = (
        sa.select(F.letter_id, F.received_organisation_id, F.received_month)
        .where(*where(question), closed(question.before))
        .cte("letters")
    )
    reasons = refused(question, sa.select(letters.c.letter_id)).subquery()
    key = (letters.c.received_organisation_id, letters.c.received_month, reasons.c.reason_code)
    query = (
        sa.select(*key, sa.func.count())
        .join(reasons, reasons.c.letter_id == letters.c.letter_id)
        .where(reasons.c.reason_code.is_not(None))
        .group_by(*key)
    )
    cells: defaultdict[tuple[int, int], dict[RefusalReason, int]] = defaultdict(dict)
    for organisation_id, month, reason, count in session.execute(query):
        cells[organisation_id, month][RefusalReason(reason)] = count
    return dict(cells)
