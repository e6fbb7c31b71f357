"""Registering a request for disclosure that came on paper."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.access import Permission
from portal.domain.disclosure.application import PAPER_SOURCES, RequestSource
from portal.models import Organisation, db
from portal.queries.disclosure.queues import handled_places
from portal.queries.office.directory import Place, places
from portal.queries.targets import find, organisation_of
from portal.services.disclosure.filing import register
from portal.web.console.blueprint import console
from portal.web.console.disclosure.request_page import REGISTERED
from portal.web.core import Answer
from portal.web.core.clock import now, today
from portal.web.core.fields import DayField, EnumField
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import code_key
from portal.web.submission.disclosure_form import ApplicationForm
from portal.web.submission.form import Groups
from portal.web.submission.page import SubmissionPage


class RegisterForm(ApplicationForm):
    """A request on paper: how and when it came, and what it says."""

    source = EnumField(
        _l("怎样收到的"),
        RequestSource,
        _l("请选择申请是怎样收到的。"),
        offered=PAPER_SOURCES,
        hints={source: source.hint for source in PAPER_SOURCES},
    )
    received_on = DayField(_l("收到日期"), _l("请填写收到日期。"), default=today)


class RegisterPage(SubmissionPage[RegisterForm]):
    """The page for a request on paper, which is registered without a preview.

    The authorities to choose from are those of the person logged in, few enough for a list.
    """

    template = "console/disclosure_register.html"
    receipt = REGISTERED
    limited = False

    def offered(self) -> list[Organisation]:
        """Return the authorities for which the person logged in registers requests."""
        return find(db.session(), handled_places(current_actor(), today()), "")

    def preselected(self) -> str:
        """Return the person's authority where there is only one."""
        offered = self.offered()
        return str(offered[0].id) if len(offered) == 1 else ""

    def groups(self) -> Groups:
        """Return the person's authorities as one group."""
        return [(_("单位"), self.offered())]

    def chosen(self) -> Place | None:
        """Return the authority chosen, where the person registers requests for it."""
        within = handled_places(current_actor(), today())
        chosen = organisation_of(db.session(), within, self.form.organisation.data or "")
        return places(db.session(), [chosen])[0] if chosen else None

    def check_organisation(self) -> None:
        """Leave the check to the service, which comes next."""

    def submit(self, key: str) -> str:
        """Register the request."""
        form = self.form
        return register(
            form.application(),
            form.source.value,
            form.received_on.value,
            key,
            code_key(),
            current_actor(),
            now(),
        ).number

    def receipt_address(self, number: str) -> str:
        """Return the page of the request, which shows the code for the applicant's receipt."""
        return url_for(self.receipt, request_number=number)


@console.get("/disclosure/new")
@needs(Permission.DISCLOSURE_HANDLE)
def disclosure_new() -> Answer:
    """Ask for what the paper says."""
    return RegisterPage(RegisterForm()).respond()


@console.post("/disclosure/new", endpoint="disclosure_register")
@needs(Permission.DISCLOSURE_HANDLE)
def disclosure_register() -> Answer:
    """Register the request, then show its page with the code for the applicant's receipt."""
    return RegisterPage(RegisterForm()).respond()
