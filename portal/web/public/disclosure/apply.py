"""Applying for disclosure: what it is, the form, the preview, the receipt."""

from __future__ import annotations

from flask import render_template, request

from portal.domain.disclosure.application import takes_requests
from portal.domain.disclosure.requests import ANSWER_RULE, DISCLOSURE_DEFINITION
from portal.domain.organisations import OrganisationKind
from portal.domain.periods import Period, civil_date
from portal.models import db
from portal.queries.disclosure.due import completion_rule
from portal.queries.disclosure.requests import request_by_number
from portal.queries.rules import deadline_rules
from portal.queries.statistics.disclosure import disclosure_figures
from portal.services.disclosure.filing import addressee, submit
from portal.web.core import Answer
from portal.web.core.clock import now, today
from portal.web.core.people import public
from portal.web.core.safety import takes_files
from portal.web.core.settings import code_key
from portal.web.public.blueprint import public_pages
from portal.web.submission.disclosure_form import ApplicationForm
from portal.web.submission.previewed import PreviewedPage
from portal.web.submission.receipts import receipt_page


class ApplicationPage(PreviewedPage[ApplicationForm]):
    """The page of an application on the web."""

    form_class = ApplicationForm
    template = "public/disclosure_new.html"
    form_page = "public.disclosure_form"
    preview_page = "public.disclosure_preview"
    receipt = "public.disclosure_receipt"

    def takes(self, kind: OrganisationKind) -> bool:
        """Return whether organisations of ``kind`` must disclose."""
        return takes_requests(kind)

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
            files=self.form.files.kept,
        )

    def submit(self, key: str) -> str:
        """File the application."""
        new, files = self.form.application(), self.form.files.draft_key
        return submit(new, key, code_key(), now(), files=files).number


@public_pages.get("/disclosure")
@public
def disclosure() -> str:
    """Show for which information an application can be made, with this year's figures."""
    moment, session = now(), db.session()
    day = civil_date(moment)
    year = Period(day.year)
    return render_template(
        "public/disclosure.html",
        year=year,
        figures=disclosure_figures(session, year, moment),
        definition=DISCLOSURE_DEFINITION,
        as_of=moment,
        answering=deadline_rules(session).of(ANSWER_RULE, day),
        completing=completion_rule(session, day),
    )


@public_pages.route("/disclosure/new", methods=["GET", "POST"])
@public
@takes_files
def disclosure_new() -> Answer:
    """Begin an application, or take its form a step on; only the step ``send`` hands it in."""
    if request.method == "GET":
        return ApplicationPage.begin()
    return ApplicationPage(ApplicationForm()).respond()


@public_pages.get("/disclosure/new/<token>")
@public
def disclosure_form(token: str) -> Answer:
    """Show the form of an application, with what was typed before its preview."""
    return ApplicationPage.open_form(token)


@public_pages.get("/disclosure/new/<token>/preview")
@public
def disclosure_preview(token: str) -> Answer:
    """Show an application as it would be filed."""
    return ApplicationPage.open_preview(token)


@public_pages.get("/disclosure/receipt", defaults={"number": ""})
@public_pages.get("/disclosure/receipt/<number>")
@public
def disclosure_receipt(number: str) -> Answer:
    """Show number and code of a request just sent; the code only this once."""
    page = ApplicationPage.receipt
    return receipt_page(page, request_by_number, "public/disclosure_receipt.html", number)
