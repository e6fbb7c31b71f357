"""The annual report in every format, on letters walked by real services and on 2016 itself."""

import csv
import dataclasses
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from portal.domain.annual_report import AnnualReport, Line
from portal.domain.disclosure.requests import DisclosureFigures, DisclosureOutcome
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Publication, State
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Period
from portal.domain.statistics.as_of import as_of
from portal.domain.statistics.rates import Figures
from portal.queries.statistics.annual_report import annual_report
from portal.reporting.formats import FORMATS
from portal.reporting.tables import disclosure_sentence, tables
from tests.builders import World, a_letter, a_published

NOW = datetime(2017, 1, 20, 3, 0, tzinfo=UTC)
SENTENCE_2016 = (
    "2016年，重庆市政府公开信箱已有59个市级部门、38个区县、12个重点企业入驻，"
    "共收到群众来信12.47万件，办结信件10.92万件，办结率87.64%，"
    "互联网公示信件7.69万件，挂网率70.42%。"
)


YEAR_2016 = Figures(124_655, 109_245, 76_930)


def a_report(year: int = 2016, total: Figures = YEAR_2016) -> AnnualReport:
    """A report of plain figures."""
    kinds = OrganisationKind
    members = {
        kinds.MUNICIPAL_DEPARTMENT: 59,
        kinds.DISTRICT_GOVERNMENT: 38,
        kinds.KEY_ENTERPRISE: 12,
    }
    return AnnualReport(
        "重庆市政府公开信箱",
        Period(year),
        as_of(Period(year), NOW),
        date(2017, 1, 20),
        total,
        members,
        months=tuple((part, total) for part in Period(year).split("month")),
        kinds=tuple((kind, total) for kind in Kind),
        lines=(Line("x", "=HYPERLINK(1)", kinds.KEY_ENTERPRISE, total, 5, 4),),
    )


@pytest.fixture
def real(session: Session, world: World) -> AnnualReport:
    """The report of a year with a published, a closed, a declined and an open letter."""
    a_published(session, world)
    for state in (State.CLOSED, State.DECLINED, State.IN_PROGRESS):
        a_letter(session, world, state, place="township")
    a_letter(session, world, publication=Publication.REFUSED, place="water")
    period = Period(2016)
    return annual_report(session, period, as_of(period, NOW), "山城市公开信箱", NOW)


def test_the_sentence_of_2016() -> None:
    """The counts of the reference year give the sentence that was printed, to the digit."""
    assert a_report().sentence == SENTENCE_2016


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_report_gives_the_same_words(real: AnnualReport, form: str) -> None:
    """Every format is written, and written alike twice over (files by what they say)."""
    first, second = FORMATS[form](real), FORMATS[form](real)
    assert first
    if form != "docx":
        assert first == second
    if form not in ("docx", "xlsx"):
        assert "收到" in first.decode()


def test_a_year_without_letters_says_so(session: Session, world: World) -> None:
    """A year in which nothing came in is reported in clear words and without rates."""
    period = Period(2015)
    found = annual_report(session, period, as_of(period, NOW), "山城市公开信箱", NOW)
    assert found.sentence.endswith("没有收到群众来信。")
    for form in FORMATS.values():
        assert form(found)


def test_the_future_and_too_early_a_moment_are_explained() -> None:
    """A year to come, and an as-of moment before the year, are named as such."""
    assert "还没有开始" in a_report(2018, Figures()).sentence
    early = AnnualReport(
        "信箱",
        Period(2016),
        as_of(Period(2016), NOW, date(2015, 6, 1)),
        date(2017, 1, 20),
        Figures(),
    )
    assert "早于这个时间段" in early.sentence
    assert early.notice == a_report(2018, Figures()).notice == ""


def test_a_running_year_says_until_when() -> None:
    """The sentence of a year that has not ended names the day, with letters or without."""
    running = (
        AnnualReport("信箱", Period(2017), as_of(Period(2017), NOW), date(2017, 1, 20), figures)
        for figures in (Figures(100, 80, 40), Figures())
    )
    some, none = (report.sentence for report in running)
    assert some.startswith("2017年，截至1月20日，信箱已有") and "收到群众来信100件" in some
    assert none == "2017年，截至1月20日，信箱没有收到群众来信。"
    assert "截至" not in a_report().sentence


def test_tables_add_up(real: AnnualReport) -> None:
    """Months, kinds and organisations add up to the total in every count."""
    assert (real.total.received, real.total.closed, real.total.published) == (5, 4, 1)
    for parts in (
        [f for _, f in real.months],
        [f for _, f in real.kinds],
        [f for _, f in real.categories],
        [x.figures for x in real.lines],
    ):
        assert sum(parts, Figures()) == real.total
    assert sum(line.answered for line in real.lines) == real.total.closed


def test_groups_of_organisations_add_up(real: AnnualReport) -> None:
    """Departments, districts, enterprises and the office add up to the row of the whole."""
    (groups,) = [table for table in tables(real) if table.name == "groups"]
    *parts, whole = groups.rows
    for column in (1, 2, 4):
        assert sum(int(row[column]) for row in parts) == whole[column]
    assert whole[1] == real.total.received


def test_json_carries_every_part_of_a_rate(real: AnnualReport) -> None:
    """Whoever reads the JSON can compute each rate again."""
    found = json.loads(FORMATS["json"](real))
    rate = found["total"]["closure_rate"]
    assert (rate["numerator"], rate["denominator"], rate["percent"]) == (4, 5, "80.00")
    assert found["as_of"] == "2016-12-31"


def test_csv_has_a_row_for_each_figure(real: AnnualReport) -> None:
    """The CSV names period, moment, table, row and column of every value."""
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"](real).decode("utf-8-sig"))))
    expected = sum(len(t.rows) * (len(t.columns) - 1) for t in tables(real))
    assert len(rows) == expected
    assert {row["as_of"] for row in rows} == {"2016-12-31"}


def test_the_workbook_holds_numbers_and_no_formulas() -> None:
    """Counts and rates are numbers; an organisation called like a formula stays a text."""
    book = load_workbook(io.BytesIO(FORMATS["xlsx"](a_report())))
    overview = book["总体情况"]
    assert overview["B2"].value == 124_655 and overview.freeze_panes == "B2"
    assert (overview["B5"].value, overview["B5"].number_format) == (0.8764, "0.00%")
    cell = book["重点企业办理情况"]["A2"]
    assert cell.value == "=HYPERLINK(1)" and cell.data_type == "s"


def test_the_workbook_prints_with_its_columns_side_by_side() -> None:
    """On paper no column goes to a page of its own, and each page repeats the head."""
    for sheet in load_workbook(io.BytesIO(FORMATS["xlsx"](a_report()))):
        paper, fit = sheet.page_setup, sheet.sheet_properties.pageSetUpPr
        # One page across is the default of the format and left out of the file.
        assert fit.fitToPage and paper.fitToWidth in (None, 1) and paper.fitToHeight == 0
        assert paper.paperSize == 9
        assert sheet.title in ("说明", "指标定义") or sheet.print_title_rows == "$1:$1"


def test_the_same_report_is_the_same_workbook() -> None:
    """Nothing in the file but the figures depends on when it was made."""
    with ZipFile(io.BytesIO(FORMATS["xlsx"](a_report()))) as archive:
        assert "2016-12-31" in archive.read("docProps/core.xml").decode()


def test_the_document_has_charts_tables_and_annex(tmp_path: Path) -> None:
    """The Word file says the sentence, shows two described charts, and defines its words."""
    content = FORMATS["docx"](a_report())
    document = Document(io.BytesIO(content))
    words = "\n".join(p.text for p in document.paragraphs)
    assert SENTENCE_2016 in words and "指标定义" in words and "2016年12月31日24时" in words
    assert len(document.inline_shapes) == 2 and len(document.tables) == len(tables(a_report()))
    with ZipFile(io.BytesIO(content)) as archive:
        styles = archive.read("word/styles.xml").decode()
        body = archive.read("word/document.xml").decode()
    assert 'w:eastAsia="zh-CN"' in styles and "Noto Sans CJK SC" in styles
    with ZipFile(io.BytesIO(content)) as archive:
        foot = "".join(archive.read(n).decode() for n in archive.namelist() if "footer" in n)
    assert body.count("柱状图") == 2 and 'w:instr="PAGE"' in foot
    assert "本单位\n答复" in document.tables[-5].cell(0, 7).text


def test_requests_not_yet_due_are_told_beside_the_answer_rate() -> None:
    """Section three says how many requests still have time, and takes the rate of the others."""
    waiting = DisclosureFigures(10, 6, {DisclosureOutcome.DISCLOSED: 6}, not_due=2)
    report = dataclasses.replace(a_report(), disclosure=waiting)
    said = disclosure_sentence(report)
    assert "收到政府信息公开申请10件，已答复6件，还在答复期限内或等申请人补正的2件" in said
    assert "答复率75.00%" in said
    table = next(table for table in tables(report) if table.name == "disclosure")
    assert ("还在答复期限内或等申请人补正", 2, "") in table.rows
    assert "已答复的申请中" not in disclosure_sentence(
        dataclasses.replace(report, disclosure=DisclosureFigures(2, not_due=2))
    )
