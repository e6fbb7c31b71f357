"""The report as a workbook: one sheet for each table, counts as numbers."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from math import ceil

import xlsxwriter

from portal.domain.annual_report import AnnualReport, Table
from portal.reporting.tables import annex, disclosure_sentence, tables

_WIDE, _NARROW, _PARAGRAPH = 40, 14, 72
_HEIGHT = 18
_FONT = "Microsoft YaHei"
_A4 = 9
_UPRIGHT = 4
"""Columns that are still legible side by side on an upright page."""
_RATE = re.compile(r"\d+\.\d\d%")


def as_xlsx(report: AnnualReport) -> bytes:
    """Return the workbook; no cell is a formula, whatever an organisation is called."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    # The moment of the figures: the same report is the same file, byte for byte.
    book.set_properties({"title": report.title, "created": report.as_of.before})
    book.formats[0].set_font_name(_FONT)
    _cover(book, report)
    for table in tables(report):
        _sheet(book, table)
    _annex(book, report)
    for sheet in book.worksheets():
        _paper(sheet)
    book.close()
    return file.getvalue()


def _format(book: xlsxwriter.Workbook, **properties: object) -> xlsxwriter.format.Format:
    return book.add_format({"font_name": _FONT, **properties})


def _paper(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    """Print on A4, all columns side by side, with the number of the page."""
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&A　&P / &N")


def _cover(book: xlsxwriter.Workbook, report: AnnualReport) -> None:
    sheet = book.add_worksheet("说明")
    wrap = _format(book, text_wrap=True, valign="top")
    bold = _format(book, bold=True, font_size=14)
    sheet.set_column(0, 0, _PARAGRAPH)
    sheet.write_string(0, 0, report.title, bold)
    texts = (
        *report.paragraphs,
        disclosure_sentence(report),
        report.as_of_text,
        report.notice,
    )
    for row, text in enumerate((t for t in texts if t), start=2):
        sheet.set_row(row, _height(text))
        sheet.write_string(row, 0, text, wrap)


def _height(text: str) -> int:
    """Return the height of ``text`` in a column of paragraphs, where it takes several lines.

    Programs that only print or show a workbook do not measure wrapped lines themselves.
    """
    return _HEIGHT * ceil(2 * len(text) / (_PARAGRAPH - 2))


def _sheet(book: xlsxwriter.Workbook, table: Table) -> None:
    sheet = book.add_worksheet(table.title)
    head = _format(book, bold=True, bottom=1)
    head_right = _format(book, bold=True, bottom=1, align="right")
    count = _format(book, num_format="#,##0")
    rate = _format(book, num_format="0.00%")
    right = _format(book, align="right")
    sheet.set_default_row(_HEIGHT)
    sheet.freeze_panes(1, 1)
    sheet.repeat_rows(0)
    if len(table.columns) > _UPRIGHT:
        sheet.set_landscape()
    sheet.set_column(0, 0, _WIDE)
    sheet.set_column(1, len(table.columns) - 1, _NARROW)
    for column, name in enumerate(table.columns):
        sheet.write_string(0, column, name, head_right if column else head)
    for line, row in enumerate(table.rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(line, column, value, count)
            elif column and _RATE.fullmatch(value):
                # The rounded rate, so that it is shown to the digit in which it is printed.
                sheet.write_number(line, column, float(Decimal(value[:-1]) / 100), rate)
            else:
                sheet.write_string(line, column, value, right if column else None)
    if table.note:
        sheet.write_string(len(table.rows) + 2, 0, table.note)


def _annex(book: xlsxwriter.Workbook, report: AnnualReport) -> None:
    sheet = book.add_worksheet("指标定义")
    wrap = _format(book, text_wrap=True, valign="top")
    sheet.set_column(0, 0, 2 * _NARROW)
    sheet.set_column(1, 1, _PARAGRAPH)
    for row, (name, text) in enumerate(annex(report)):
        sheet.set_row(row, _height(text))
        sheet.write_string(row, 0, name, wrap)
        sheet.write_string(row, 1, text, wrap)
