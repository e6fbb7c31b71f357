"""Applying for disclosure: what it is, the form, the preview, the receipt."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from portal.domain.disclosure.application import takes_requests
from portal.domain.disclosure.requests import DISCLOSURE_DEFINITION
from portal.domain.periods import Period, civil_date
from portal.models import db
from portal.queries.disclosure.due import request_due
from portal.queries.disclosure.requests import request_by_number
from portal.queries.office.directory import members
from portal.queries.statistics.disclosure import disclosure_figures
from portal.services.disclosure.filing import addressee, submit
from portal.web.core.clock import now, today
from portal.web.core.disclosure_form import ApplicationForm
from portal.web.core.language import label
from portal.web.core.people import public
from portal.web.core.settings import code_key
from portal.web.core.submission import Answer, Groups, SubmissionPage, code_once, last_number
from portal.web.public.blueprint import public_pages


class ApplicationPage(SubmissionPage[ApplicationForm]):
    """The page of an application on the web."""

    template = "public/disclosure_new.html"
    receipt = "public.disclosure_receipt"

    def groups(self) -> Groups:
        """Return those of the members of level 1 that must disclose, by kind."""
        offered = members(db.session(), today()).items()
        return [(label(kind), rows) for kind, rows in offered if takes_requests(kind)]

    def check_organisation(self) -> None:
        """Ask the service whether the organisation takes applications."""
        addressee(db.session(), self.form.organisation_id, today())

    def preview(self) -> Answer:
        """Show the application."""
        return render_template(
            "public/disclosure_preview.html",
            form=self.form,
            application=self.form.application(),
            chosen=self.chosen(),
        )

    def submit(self, key: str) -> str:
        """File the application."""
        return submit(self.form.application(), key, code_key(), now()).number

    def busy_words(self, minutes: int) -> str:
        """Return the message when this network may send again."""
        said: str = _(
            "这个网络地址提交的信件和申请太多了，请 %(minutes)s 分钟后再提交。您写的内容都还在下面。",
            minutes=minutes,
        )
        return said


@public_pages.get("/disclosure")
@public
def disclosure() -> str:
    """Show for which information an application can be made, with this year's figures."""
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
    return ApplicationPage(ApplicationForm()).respond()


@public_pages.get("/disclosure/receipt")
@public
def disclosure_receipt() -> Answer:
    """Show number and code of the request just sent; the code only this once."""
    found = request_by_number(db.session(), last_number(ApplicationPage.receipt))
    if found is None:
        return redirect(url_for("public.track"))
    return render_template(
        "public/disclosure_receipt.html",
        request_=found,
        code=code_once(ApplicationPage.receipt),
        due=request_due(db.session(), found, today()),
    )
