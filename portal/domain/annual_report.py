"""The annual report (年度报告): its figures, its sentence, its tables, as plain data.

The wording follows 重庆市2016年政府信息公开工作年度报告, the section on the public letterbox and
section three on requests for disclosure. Formats are made of this by ``portal.reporting``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.domain.disclosure.requests import DisclosureFigures
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import DeclineReason, RefusalReason
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Period
from portal.domain.statistics.as_of import AsOf, Standing
from portal.domain.statistics.rates import Basis, Figures, wan_text

Value = str | int
"""What stands in a cell: words, or a count."""
_MEMBERS = (
    (OrganisationKind.MUNICIPAL_DEPARTMENT, "%s个市级部门"),
    (OrganisationKind.DISTRICT_GOVERNMENT, "%s个区县"),
    (OrganisationKind.KEY_ENTERPRISE, "%s个重点企业"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """An organisation of level 1 with everything below it.

    ``figures`` are of the letters it was the first to receive, ``answered`` and ``shown`` of
    those that it closed itself, wherever they came from.
    """

    code: str
    name: str
    kind: OrganisationKind
    figures: Figures
    answered: int
    shown: int


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure beside the rates as it is printed, with the count it rests on."""

    name: str
    text: str
    count: int


@dataclass(frozen=True, slots=True)
class Deflected:
    """Letters deflected in the year, by month and by organisation of level 1 (code, name, count).

    Both add up to ``total``; organisations without any are left out.
    """

    total: int = 0
    months: tuple[tuple[Period, int], ...] = ()
    organisations: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True)
class AnnualReport:
    """Everything a report of one year says, on the cohort basis."""

    site: str
    year: Period
    as_of: AsOf
    today: date
    total: Figures
    members: Mapping[OrganisationKind, int] = field(default_factory=dict)
    months: tuple[tuple[Period, Figures], ...] = ()
    kinds: tuple[tuple[Kind, Figures], ...] = ()
    categories: tuple[tuple[str, Figures], ...] = ()
    lines: tuple[Line, ...] = ()
    measures: tuple[Measure, ...] = ()
    refusals: Mapping[RefusalReason, int] = field(default_factory=dict)
    declines: Mapping[DeclineReason, int] = field(default_factory=dict)
    disclosure: DisclosureFigures = DisclosureFigures()
    deflected: Deflected = Deflected()
    withheld: frozenset[str] = frozenset()
    """Measures and tables left out because they rest on too few letters for everybody to see."""

    @property
    def standing(self) -> Standing:
        """How the as-of moment stands to the year."""
        return self.as_of.standing(self.year, self.today)

    @property
    def title(self) -> str:
        """The title of the document."""
        return f"{self.site}{self.year.label}工作报告"

    @property
    def as_of_text(self) -> str:
        """The as-of moment in words."""
        day = self.as_of.day
        return f"统计时点：{day.year}年{day.month}月{day.day}日24时"

    @property
    def basis_text(self) -> str:
        """Which letters the figures speak of."""
        return f"统计口径：{Basis.COHORT.label}。{Basis.COHORT.hint}"

    @property
    def platform(self) -> str:
        """Who takes part: 59个市级部门、38个区县、12个重点企业."""
        return "、".join(text % self.members.get(kind, 0) for kind, text in _MEMBERS)

    @property
    def sentence(self) -> str:
        """The paragraph of the public letterbox in the report's own form.

        While the year runs it says until which day, because it will be quoted alone.
        """
        if self._unseen:
            return f"{self.year.label}：{self.standing.label}"
        figures, day, when = self.total, self.as_of.day, self.year.label
        if self.standing is Standing.RUNNING:
            when += f"，截至{day.month}月{day.day}日"
        if not figures.received:
            return f"{when}，{self.site}没有收到群众来信。"
        return (
            f"{when}，{self.site}已有{self.platform}入驻，"
            f"共收到群众来信{wan_text(figures.received)}，"
            f"办结信件{wan_text(figures.closed)}，办结率{figures.closure.text}，"
            f"互联网公示信件{wan_text(figures.published)}，挂网率{figures.publication.text}。"
        )

    @property
    def deflected_sentence(self) -> str:
        """What stands apart after the paragraph; empty where no letter was deflected."""
        if not self.deflected.total:
            return ""
        return (
            f"另有{wan_text(self.deflected.total, '次')}，读者在已公示的答复中找到答案，"
            "表示问题已经解决、不再写信；不计入上述件数和比率。"
        )

    @property
    def paragraphs(self) -> list[str]:
        """The text of the section on the letterbox: the sentence, and what stands apart."""
        return [text for text in (self.sentence, self.deflected_sentence) if text]

    @property
    def notice(self) -> str:
        """What the reader must know about the as-of moment, unless the sentence says it."""
        return "" if self._unseen else self.standing.label

    @property
    def _unseen(self) -> bool:
        """Whether the year lies ahead of the moment from which it is looked at."""
        return self.standing in (Standing.AHEAD, Standing.BEFORE)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report: ``name`` is short and in ASCII, for file formats that need it."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    note: str = ""
