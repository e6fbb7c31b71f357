"""The page of a subject opened with number and code, and the forms that its sender has there.

Letters and requests for disclosure are subclasses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Generic, TypeVar

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _

from portal.domain.checked_numbers import MistypedNumber
from portal.domain.errors import ActionNotAllowed, InvalidInput, Unavailable
from portal.models import DisclosureRequest, Letter
from portal.web.core import Answer
from portal.web.core.clock import now
from portal.web.core.fields import TextField
from portal.web.core.forms import Form
from portal.web.core.language import say
from portal.web.core.people import is_opened
from portal.web.public.letters.track import TrackForm, track_page
from portal.web.submission.files_field import FilesField


class SenderForm(Form):
    """A form of the sender; without fields of its own nothing but the button."""

    done: ClassVar[str]
    """Message after the form was sent."""
    question: ClassVar[str] = ""
    """What is asked once more before a step that cannot be taken back."""
    files: FilesField | None = None
    """Files that go with it, where it takes any."""

    def send(self, opened_id: int, at: datetime) -> None:
        """Submit the input to the service."""
        raise NotImplementedError

    @property
    def typed(self) -> str:
        """The text that would be lost where the form has no place on the page any more."""
        return next((field.data for field in self if isinstance(field, TextField)), "")


A = TypeVar("A", bound=StrEnum)
T = TypeVar("T", bound=Letter | DisclosureRequest)


@dataclass(frozen=True, slots=True)
class SenderForms(Generic[A]):
    """The forms of the actions possible now, and the text of one that was sent too late."""

    possible: Mapping[A, SenderForm]
    lost_text: str

    @property
    def wrong(self) -> SenderForm | None:
        """The form with errors, if one has any."""
        return next((form for form in self.possible.values() if form.errors), None)


class OpenedPage(ABC, Generic[A, T]):
    """One request to the page of the letter or request with ``number``."""

    steps: Mapping[str, tuple[A, type[SenderForm]]]
    """Each action of the sender with its form, by the last word of its address."""
    closed_words: ClassVar[str]
    """Message where this browser has not opened it."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.sent: dict[A, SenderForm] = {}

    def respond(self, status: int = 200) -> Answer:
        """Show the page as it is now to the browser that has opened it with its code."""
        found = self.find()
        return self.closed() if found is None else self.show(found, status)

    def act(self, step: str) -> Answer:
        """Take a step of the sender: check its form, call the service, show the page again."""
        action, form_class = self.steps[step]
        form = form_class()
        self.sent = {action: form}
        found = self.find()
        if found is None:
            return self.closed(form.typed)
        if form.files is not None and form.files.act():
            return self.show(found, 422 if form.files.errors else 200)
        if not form.validate():
            return self.show(found, 422)
        if form.question and self.allows(found, action) and "sure" not in request.form:
            return self.ask_again(found, form)
        try:
            form.send(found.id, now())
        except InvalidInput as error:
            form.put(error)
            return self.respond(422)
        except (ActionNotAllowed, Unavailable) as error:
            flash(say(error.message), "warning")
            return self.respond(503 if isinstance(error, Unavailable) else 409)
        flash(_(form.done), "success")
        return redirect(self.address(found))

    def ask_again(self, found: T, form: SenderForm) -> Answer:
        """Ask once more, before a step that cannot be taken back."""
        return render_template(
            "public/sure.html", subject=found, question=_(form.question), back=self.address(found)
        )

    def offered(self, found: T) -> SenderForms[A]:
        """Return the forms of the actions possible now, the one that was sent as it was sent."""
        forms = {
            action: self.sent.get(action) or form(formdata=None)
            for action, form in self.steps.values()
            if self.allows(found, action)
        }
        lost = next((form.typed for a, form in self.sent.items() if a not in forms), "")
        return SenderForms(forms, lost)

    def closed(self, typed: str = "") -> Answer:
        """Answer 404, alike for a subject not opened here and for one that does not exist."""
        flash(_(self.closed_words), "info")
        return track_page(TrackForm(formdata=None), 404, typed)

    def find(self) -> T | None:
        """Return the subject, or ``None`` where this browser has not opened it with its code."""
        try:
            found = self.load()
        except MistypedNumber:
            return None
        return found if found is not None and is_opened(found) else None

    @abstractmethod
    def load(self) -> T | None:
        """Return the subject with the number; raises :class:`MistypedNumber`."""

    @abstractmethod
    def allows(self, found: T, action: A) -> bool:
        """Return whether the sender may take ``action`` now."""

    @abstractmethod
    def show(self, found: T, status: int) -> Answer:
        """Show the page as it is now."""

    @abstractmethod
    def address(self, found: T) -> str:
        """Return the address of the page."""
