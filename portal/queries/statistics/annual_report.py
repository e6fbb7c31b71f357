"""Gathering what the annual report says, from the same figures that the pages show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.domain.annual_report import AnnualReport, Deflected, Line, Measure
from portal.domain.letters.kinds import Kind
from portal.domain.organisations import LEVEL_ONE_KINDS, OrganisationKind
from portal.domain.periods import Granularity, Period, civil_date, month_of
from portal.domain.statistics.as_of import AsOf
from portal.domain.statistics.measures import View
from portal.domain.statistics.quality_measures import (
    Detail,
    Durations,
    Mean,
    suppress_small_counts,
)
from portal.domain.statistics.rates import NO_RATE, Figures
from portal.models import KeptReport, KeptReportFile
from portal.queries.statistics.cache import cube, detail, series, tree_on
from portal.queries.statistics.count import Cube
from portal.queries.statistics.deflected import deflected_by_month, deflected_by_organisation
from portal.queries.statistics.disclosure import disclosure_figures
from portal.queries.statistics.filters import Question
from portal.queries.statistics.tables import breakdown
from portal.queries.statistics.tree import Tree


def annual_report(
    session: Session,
    year: Period,
    as_of: AsOf,
    site: str,
    now: datetime,
    *,
    for_everybody: bool = False,
) -> AnnualReport:
    """Return the report of ``year`` as of a moment, on the cohort basis.

    ``for_everybody`` leaves out ratings and reasons that rest on fewer than five letters.
    """
    question = Question(year, as_of.before)
    found, tree = cube(session, question), tree_on(session, as_of.day)
    answering = cube(session, Question(year, as_of.before, view=View.ANSWERING))
    quality, withheld = detail(session, question), frozenset[str]()
    if for_everybody:
        quality, withheld = suppress_small_counts(quality)
    return AnnualReport(
        site=site,
        year=year,
        as_of=as_of,
        today=civil_date(now),
        total=found.total,
        members=_members(tree),
        months=tuple(series(session, question, year.split(Granularity.MONTH))),
        kinds=tuple((kind, found.by_kind.get(kind, Figures())) for kind in Kind),
        categories=tuple(found.categories),
        lines=_lines(tree, found, answering),
        measures=measures(found.total, quality, withheld),
        refusals=quality.refusals,
        declines=quality.declines,
        disclosure=disclosure_figures(session, year, as_of.before),
        deflected=_deflected(session, question, tree),
        withheld=withheld,
    )


def kept_reports(session: Session, year: int | None = None) -> Sequence[KeptReport]:
    """Return the kept reports of ``year``, or of every year, the last kept first."""
    query = sa.select(KeptReport).order_by(KeptReport.year.desc(), KeptReport.id.desc())
    return session.scalars(query if year is None else query.where(KeptReport.year == year)).all()


def kept_file(session: Session, report_id: int, form: str) -> KeptReportFile | None:
    """Return a kept report in a format of the reports, if it is kept."""
    return session.get(KeptReportFile, (report_id, form))


def _members(tree: Tree) -> dict[OrganisationKind, int]:
    """Count the organisations directly below the office, by kind, that existed on the day."""
    members = [tree.nodes[i] for i in tree.children.get(tree.root_id or 0, ())]
    return {
        kind: sum(node.kind is kind and node.present for node in members)
        for kind in LEVEL_ONE_KINDS
    }


def _lines(tree: Tree, found: Cube, answering: Cube) -> tuple[Line, ...]:
    if tree.root_id is None:
        return ()
    answered = {
        row.node.id: row.figures for row in breakdown(tree, answering.by_organisation, tree.root_id)
    }
    lines = []
    for row in breakdown(tree, found.by_organisation, tree.root_id):
        node, there = row.node, answered.get(row.node.id, Figures())
        lines.append(
            Line(node.code, node.name, node.kind, row.figures, there.closed, there.published)
        )
    return tuple(lines)


def _deflected(session: Session, question: Question, tree: Tree) -> Deflected:
    if tree.root_id is None:
        return Deflected()
    places = deflected_by_organisation(session, question)
    months = deflected_by_month(session, question)
    branches = {top: tree.subtree(top) for top in tree.children.get(tree.root_id, ())}
    lines = [
        (node.code, node.name, sum(places.get(i, 0) for i in branches.get(node.id, [node.id])))
        for node in (tree.nodes[top] for top in (tree.root_id, *branches))
    ]
    parts = question.period.split(Granularity.MONTH)
    return Deflected(
        sum(places.values()),
        tuple((part, months.get(month_of(part.first_day), 0)) for part in parts),
        tuple(line for line in lines if line[2]),
    )


def measures(
    total: Figures, quality: Detail, withheld: frozenset[str] = frozenset()
) -> tuple[Measure, ...]:
    """Return the measures beside the two rates as they are printed, without those ``withheld``."""
    found = [Measure("按时办结率", total.timeliness.text, total.closed)]
    for name, durations in (("首次回应", quality.response), ("办结", quality.closing)):
        found += [
            Measure(f"{name}用时中位数", _days(durations, durations.median), durations.count),
            Measure(f"九成来信{name}用时不超过", _days(durations, durations.p90), durations.count),
        ]
    means = {"hops": "平均转办次数", "attitude": "服务态度平均分", "efficiency": "办事效率平均分"}
    for key, name in means.items():
        if key not in withheld:
            mean: Mean = getattr(quality, key)
            found.append(Measure(name, mean.text, mean.count))
    return tuple(found)


def _days(durations: Durations, value: int | None) -> str:
    return NO_RATE if value is None else f"{value}个工作日"
