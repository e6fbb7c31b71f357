"""Forms about something that others may change meanwhile: they carry the version looked at."""

from __future__ import annotations

from typing import Generic, TypeVar

from wtforms import Field, StringField

from portal.domain.translatable import Labelled
from portal.models import DisclosureRequest, Letter
from portal.services.core.typed_text import REASON_MAX
from portal.web.core.fields import LineField, TextField, VersionField
from portal.web.core.forms import Form

S = TypeVar("S", bound=Letter | DisclosureRequest)
A = TypeVar("A", bound=Labelled)


def reason_field(
    words: object, required: object = None, most: int = REASON_MAX, rows: int = 3
) -> TextField:
    """Return a text of up to ``most`` characters; ``required`` is the message where it is empty."""
    return TextField(words, required, most, render_kw={"rows": rows})


class NamedForm(Form):
    """A form among others on its page: every id carries the name of its form."""

    def __init__(self, slug: str, **given: object) -> None:
        """Read what was sent, or with ``formdata=None`` begin an empty form."""
        super().__init__(**given)
        self.slug = slug
        for each in self:
            each.id = f"{slug}-{each.short_name}"
            each.label.field_id = each.id
            each.flags.optional = isinstance(each, LineField) and not each.flags.required

    @property
    def begun(self) -> bool:
        """Whether the page opens the form, because its address has filled in a part of it."""
        return False

    @property
    def shown(self) -> list[Field]:
        """The fields that a person fills in."""
        return [each for each in self if getattr(each.widget, "input_type", "") != "hidden"]

    @property
    def seen(self) -> int:
        """The version that the page showed; -1 where a form has none."""
        return -1

    def freshen(self) -> None:
        """Carry the present version, so that the form can be sent again."""

    def typed(self) -> list[tuple[str, str]]:
        """Return the input by label, for copying where the form is no longer possible."""
        texts = [each for each in self.shown if isinstance(each, StringField) and each.data]
        return [(str(each.label.text), str(each.data)) for each in texts]


class VersionedForm(NamedForm, Generic[S, A]):
    """A form that sends the version of its subject that the page showed."""

    version = VersionField()

    def __init__(self, slug: str, subject: S, action: A, **given: object) -> None:
        """Read what was sent, or with ``formdata=None`` begin an empty form about ``subject``."""
        super().__init__(slug, **given)
        self.subject, self.action = subject, action
        self.bound = "formdata" not in given and self.is_submitted()
        if not self.bound:
            self.version.data = subject.version
        self.prepare()

    @property
    def address(self) -> str:
        """The address that the form is sent to."""
        raise NotImplementedError

    def given(self) -> tuple[object, ...]:
        """Return what the service takes between the version and the actor."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Fill in the parts that depend on the subject of the form."""

    def freshen(self) -> None:
        """Carry the present version, so that the form can be sent again."""
        self.version.carry(self.subject.version)

    @property
    def seen(self) -> int:
        """The version that the page showed; a missing or forged one fits none."""
        return self.version.seen
