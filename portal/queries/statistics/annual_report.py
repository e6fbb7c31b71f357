"""Gathering what the annual report says, from the same figures that the pages show."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from portal.domain.annual_report import AnnualReport, Avoided, Line, Measure
from portal.domain.letters.kinds import Kind
from portal.domain.organisations import LEVEL_ONE_KINDS, OrganisationKind
from portal.domain.periods import Granularity, Period, civil_date
from portal.domain.statistics.as_of import AsOf
from portal.domain.statistics.measures import View
from portal.domain.statistics.rates import NO_RATE, Figures, round_half_up
from portal.queries.statistics.count import Cube, cube, series
from portal.queries.statistics.deflected import avoided_by_month, avoided_by_organisation, below
from portal.queries.statistics.detail import Detail, Durations, Mean, detail
from portal.queries.statistics.disclosure import disclosure_figures
from portal.queries.statistics.filters import Question
from portal.queries.statistics.tables import breakdown, folded
from portal.queries.statistics.tree import Tree, tree_on


def annual_report(
    session: Session, year: Period, as_of: AsOf, site: str, now: datetime
) -> AnnualReport:
    """Return the report of ``year`` as of a moment, on the cohort basis."""
    question = Question(year, as_of.before)
    found, tree = cube(session, question), tree_on(session, as_of.day)
    answering = cube(session, Question(year, as_of.before, view=View.ANSWERING))
    beyond = detail(session, question)
    return AnnualReport(
        site=site,
        year=year,
        as_of=as_of,
        today=civil_date(now),
        total=found.total,
        members=_members(tree),
        months=tuple(series(session, question, Granularity.MONTH)),
        kinds=tuple((kind, found.by_kind.get(kind, Figures())) for kind in Kind),
        categories=tuple(found.categories),
        lines=_lines(tree, found, answering),
        measures=measures(found.total, beyond),
        refusals=beyond.refusals,
        declines=beyond.declines,
        disclosure=disclosure_figures(session, year, as_of.before),
        avoided=_avoided(session, question, tree),
    )


def _members(tree: Tree) -> dict[OrganisationKind, int]:
    """Count the organisations directly below the office, by kind, that existed on the day."""
    members = [tree.nodes[i] for i in tree.below.get(tree.root_id or 0, ())]
    return {
        kind: sum(node.kind is kind and node.present for node in members)
        for kind in LEVEL_ONE_KINDS
    }


def _lines(tree: Tree, found: Cube, answering: Cube) -> tuple[Line, ...]:
    if tree.root_id is None:
        return ()
    lines = []
    for row in breakdown(tree, found.by_organisation, tree.root_id):
        node = row.node
        if row.own:
            answered = answering.by_organisation.get(node.id, Figures())
        else:
            answered = folded(tree, answering.by_organisation, node.id)
        lines.append(
            Line(node.code, node.name, node.kind, row.figures, answered.closed, answered.published)
        )
    return tuple(lines)


def _avoided(session: Session, question: Question, tree: Tree) -> Avoided:
    if tree.root_id is None:
        return Avoided()
    places = avoided_by_organisation(session, question)
    months = avoided_by_month(session, question)
    branches = {top: tree.subtree(top) for top in tree.below.get(tree.root_id, ())}
    lines = [
        (node.code, node.name, below(places, branches.get(node.id, [node.id])))
        for node in (tree.nodes[top] for top in (tree.root_id, *branches))
    ]
    parts = question.period.split(Granularity.MONTH)
    return Avoided(
        sum(places.values()),
        tuple((part, months.get(part.year * 100 + (part.month or 0), 0)) for part in parts),
        tuple(line for line in lines if line[2]),
    )


def measures(total: Figures, beyond: Detail) -> tuple[Measure, ...]:
    """Return the measures beyond the two rates as they are printed."""
    found = [Measure("按时办结率", total.timeliness.text, total.closed)]
    for name, durations in (("首次回应", beyond.response), ("办结", beyond.closing)):
        found += [
            Measure(f"{name}用时中位数", _days(durations, durations.median), durations.count),
            Measure(f"九成来信{name}用时不超过", _days(durations, durations.p90), durations.count),
        ]
    found += [
        Measure("平均转办次数", mean_text(beyond.hops), beyond.hops.count),
        Measure("服务态度平均分", mean_text(beyond.attitude), beyond.attitude.count),
        Measure("办事效率平均分", mean_text(beyond.efficiency), beyond.efficiency.count),
    ]
    return tuple(found)


def _days(durations: Durations, value: int | None) -> str:
    return NO_RATE if value is None else f"{value}个工作日"


def mean_text(mean: Mean) -> str:
    """Return a mean with two decimals, half up, or a dash."""
    value: Fraction | None = mean.value
    return NO_RATE if value is None else str(round_half_up(value, 2))
