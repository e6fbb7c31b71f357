"""The quality measures in words: days, hops, ratings, reasons, each with its count."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.domain.statistics.quality_measures import (
    QUALITY_MEASURES,
    SMALLEST_PUBLIC,
    Detail,
    Durations,
    Mean,
)
from portal.domain.statistics.rates import NO_RATE, Figures, Rate
from portal.web.statistics.charts import Bar
from portal.web.statistics.query import LetterAddress

SPANS: tuple[tuple[int, int | None], ...] = (
    (0, 0),
    (1, 1),
    (2, 2),
    (3, 5),
    (6, 10),
    (11, 15),
    (16, 20),
    (21, 30),
    (31, None),
)
"""Spans of working days, from and to, of the chart of durations."""


@dataclass(frozen=True, slots=True)
class ShownMeasure:
    """A measure as a page shows it, from the ``count`` letters that ``measure`` counts.

    Without a count there are too few of them to show it.
    """

    name: str
    text: str
    count: int | None
    measure: str


@dataclass(frozen=True, slots=True)
class ShownQuality:
    """The section on quality: measures, distributions of the days, and coded reasons in ``known``.

    ``withheld`` names measures of fewer than ``smallest`` letters and is therefore not shown.
    """

    measures: list[ShownMeasure]
    spreads: list[tuple[str, list[Bar]]]
    known: Detail
    undecided: int
    withheld: frozenset[str]
    smallest: int = SMALLEST_PUBLIC


def quality(
    total: Figures,
    known: Detail,
    letters: LetterAddress | None = None,
    withheld: frozenset[str] = frozenset(),
) -> ShownQuality:
    """Return the section for the letters of ``total``, without the measures ``withheld``."""
    first, whole = known.response, known.closing
    measures = (
        ("response_median", days_text(first.median), first.count, "responded"),
        ("response_p90", days_text(first.p90), first.count, "responded"),
        ("closing_median", days_text(whole.median), whole.count, "answered"),
        ("closing_p90", days_text(whole.p90), whole.count, "answered"),
        ("hops", known.hops.text, known.hops.count, "received"),
        ("attitude", _score(known.attitude), known.attitude.count, "rated"),
        ("efficiency", _score(known.efficiency), known.efficiency.count, "rated"),
    )
    undecided = total.closed - total.published - sum(known.refusals.values())
    return ShownQuality(
        spreads=[
            (_("首次回应用了多少个工作日"), spread(first, "responded", letters)),
            (_("办结用了多少个工作日"), spread(whole, "answered", letters)),
        ],
        measures=[
            ShownMeasure(
                _(QUALITY_MEASURES[key].name), text, None if key in withheld else count, measure
            )
            for key, text, count, measure in measures
        ],
        known=known,
        # Only on the cohort basis are the refused letters among the closed.
        undecided=0 if "refusals" in withheld else undecided,
        withheld=withheld,
    )


def _score(mean: Mean) -> str:
    return NO_RATE if mean.value is None else str(_("%(mean)s 分", mean=mean.text))


def days_text(days: int | None) -> str:
    """Return working days in words, or a dash."""
    if days is None:
        return NO_RATE
    return str(ngettext("%(n)s 个工作日", "%(n)s 个工作日", days, n=days))


def spread(durations: Durations, measure: str, letters: LetterAddress | None = None) -> list[Bar]:
    """Return the letters by working days as bars; none without letters."""
    bars = []
    for first, last in SPANS if durations.count else ():
        n, days = durations.between(first, last), f"{first}-{'' if last is None else last}"
        bars.append(
            Bar(
                label=span_text(first, last),
                value=n,
                text=f"{n:,}",
                note=Rate(n, durations.count).text,
                value_url=letters(measure, days=days) if letters and n else None,
            )
        )
    return bars


def span_text(first: int, last: int | None) -> str:
    """Return a span of working days in words; without an end it is open."""
    if last is None:
        return str(_("%(first)s 个工作日以上", first=first))
    if first == last == 0:
        return str(_("收到当天"))
    if first == last:
        return days_text(first)
    return str(_("%(first)s–%(last)s 个工作日", first=first, last=last))
