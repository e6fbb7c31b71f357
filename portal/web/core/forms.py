"""The base of all forms, which shows the errors of services at their fields."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from wtforms import Field

from portal.domain.errors import InvalidInput
from portal.web.core.language import say

if TYPE_CHECKING:

    class FlaskForm:
        """The used part of Flask-WTF's form, whose package carries no types."""

        _fields: dict[str, Field]
        errors: Mapping[str, list[str]]
        form_errors: list[str]

        def __init__(self, formdata: object = ..., **given: object) -> None: ...
        def __iter__(self) -> Iterator[Field]: ...
        def __contains__(self, name: str) -> bool: ...
        def __getitem__(self, name: str) -> Field: ...
        def is_submitted(self) -> bool: ...
        def validate(self) -> bool: ...
        def validate_on_submit(self) -> bool: ...

else:
    from flask_wtf import FlaskForm


class Form(FlaskForm):
    """A form that is sent; its fields stand in the order of the page, and so do their errors."""

    fallback: ClassVar[str] = ""
    """The field that shows errors of fields which the form does not have."""

    def put(self, error: InvalidInput) -> None:
        """Show an error of a service at its field, or above the form where there is none."""
        field = self._fields.get(error.field) or self._fields.get(self.fallback)
        if field is None:
            self.form_errors.append(say(error.message))
        else:
            field.errors = [*field.errors, say(error.message)]

    @contextmanager
    def errors_shown(self) -> Iterator[None]:
        """Show an error of the service called inside at its field, and go on behind the block."""
        try:
            yield
        except InvalidInput as error:
            self.put(error)


class FilterForm(Form):
    """The filters of a list, read from the address; values that are not understood are left out."""

    class Meta:
        """Reading needs no token."""

        csrf = False
