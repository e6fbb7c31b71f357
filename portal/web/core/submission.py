"""Submission to an organisation: its form, and the page that takes it step by step.

Letters and applications for disclosure, on the web and at the counter, are subclasses of both.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import ClassVar, Generic, TypeVar

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session
from wtforms import Field
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from portal.domain.errors import InvalidInput, Unavailable
from portal.domain.letters.numbers import derive_query_code, format_code
from portal.domain.organisations import OrganisationKind
from portal.domain.whole_numbers import whole_number
from portal.models import Organisation, db
from portal.queries.office.directory import (
    Place,
    closest_organisations,
    members,
    named_organisations,
    places,
)
from portal.web.core import Answer, Page, fields
from portal.web.core.clock import today
from portal.web.core.forms import Form
from portal.web.core.language import label, say
from portal.web.core.rate_limits import address, count, minutes, retry_later, wait_for
from portal.web.core.settings import code_key, settings
from portal.web.core.typed import WORDS_MAX, form_token

UNKNOWN = "unknown"
"""Value of the choice "I don't know" among organisations that fit a name typed by hand."""
Groups = Iterable[tuple[str, Sequence[Organisation]]]
"""Organisations to choose from, by the name of their group."""


class ChosenOrTyped(DataRequired):  # type: ignore[misc]
    """An organisation is needed, chosen in the list or typed; what was typed has its own error."""

    def __call__(self, form: SubmissionForm, field: Field) -> None:
        """Ask for a choice where nothing was typed either."""
        if not form.organisation_words.data:
            super().__call__(form, field)


class SubmissionForm(Form):
    """A form with an organisation, ways to reach its sender, and a token against double clicks.

    The organisation is chosen in a list or, without script, typed by name: ``organisation_meant``
    then offers what the words may mean. A subclass declares the fields in the order of its page.
    """

    organisation: fields.ListField
    organisation_words: fields.LineField
    organisation_meant: fields.OneOfField
    phone: fields.PhoneField
    email: fields.MailField
    form_token: fields.HiddenTextField
    unclear: str = ""
    """The reason why the name typed by hand was not understood."""
    none: ClassVar[str]
    """Label of the choice of no organisation."""
    may_be_unknown: ClassVar[bool] = False
    """Whether nobody need know which of the organisations that fit a name is meant."""
    unlike_any: ClassVar[object] = _l("没有叫“%(words)s”的单位，请换个写法，或者到单位名录里找。")
    """Message where no organisation has a name near the one typed."""

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.form_token.data = form_token(self.form_token.data)

    @property
    def organisation_id(self) -> int | None:
        """The organisation chosen, or ``None`` for none and for what is no id."""
        return whole_number(self.organisation.data)

    def resolve_name(self) -> None:
        """Choose the organisation typed by name, or offer the nearest names and note why.

        One that alone bears the name, or was chosen among those offered, is taken. Nothing is
        guessed where several fit, where none does, or where another one stands chosen in the list.
        """
        words = self.organisation_words.data
        if not words or len(words) > WORDS_MAX:
            return
        if self.organisation_meant.data == UNKNOWN:
            self._choose("")
            return
        found = named_organisations(db.session(), words, today())
        offered = found or closest_organisations(db.session(), words, today())
        wanted = (whole_number(self.organisation_meant.data), self.organisation_id)
        meant = [place for chosen in wanted for place in offered if place.id == chosen]
        if len(found) == 1 and self.organisation_id is None:
            meant += found
        if meant:
            self._choose(str(meant[0].id))
            return
        self.unclear = str(self._why(found, offered)) % {"words": words}
        meanings = [SelectChoice(str(place.id), place.path) for place in offered]
        if self.may_be_unknown:
            meanings.append(SelectChoice(UNKNOWN, _(self.none)))
        self.organisation_meant.choices = meanings

    def _choose(self, organisation: str) -> None:
        self.organisation.data = organisation
        self.organisation_words.data, self.organisation_meant.data = "", None

    def _why(self, found: Sequence[Place], offered: Sequence[Place]) -> object:
        if self.organisation_id is not None:
            return _l("列表里选的单位和写的“%(words)s”不是同一个，请在这里选定。")
        if found:
            return _l("名称里有“%(words)s”的单位不止一个，请选一个。")
        if offered:
            return _l("没有叫“%(words)s”的单位。下面是名称最接近的，请选一个。")
        return self.unlike_any

    def offer_organisations(self, groups: Groups, chosen: Place | None) -> None:
        """Offer organisations by group, and ``chosen`` where it is not among them."""
        choices = [
            SelectChoice(str(each.id), each.name, optgroup=name)
            for name, rows in groups
            for each in rows
        ]
        if chosen and str(chosen.id) not in {choice.value for choice in choices}:
            choices.insert(0, SelectChoice(str(chosen.id), chosen.path, optgroup=_("已选")))
        self.organisation.choices = [SelectChoice("", _(self.none)), *choices]

    def validate_organisation_words(self, field: Field) -> None:
        """Refuse a name that was typed by hand and not understood."""
        if self.unclear:
            raise ValidationError(self.unclear)

    def carried(self) -> dict[str, str]:
        """Return every field as hidden values for the preview, in the order of the page."""
        return {
            name: ("y" if field.data is True else str(field.data or ""))
            for name, field in self._fields.items()
            if field.type != "CSRFTokenField"
        }

    def submission_key(self) -> str:
        """Return the key that makes one of two clicks: the form's token and a hash of its values.

        The hash makes a page sent again with another text a submission of its own.
        """
        said = "\0".join(self.carried().values())
        return f"{self.form_token.data}.{sha256(said.encode()).hexdigest()[:32]}"


F = TypeVar("F", bound=SubmissionForm)


class SubmissionPage(ABC, Generic[F]):
    """One request to the page of a form: read, check, preview, hand in, lead to the receipt.

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
        """Carry out the step that the form names; only ``send`` of a complete form hands in."""
        step = request.form.get("step", "preview")
        self.prepare()
        if request.method == "GET" or step == "edit":
            return self.show(200)
        if not self.complete():
            return self.show(422)
        return self.send() if step == "send" else self.preview()

    def prepare(self) -> None:
        """Choose the organisation of the address or of a typed name, and offer the others."""
        if request.method == "GET":
            self.form.organisation.data = self.preselected()
        self.form.resolve_name()
        self.form.offer_organisations(self.groups(), self.chosen())

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
        rule, network = settings().submit_limit, ("submit", address())
        if self.limited and (wait := wait_for(rule, network)):
            said = _(
                "这个网络地址提交的信件和申请太多了，请 %(n)s 分钟后再提交。您写的内容都还在下面。",
                n=minutes(wait),
            )
            flash(said, "warning")
            return retry_later(self.show(429), wait)
        key = self.form.submission_key()
        try:
            number = self.submit(key)
        except InvalidInput as error:
            self.form.put(error)
            return self.show(422)
        except Unavailable as error:
            flash(say(error.message), "warning")
            return self.show(503)
        if self.limited:
            count(rule, network)
        # The code is derived from the key when it is shown, and is in no cookie itself.
        session[self.receipt] = {"number": number, "key": key}
        return redirect(self.receipt_address(number))

    def show(self, status: int) -> Page:
        """Show the form with its input and errors."""
        return render_template(self.template, form=self.form), status

    def receipt_address(self, number: str) -> str:
        """Return the address of the receipt."""
        return url_for(self.receipt)

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
    def preview(self) -> Answer:
        """Show a preview of the submission."""

    @abstractmethod
    def submit(self, key: str) -> str:
        """Submit to the service and return the public number; ``key`` makes two clicks one."""


def last_number(receipt: str) -> str:
    """Return the number of the last submission, or ``""`` where there is none."""
    return str(session.get(receipt, {}).get("number", ""))


def code_once(receipt: str) -> str | None:
    """Return the query code of the last submission; only once."""
    key = session.get(receipt, {}).pop("key", None)
    session.modified = True
    return format_code(derive_query_code(code_key(), key)) if key else None


def receipt_page(receipt: str, find: Callable[[Session, str], object], template: str) -> Answer:
    """Show number and code of what was just sent, the code only this once."""
    found = find(db.session(), last_number(receipt))
    if found is None:
        return redirect(url_for("public.track"))
    return render_template(template, sent=found, code=code_once(receipt))
