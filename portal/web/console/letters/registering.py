"""Registering a letter that came by telephone, on paper, at a counter or from another hotline."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field

from portal.domain.access import Permission
from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.letters.states import REGISTERED_SOURCES, Source
from portal.models import Organisation, db
from portal.queries.letters.track import letter_by_number
from portal.queries.office.directory import Place, places
from portal.queries.record.receipts import receipt_commitment
from portal.queries.targets import accepting_places, find, organisation_of
from portal.services.letters.submission import register
from portal.web.console.blueprint import console
from portal.web.console.letters.letter import require_letter
from portal.web.core import Answer
from portal.web.core.clock import now, today
from portal.web.core.fields import EnumField
from portal.web.core.people import current_actor, needs
from portal.web.core.settings import code_key
from portal.web.submission.form import Groups
from portal.web.submission.letter_form import WriteForm
from portal.web.submission.page import SubmissionPage
from portal.web.submission.receipts import receipt_page


class RegisterForm(WriteForm):
    """A letter as its sender said or wrote it, and how it came; contacts may be missing."""

    may_be_unknown = False

    source = EnumField(
        _l("怎样收到的"), Source, _l("请选择来信是怎样收到的。"), offered=REGISTERED_SOURCES
    )
    kind = EnumField(
        _l("这封信是"),
        Kind,
        _l("请选一个类别；拿不准就选“咨询”。"),
        offered=[kind for kind in Kind if not KINDS[kind].accuses],
    )

    def validate_phone(self, field: Field) -> None:
        """Accept a sender who has neither telephone nor e-mail: the receipt has the code."""


class RegisterPage(SubmissionPage[RegisterForm]):
    """The page for a letter that a member of staff writes down; it is sent without a preview.

    The organisations to choose from are those for which the person logged in accepts letters.
    """

    template = "console/letter_register.html"
    receipt = "console.letter_receipt"
    limited = False

    def offered(self) -> list[Organisation]:
        """Return the organisations for which the person logged in accepts letters."""
        return find(db.session(), accepting_places(current_actor(), today()), "")

    def preselected(self) -> str:
        """Return the organisation of the person's own role."""
        own = [g.organisation_id for g, _reach in current_actor().reaches(_ACCEPT)]
        return str(own[0])

    def groups(self) -> Groups:
        """Return the person's organisations as one group."""
        return [(_("单位"), self.offered())]

    def chosen(self) -> Place | None:
        """Return the organisation chosen, where the person accepts letters for it."""
        within = accepting_places(current_actor(), today())
        chosen = organisation_of(db.session(), within, self.form.organisation.data or "")
        return places(db.session(), [chosen])[0] if chosen else None

    def check_organisation(self) -> None:
        """Leave the check to the service, which comes next."""

    def submit(self, key: str) -> str:
        """Register the letter."""
        form = self.form
        actor = current_actor()
        return register(form.letter(), form.source.value, key, code_key(), actor, now()).number

    def receipt_address(self, number: str) -> str:
        """Return the address of the receipt, to be printed for the sender."""
        return url_for(self.receipt, number=number)


_ACCEPT = Permission.HANDLING_ACCEPT


@console.get("/register")
@needs(_ACCEPT)
def letter_new() -> Answer:
    """Ask for what the sender says."""
    return RegisterPage(RegisterForm()).respond()


@console.post("/register", endpoint="letter_register")
@needs(_ACCEPT)
def letter_register() -> Answer:
    """Register the letter, then show the receipt for its sender."""
    return RegisterPage(RegisterForm()).respond()


@console.get("/letters/<number>/receipt")
@needs(_ACCEPT)
def letter_receipt(number: str) -> Answer:
    """Show number and code once, to whoever has registered the letter."""
    require_letter(number)
    return receipt_page(
        RegisterPage.receipt,
        letter_by_number,
        "console/letter_receipt.html",
        number,
        lambda letter: {"commitment": receipt_commitment(letter, code_key())},
    )
