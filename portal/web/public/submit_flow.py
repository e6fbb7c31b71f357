"""The way of what a citizen sends: form, preview, handing in, and the receipt with its code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from flask import flash, make_response, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.errors import InvalidInput, Unavailable
from portal.domain.letters.numbers import derive_query_code, format_code
from portal.models import Organisation, db
from portal.queries.office.directory import Place, places
from portal.web.core.clock import today
from portal.web.core.sent_form import SentForm
from portal.web.core.settings import settings
from portal.web.public.blueprint import code_key
from portal.web.public.rate_limits import address, count, wait_for
from portal.web.public.typed_organisation import understand

Answer = str | tuple[str, int] | Response
Form = TypeVar("Form", bound=SentForm)
Page = Callable[[Form, int], tuple[str, int]]
"""Shows a form as it stands, with its errors, under a status."""


class Numbered(Protocol):
    """What the service gives back for what was handed in."""

    @property
    def number(self) -> str:
        """The public number."""


def addressed(form: SentForm) -> str | None:
    """Take the organisation that the address or a typed name asks for; return why it is unclear."""
    if request.method == "GET":
        form.organisation.data = request.args.get("organisation", "")
    return understand(form)


def chosen(form: SentForm) -> Place | None:
    """Return the organisation chosen, where it still takes what is sent."""
    wanted = form.organisation_id
    organisation = db.session.get(Organisation, wanted) if wanted is not None else None
    if organisation is None or not organisation.open_on(today()):
        return None
    return places(db.session(), [organisation])[0]


def step_of(
    form: Form,
    page: Page[Form],
    complete: Callable[[Form], bool],
    preview: Callable[[Form], str],
    send: Callable[[Form], Answer],
) -> Answer:
    """Take the step that was asked for; only ``send`` hands in, and only what is complete."""
    step = request.form.get("step", "preview")
    if request.method == "GET" or step == "edit":
        return page(form, 200)
    if not complete(form):
        return page(form, 422)
    return send(form) if step == "send" else preview(form)


def hand_in(
    form: Form,
    page: Page[Form],
    submit: Callable[[], Numbered],
    receipt: str,
    busy: Callable[[int], str],
) -> Answer:
    """Hand in by ``submit`` and lead to the page ``receipt``; what cannot go keeps its form.

    ``busy`` says after how many minutes this network may send again.
    """
    rule, key = settings().submit_limit, ("submit", address())
    if wait := wait_for(rule, key):
        flash(busy(-(-wait // 60)), "warning")
        response = make_response(page(form, 429))
        response.headers["Retry-After"] = str(wait)
        return response
    try:
        sent = submit()
    except InvalidInput as error:
        form.put(error)
        return page(form, 422)
    except Unavailable as error:
        flash(_(str(error)), "warning")
        return page(form, 503)
    count(rule, key)
    # The code is made from the key when it is shown, and stands in no cookie itself.
    session[receipt] = {"number": sent.number, "key": form.submission_key()}
    return redirect(url_for(f"public.{receipt}"))


def sent_just_now(receipt: str) -> tuple[str, str | None]:
    """Return number and code of what was sent last; the code only this once.

    The number is empty where nothing was sent.
    """
    kept = session.get(receipt)
    if kept is None:
        return "", None
    key = kept.pop("key", None)
    session.modified = True
    return kept["number"], format_code(derive_query_code(code_key(), key)) if key else None
