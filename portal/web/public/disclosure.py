"""Applying for disclosure: what it is, the form, the preview, the receipt."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.disclosure import DISCLOSURE_DEFINITION
from portal.domain.disclosure_application import takes_requests
from portal.domain.errors import InvalidInput, Unavailable
from portal.domain.numbers import derive_query_code, format_code
from portal.domain.periods import Period, civil_date
from portal.models import Organisation, db
from portal.queries.directory import Place, members, places
from portal.queries.disclosure import request_by_number
from portal.queries.disclosure_due import request_due
from portal.queries.rates.disclosure import disclosure_figures
from portal.services.disclosure_filing import addressee, submit
from portal.web.public.blueprint import code_key, public_pages, settings
from portal.web.public.limits import address, count, wait_for
from portal.web.public.typed_organisation import understand
from portal.web.shared.clock import now, today
from portal.web.shared.forms_application import ApplicationForm
from portal.web.shared.language import label
from portal.web.shared.people import public

_RECEIPT = "disclosure_receipt"
Answer = str | tuple[str, int] | Response


@public_pages.get("/disclosure")
@public
def disclosure() -> str:
    """Say what may be asked for in this way and what not, with this year's figures."""
    moment = now()
    year = Period(civil_date(moment).year)
    return render_template(
        "public/disclosure.html",
        year=year,
        figures=disclosure_figures(db.session(), year, moment),
        definition=DISCLOSURE_DEFINITION,
        as_of=moment,
    )


@public_pages.route("/disclosure/new", methods=["GET", "POST"])
@public
def disclosure_new() -> Answer:
    """Take an application through form and preview; only the step ``send`` hands it in."""
    form = _form()
    step = request.form.get("step", "preview")
    if request.method == "GET" or step == "edit":
        return _page(form)
    if not _complete(form):
        return _page(form, 422)
    return _send(form) if step == "send" else _preview(form)


@public_pages.get("/disclosure/receipt")
@public
def disclosure_receipt() -> Answer:
    """Show number and code of the request just sent; the code only this once."""
    kept = session.get(_RECEIPT)
    found = request_by_number(db.session(), kept["number"]) if kept else None
    if kept is None or found is None:
        return redirect(url_for("public.track"))
    key = kept.pop("key", None)
    session.modified = True
    code = format_code(derive_query_code(code_key(), key)) if key else None
    due = request_due(db.session(), found, today())
    return render_template("public/disclosure_receipt.html", request_=found, code=code, due=due)


def _form() -> ApplicationForm:
    form = ApplicationForm()
    if request.method == "GET":
        form.organisation.data = request.args.get("organisation", "")
    unclear = understand(form)
    offered = [(k, rows) for k, rows in members(db.session()).items() if takes_requests(k)]
    form.prepare([(label(kind), rows) for kind, rows in offered], _chosen(form), unclear)
    return form


def _chosen(form: ApplicationForm) -> Place | None:
    wanted = form.organisation_id
    organisation = db.session.get(Organisation, wanted) if wanted is not None else None
    if organisation is None or not organisation.active:
        return None
    return places(db.session(), [organisation])[0]


def _complete(form: ApplicationForm) -> bool:
    """Tell whether the application can go; all that is wrong is said at once."""
    complete: bool = form.validate()
    if form.organisation.errors or form.organisation_words.errors:
        return False
    try:
        addressee(db.session(), form.organisation_id)
    except InvalidInput as error:
        form.put(error)
        return False
    return complete


def _page(form: ApplicationForm, status: int = 200) -> tuple[str, int]:
    return render_template("public/disclosure_new.html", form=form), status


def _preview(form: ApplicationForm) -> str:
    return render_template("public/disclosure_preview.html", form=form, chosen=_chosen(form))


def _send(form: ApplicationForm) -> Answer:
    rule, key = settings().submit_limit, ("submit", address())
    if wait := wait_for(rule, key):
        return _busy(form, wait)
    try:
        sent = submit(form.application(), form.submission_key(), code_key(), now())
    except InvalidInput as error:
        form.put(error)
        return _page(form, 422)
    except Unavailable as error:
        flash(_(str(error)), "warning")
        return _page(form, 503)
    count(rule, key)
    # The code is made from the key when it is shown, and stands in no cookie itself.
    session[_RECEIPT] = {"number": sent.number, "key": form.submission_key()}
    return redirect(url_for("public.disclosure_receipt"))


def _busy(form: ApplicationForm, wait: int) -> Response:
    said = _(
        "这个网络地址提交的信件和申请太多了，请 %(minutes)s 分钟后再提交。您写的内容都还在下面。",
        minutes=-(-wait // 60),
    )
    flash(said, "warning")
    response = make_response(_page(form, 429))
    response.headers["Retry-After"] = str(wait)
    return response
