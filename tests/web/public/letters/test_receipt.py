"""The receipt: kept as a page, a file and a picture; the letter is open in the browser that sent it."""

import base64
import io
import re
import zlib

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.models import Letter
from portal.reporting.receipt import PrintedReceipt, receipt_pdf
from portal.web.submission.receipts import address_picture
from tests.builders import World
from tests.pages import get, post, read
from tests.web.public.citizens import receipt, send, value


def test_a_letter_is_open_where_it_was_sent(client: FlaskClient, world: World) -> None:
    """No code is asked for in the browser that has just sent the letter, until it leaves."""
    number, _code = receipt(client, organisation=str(world["city"]))
    page = get(client, "/receipt")
    assert f'href="/letters/{number}"' in page.html
    assert get(client, f"/letters/{number}").status == 200
    post(client, "/track/leave", {}, page="/receipt")
    assert read(client.get(f"/letters/{number}")).status == 404


def test_a_letter_is_closed_in_another_browser(client: FlaskClient, world: World) -> None:
    """Whoever knows the number alone sees nothing."""
    number, _code = receipt(client, organisation=str(world["city"]))
    stranger = client.application.test_client()
    assert stranger.get(f"/letters/{number}").status_code == 404


def test_the_picture_never_holds_the_code(
    client: FlaskClient, settings: Settings, world: World
) -> None:
    """It leads to the tracking page with the number, which is filled in there."""
    send(client, organisation=str(world["city"]))
    page = get(client, "/receipt")
    number = value(page, "receipt-number")
    assert str(address_picture(f"{settings.public_url}/track?number={number}")) in page.html
    assert f'value="{number}"' in get(client, f"/track?number={number}").html


def test_the_receipt_is_a_pdf(client: FlaskClient, session: Session, world: World) -> None:
    """The browser that sees the code gets the file; without the code it gets none."""
    send(client, organisation=str(world["city"]))
    page = get(client, "/receipt")
    number = value(page, "receipt-number")
    form = page.form(f"/receipt/{number}/pdf")
    answer = client.post(form.action, data=form.hidden)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-") and answer.headers["Cache-Control"] == "no-store"
    assert f"{number}.pdf" in answer.headers["Content-Disposition"]
    wrong = {**form.hidden, "query_code": "0000000000000"}
    assert client.post(form.action, data=wrong).status_code == 302
    stranger = client.application.test_client()
    token = get(stranger, "/track").form("/track").hidden
    stolen = {**token, "query_code": form.hidden["query_code"]}
    assert stranger.post(form.action, data=stolen).status_code == 302
    assert session.query(Letter).count() == 1


def said(pdf: bytes) -> str:
    """Return the text of a PDF whose type is written in UCS-2."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    found = io.StringIO()
    for stream in streams:
        try:
            plain = zlib.decompress(_ascii85(stream))
        except (ValueError, zlib.error):
            continue
        for part in re.findall(rb"\((.*?)(?<!\\)\) Tj", plain, re.DOTALL):
            raw = part.decode("unicode_escape").encode("latin-1")
            found.write(raw.decode("utf-16-be") + "\n")
    return found.getvalue()


def _ascii85(stream: bytes) -> bytes:
    return base64.a85decode(stream.strip().removesuffix(b"~>"))


def test_the_file_says_what_the_page_says() -> None:
    """Chinese and Latin texts stand in the file, each label with its value."""
    rows = [("信件编号", "20261130-00001-1"), ("查询码", "7K2M9-QXT4B-N8R")]
    made = receipt_pdf(
        PrintedReceipt("公开信箱", "信件回执", rows, "https://x.example/track", "扫码", "请保管")
    )
    text = said(made)
    for words in ("公开信箱", "信件回执", *rows[0], *rows[1], "扫码", "请保管"):
        assert words in text
