"""The page that takes a submission step by step.

Letters and applications for disclosure, on the web and at the counter, are subclasses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal.domain.errors import InvalidInput, Unavailable
from portal.domain.organisations import OrganisationKind
from portal.models import Organisation, db
from portal.queries.office.directory import Place, members, places
from portal.web.core import Answer, Page
from portal.web.core.clock import today
from portal.web.core.guards.guard import Guard
from portal.web.core.language import label, say
from portal.web.core.rate_limits import address, minutes, retry_later
from portal.web.core.settings import settings
from portal.web.submission.form import Groups, SubmissionForm
from portal.web.submission.receipts import remember

F = TypeVar("F", bound=SubmissionForm)


class SubmissionPage(ABC, Generic[F]):
    """One request to the page of a form: read, check, hand in, lead to the receipt.

    A form that cannot go on is shown again with its errors and everything that was typed.
    """

    template: ClassVar[str]
    """The template that shows the form."""
    receipt: ClassVar[str]
    """The endpoint of the receipt; the session stores number and key under its name."""
    limited: ClassVar[bool] = True
    """Whether the number of submissions of a network is limited."""

    def __init__(self, form: F) -> None:
        self.form = form

    def respond(self) -> Answer:
        """Show the form, or hand in a complete one."""
        self.prepare()
        if request.method == "GET":
            return self.show(200)
        return self.send() if self.complete() else self.show(422)

    def prepare(self) -> None:
        """Choose the organisation of the address or of a typed name, and offer the others."""
        if self.begins():
            self.form.organisation.data = self.preselected()
        self.form.resolve_name()
        self.form.offer_organisations(self.groups(), self.chosen())

    def begins(self) -> bool:
        """Return whether the form is empty."""
        return request.method == "GET"

    def preselected(self) -> str:
        """Return the organisation with which an empty form begins: the one of the address."""
        return request.args.get("organisation", "")

    def chosen(self) -> Place | None:
        """Return the organisation chosen, or ``None`` where it is not open today."""
        wanted = self.form.organisation_id
        organisation = db.session.get(Organisation, wanted) if wanted is not None else None
        if organisation is None or not organisation.open_on(today()):
            return None
        return places(db.session(), [organisation])[0]

    def complete(self) -> bool:
        """Return whether the form can be handed in; all of its errors are shown at once."""
        complete = self.form.validate()
        if self.form.organisation.errors or self.form.organisation_words.errors:
            return False
        try:
            self.check_organisation()
        except InvalidInput as error:
            self.form.put(error)
            return False
        return complete

    def send(self) -> Answer:
        """Submit the form, and redirect to the receipt."""
        guard = self.guard()
        if wait := guard.take():
            said = _(
                "这个网络地址提交的信件和申请太多了，请等页面确认后再提交，或者 %(n)s 分钟后再提交。您写的内容都还在下面。",
                n=minutes(wait),
            )
            flash(said, "warning")
            return retry_later(self.shown_again(429), wait)
        key = self.form.submission_key()
        try:
            number = self.submit(key)
        except (InvalidInput, Unavailable) as error:
            guard.give_back()
            return self.refused(error)
        self.sent(key, number)
        return redirect(self.receipt_address(number))

    def guard(self) -> Guard:
        """Return what limits the submissions of a network; a challenge lets more through."""
        limit = (settings().submit_limit, ("submit", address()))
        return Guard("submit", (limit,) if self.limited else ())

    def shown_again(self, status: int) -> Answer:
        """Show once more what was to be handed in."""
        return self.show(status)

    def refused(self, error: InvalidInput | Unavailable) -> Answer:
        """Show the form with what the service found wrong, or that it can be sent again later."""
        if isinstance(error, InvalidInput):
            self.form.put(error)
            return self.show(422)
        flash(say(error.message), "warning")
        return self.show(503)

    def sent(self, key: str, number: str) -> None:
        """Allow this browser to open the receipt."""
        remember(self.receipt, number, key)

    def show(self, status: int) -> Page:
        """Show the form with its input and errors."""
        return render_template(self.template, form=self.form), status

    def receipt_address(self, number: str) -> str:
        """Return the address of the receipt."""
        return url_for(self.receipt, number=number)

    def groups(self) -> Groups:
        """Return the organisations to choose from: members of level 1 by kind."""
        offered = members(db.session(), today()).items()
        return [(label(kind), rows) for kind, rows in offered if self.takes(kind)]

    def takes(self, kind: OrganisationKind) -> bool:
        """Return whether organisations of ``kind`` take what is sent."""
        return True

    @abstractmethod
    def check_organisation(self) -> None:
        """Raise :class:`InvalidInput` where the organisation does not take what is sent."""

    @abstractmethod
    def submit(self, key: str) -> str:
        """Submit to the service and return the public number; ``key`` makes two clicks one."""
