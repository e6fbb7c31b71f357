"""Applying for disclosure: what it is, the form, the preview, the receipt."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from portal.domain.disclosure.application import takes_requests
from portal.domain.disclosure.requests import DISCLOSURE_DEFINITION
from portal.domain.errors import InvalidInput
from portal.domain.periods import Period, civil_date
from portal.models import db
from portal.queries.disclosure.due import request_due
from portal.queries.disclosure.requests import request_by_number
from portal.queries.office.directory import members
from portal.queries.statistics.disclosure import disclosure_figures
from portal.services.disclosure.filing import RequestReceipt, addressee, submit
from portal.web.core.clock import now, today
from portal.web.core.disclosure_form import ApplicationForm
from portal.web.core.language import label
from portal.web.core.people import public
from portal.web.public.blueprint import code_key, public_pages
from portal.web.public.submit_flow import Answer, addressed, chosen, hand_in, sent_just_now, step_of


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
    return step_of(_form(), _page, _complete, _preview, _send)


@public_pages.get("/disclosure/receipt")
@public
def disclosure_receipt() -> Answer:
    """Show number and code of the request just sent; the code only this once."""
    number, code = sent_just_now("disclosure_receipt")
    found = request_by_number(db.session(), number) if number else None
    if found is None:
        return redirect(url_for("public.track"))
    due = request_due(db.session(), found, today())
    return render_template("public/disclosure_receipt.html", request_=found, code=code, due=due)


def _form() -> ApplicationForm:
    form = ApplicationForm()
    unclear = addressed(form)
    offered = [(k, rows) for k, rows in members(db.session(), today()).items() if takes_requests(k)]
    form.prepare([(label(kind), rows) for kind, rows in offered], chosen(form), unclear)
    return form


def _complete(form: ApplicationForm) -> bool:
    """Tell whether the application can go; all that is wrong is said at once."""
    complete: bool = form.validate()
    if form.organisation.errors or form.organisation_words.errors:
        return False
    try:
        addressee(db.session(), form.organisation_id, today())
    except InvalidInput as error:
        form.put(error)
        return False
    return complete


def _page(form: ApplicationForm, status: int) -> tuple[str, int]:
    return render_template("public/disclosure_new.html", form=form), status


def _preview(form: ApplicationForm) -> str:
    return render_template("public/disclosure_preview.html", form=form, chosen=chosen(form))


def _send(form: ApplicationForm) -> Answer:
    def submitted() -> RequestReceipt:
        return submit(form.application(), form.submission_key(), code_key(), now())

    return hand_in(form, _page, submitted, "disclosure_receipt", _busy)


def _busy(minutes: int) -> str:
    said: str = _(
        "这个网络地址提交的信件和申请太多了，请 %(minutes)s 分钟后再提交。您写的内容都还在下面。",
        minutes=minutes,
    )
    return said
