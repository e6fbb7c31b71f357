"""The receipt of a letter as a PDF of one page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

_FACE = "STSong-Light"
"""A type of which the file holds the name alone: every viewer has Chinese glyphs for it."""
_MARGIN, _PICTURE = 22 * mm, 42 * mm
_WIDTH, _HEIGHT = A4
_BODY, _LEADING = 11, 17


@dataclass(frozen=True, slots=True)
class PrintedReceipt:
    """What stands on a receipt, in the language of its reader.

    ``rows`` are label and value, ``address`` is where the picture leads.
    """

    site: str
    heading: str
    rows: Sequence[tuple[str, str]]
    address: str
    scan: str
    note: str


def receipt_pdf(receipt: PrintedReceipt) -> bytes:
    """Return the receipt as a PDF on A4."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FACE))
    file = io.BytesIO()
    page = Canvas(file, pagesize=A4, invariant=True)
    page.setTitle(receipt.heading)
    page.setAuthor(receipt.site)
    y = _HEIGHT - _MARGIN
    page.setFont(_FACE, _BODY)
    page.drawString(_MARGIN, y, receipt.site)
    y -= 34
    page.setFont(_FACE, 20)
    page.drawString(_MARGIN, y, receipt.heading)
    y -= 14
    page.line(_MARGIN, y, _WIDTH - _MARGIN, y)
    y -= 24
    for label, value in receipt.rows:
        y = _text(page, label, y, 9) + 2
        y = _text(page, value, y, 13) - 6
    _picture(page, receipt.address, y - _PICTURE)
    beside = _MARGIN + _PICTURE + 6 * mm
    _text(page, receipt.scan, y - 16 * mm, _BODY, beside)
    _text(page, receipt.note, y - _PICTURE - 10 * mm, _BODY)
    page.save()
    return file.getvalue()


def _text(page: Canvas, text: str, y: float, size: int, x: float = _MARGIN) -> float:
    """Write ``text`` in lines from ``y`` downwards; return where the next line begins."""
    page.setFont(_FACE, size)
    for line in simpleSplit(text, _FACE, size, _WIDTH - _MARGIN - x):
        page.drawString(x, y, line)
        y -= max(_LEADING, size + 6)
    return y


def _picture(page: Canvas, address: str, y: float) -> None:
    """Draw the picture that leads to ``address``, its lower left corner at the margin and ``y``."""
    rows = list(segno.make(address, error="m", micro=False).matrix_iter(border=4))
    side = _PICTURE / len(rows)
    for number, row in enumerate(rows):
        for place, dark in enumerate(row):
            if dark:
                x, bottom = _MARGIN + place * side, y + _PICTURE - (number + 1) * side
                page.rect(x, bottom, side, side, stroke=0, fill=1)
