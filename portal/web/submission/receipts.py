"""Receipts of what this browser has handed in: the number again and again, the code once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

import segno
from flask import redirect, render_template, session, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from portal.domain.letters.numbers import derive_query_code, format_code
from portal.models import db
from portal.models.base import fingerprint
from portal.queries.sessions import CITIZENS_KEPT_FOR
from portal.web.core import Answer
from portal.web.core.people import RECEIPTS, know_browser, known_browser
from portal.web.core.rate_limits import first_use
from portal.web.core.settings import code_key, settings

T = TypeVar("T")
MOST = 5
"""Receipts that a browser can open; each window has its own."""
SHOWN = "."
"""What ends the key of a receipt whose code has been shown."""


def remember(receipt: str, number: str, key: str) -> None:
    """Allow this browser to open the receipt of ``number`` at the endpoint ``receipt``.

    The code is derived from ``key`` when it is shown, and is in no cookie itself.
    """
    know_browser()
    others = [kept for kept in _kept(receipt) if kept[0] != number]
    _keep(receipt, [*others, [number, key]][-MOST:])


def last_number(receipt: str) -> str:
    """Return the number of the last submission, or ``""`` where there is none."""
    kept = _kept(receipt)
    return kept[-1][0] if kept else ""


def numbers_sent(receipt: str) -> list[str]:
    """Return the numbers of what this browser has sent, the last five at most."""
    return [kept[0] for kept in _kept(receipt)]


def number_sent(receipt: str, form_token: str) -> str:
    """Return the number of what was sent from the form with ``form_token``, or ``""``."""
    sent = [number for number, key in _kept(receipt) if key.partition(".")[0] == form_token]
    return sent[-1] if sent else ""


def code_once(receipt: str, number: str) -> str | None:
    """Return the query code of what was sent with ``number``; only once, also to copies of the cookie."""
    kept = _kept(receipt)
    found = next((each for each in kept if each[0] == number and not each[1].endswith(SHOWN)), None)
    if found is None:
        return None
    # The mark in the cookie is missing in a copy that was made before; without counts it must do.
    if not first_use(("code", fingerprint(found[1])), CITIZENS_KEPT_FOR, unknown=True):
        return None
    code = format_code(derive_query_code(code_key(), found[1]))
    found[1] = found[1].partition(".")[0] + SHOWN
    _keep(receipt, kept)
    return code


def receipt_page(
    receipt: str,
    find: Callable[[Session, str], T | None],
    template: str,
    number: str = "",
    values: Callable[[T], Mapping[str, object]] = lambda found: {},
) -> Answer:
    """Show number and code of what was sent with ``number``, or last; the code only this once.

    ``values`` gives the template what else it needs of what was sent.
    """
    known = numbers_sent(receipt)
    found = find(db.session(), number or last_number(receipt)) if known else None
    if found is None or (number and number not in known):
        return redirect(url_for("public.track"))
    number = number or last_number(receipt)
    code = code_once(receipt, number)
    picture = address_picture(tracking_address(number))
    return render_template(template, sent=found, code=code, picture=picture, **values(found))


def tracking_address(number: str) -> str:
    """Return the address that asks for the query code of ``number``; it never holds the code."""
    return settings().public_url + url_for("public.track", number=number)


def address_picture(address: str) -> Markup:
    """Return a picture from which a telephone reads ``address``, as SVG for the page itself."""
    code = segno.make(address, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, border=4, light="#fff", omitsize=True))  # noqa: S704


def _kept(receipt: str) -> list[list[str]]:
    found = session.get(RECEIPTS, {}).get(receipt, [])
    return [list(each) for each in found] if found and known_browser() else []


def _keep(receipt: str, kept: list[list[str]]) -> None:
    session[RECEIPTS] = {**session.get(RECEIPTS, {}), receipt: kept}
