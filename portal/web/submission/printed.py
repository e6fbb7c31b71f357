"""The receipt of a letter to be kept: a PDF in the language of the page."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _

from portal.domain.letters.numbers import format_code, normalise_code
from portal.models import Letter
from portal.reporting.receipt import PrintedReceipt, receipt_pdf
from portal.web.core.language import day, moment
from portal.web.core.settings import settings
from portal.web.submission.receipts import tracking_address


def printed_receipt(letter: Letter, code: str) -> PrintedReceipt:
    """Return what the receipt of ``letter`` says; ``code`` has opened it."""
    rows = [
        (_("信件编号"), letter.number),
        (_("查询码"), format_code(normalise_code(code))),
        (_("标题"), letter.title),
        (_("收信单位"), letter.received_organisation.name),
        (_("收到"), moment(letter.received_at)),
        (_("答复期限"), _("最迟 %(day)s", day=day(letter.due_on)) if letter.due_on else ""),
        (_("查询网址"), tracking_address(letter.number)),
    ]
    return PrintedReceipt(
        site=settings().site_name,
        heading=_("信件回执"),
        rows=[row for row in rows if row[1]],
        address=tracking_address(letter.number),
        scan=_("用手机扫码打开查询页，编号已经填好，再填查询码。"),
        note=_("查询码不保存在本站，丢失后无法找回；请不要告诉他人。"),
    )


def pdf_answer(receipt: PrintedReceipt, name: str) -> Response:
    """Return the PDF as a file to be saved, which no cache keeps."""
    answer = Response(receipt_pdf(receipt), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
