"""The report as a Word document with charts and an annex."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time

from docx import Document
from docx.document import Document as Doc
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Cm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as Grid

from portal.domain.annual_report import AnnualReport, Table
from portal.domain.disclosure.requests import DISCLOSURE_DEFINITION
from portal.reporting.charts import FONT, kinds, monthly
from portal.reporting.tables import TOTAL, annex, disclosure_sentence, tables

_INK = RGBColor(0x1F, 0x2A, 0x2E)
_WIDTH = Cm(16)
_MARGIN = 40
"""Twentieths of a point between the words of a cell and its edge."""
_ON_A_PAGE = 20
"""Rows up to which a table is not split over two pages."""
_BROKEN = {"按时办结率": "按时\n办结率", "本单位答复": "本单位\n答复", "其中公示": "其中\n公示"}
"""Line breaks in long heads of narrow columns."""
_LONG = 5
"""Columns above which the letters of a table are smaller."""


def as_docx(report: AnnualReport) -> bytes:
    """Return the document: the sentence, charts, tables by organisation, definitions."""
    document = Document()
    _set_up(document, report)
    document.add_heading(report.title, level=0)
    _paragraph(document, report.as_of_text)
    document.add_heading("一、公开信箱", level=1)
    for text in report.paragraphs:
        _paragraph(document, text, indent=True)
    if report.notice:
        _paragraph(document, report.notice, indent=True)
    found = tables(report)
    for table in found[:-1]:
        document.add_heading(table.title, level=2)
        if table.name in ("months", "kinds") and report.total.received:
            picture = monthly(report) if table.name == "months" else kinds(report)
            document.add_picture(io.BytesIO(picture), width=_WIDTH)
            document.paragraphs[-1].paragraph_format.keep_with_next = True
            _describe(document, f"{table.title}：收到、办结、公示件数的柱状图，数字见下表")
        _table(document, table)
        if table.note:
            _paragraph(document, table.note, size=9)
    document.add_heading("二、依申请公开", level=1)
    said = _paragraph(document, disclosure_sentence(report), indent=True)
    said.paragraph_format.keep_with_next = True
    _table(document, found[-1])
    _paragraph(document, DISCLOSURE_DEFINITION.text, size=9)
    _annex(document, report)
    _number_pages(document)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _annex(document: Doc, report: AnnualReport) -> None:
    heading = document.add_heading("附件：指标定义和统计时点", level=1)
    heading.paragraph_format.page_break_before = True
    _paragraph(document, f"{report.as_of_text}。{report.basis_text}")
    for name, text in annex(report):
        paragraph = _paragraph(document, "")
        paragraph.paragraph_format.space_after = Pt(3)
        paragraph.add_run(f"{name}：").bold = True
        paragraph.add_run(text)


def _set_up(document: Doc, report: AnnualReport) -> None:
    """Set the fonts, the page and the title; the date is that of the figures, not of the run."""
    for style in document.styles:
        if isinstance(style, ParagraphStyle):
            _chinese(style)
    normal = document.styles["Normal"]
    assert isinstance(normal, ParagraphStyle)  # noqa: S101
    normal.font.size = Pt(11)
    normal.paragraph_format.line_spacing = 1.4
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    core = document.core_properties
    core.title, core.author, core.language = report.title, report.site, "zh-CN"
    core.created = core.modified = datetime.combine(report.as_of.day, time(), UTC)


def _chinese(style: ParagraphStyle) -> None:
    style.font.name = FONT
    style.font.color.rgb = _INK
    style.font.italic = False
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), FONT)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(theme), None)
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")


def _paragraph(document: Doc, text: str, *, indent: bool = False, size: int = 0):  # type: ignore[no-untyped-def]
    paragraph = document.add_paragraph()
    run = paragraph.add_run(text)
    if size:
        run.font.size = Pt(size)
    if indent:
        paragraph.paragraph_format.first_line_indent = Pt(22)
    return paragraph


def _describe(document: Doc, text: str) -> None:
    """Describe the last picture in words, for readers who cannot see it."""
    for properties in document.paragraphs[-1]._p.iter(qn("wp:docPr")):
        properties.set("descr", text)


def _table(document: Doc, table: Table) -> None:
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    _rule(grid)
    grid.alignment = WD_TABLE_ALIGNMENT.CENTER
    size = Pt(8 if len(table.columns) > _LONG + 1 else 9.5)
    first = Cm(4.8) if len(table.columns) > _LONG else Cm(7)
    other = int((_WIDTH - first) / (len(table.columns) - 1))
    grid.autofit = False
    for column, each in enumerate(grid.columns):
        each.width = first if column == 0 else other
    rows = [table.columns, *table.rows]
    for cells, values in zip((row.cells for row in grid.rows), rows, strict=True):
        for column, (cell, value) in enumerate(zip(cells, values, strict=True)):
            cell.width = first if column == 0 else other
            paragraph = cell.paragraphs[0]
            paragraph.paragraph_format.line_spacing = 1.15
            paragraph.paragraph_format.space_after = Pt(0)
            text = f"{value:,}" if isinstance(value, int) else value
            head = values is rows[0]
            run = paragraph.add_run(_BROKEN.get(text, text) if head else text)
            run.font.size = size
            run.bold = head or values[0] == TOTAL
            # A table that fits on a page is not split; a long one repeats its head.
            whole = len(rows) <= _ON_A_PAGE and values is not rows[-1]
            paragraph.paragraph_format.keep_with_next = head or whole
            if column:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    # The head is repeated on every page, and no row is split over two.
    grid.rows[0]._tr.get_or_add_trPr().append(_element("tblHeader", val="true"))
    for row in grid.rows:
        row._tr.get_or_add_trPr().append(_element("cantSplit", val="true"))


def _rule(grid: Grid) -> None:
    """Draw thin lines between rows and none between columns; a rate of 100.00% must not break."""
    borders = _element("tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(_element(side, val="single", sz="4", space="0", color="B4BBB6"))
    margins = _element("tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(side, w=str(_MARGIN), type="dxa"))
    # In this order, and before the element that python-docx has put last: the schema is a sequence.
    look = grid._tbl.tblPr.find(qn("w:tblLook"))
    for each in (borders, margins):
        look.addprevious(each) if look is not None else grid._tbl.tblPr.append(each)


def _number_pages(document: Doc) -> None:
    """Put the number of the page into the foot of each page."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph._p.append(_element("fldSimple", instr="PAGE"))


def _element(name: str, **attributes: str) -> BaseOxmlElement:
    """Return an element of WordprocessingML."""
    element = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        element.set(qn(f"w:{attribute}"), value)
    return element
