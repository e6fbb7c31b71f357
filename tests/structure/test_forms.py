"""Types reach the forms: what a form hands to a service has a type, not ``Any``."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator

from flask_wtf import FlaskForm
from wtforms.fields.core import UnboundField

import portal.web
from portal.web.core.forms import Form


def forms(base: type[FlaskForm]) -> Iterator[type[FlaskForm]]:
    """Yield every form below ``base``, those of the libraries included."""
    for each in base.__subclasses__():
        yield each
        yield from forms(each)


def ours() -> set[type[FlaskForm]]:
    """Return every form of the portal."""
    for module in pkgutil.walk_packages(portal.web.__path__, "portal.web."):
        importlib.import_module(module.name)
    found = {form for form in forms(FlaskForm) if form.__module__.startswith("portal.")}
    assert len(found) > 40
    return found


def test_every_form_has_the_one_base() -> None:
    """What a service finds wrong is put to its field in one place."""
    assert {form for form in ours() if not issubclass(form, Form)} == set()


def test_every_field_has_a_typed_value() -> None:
    """Every field is of a class of ours that says what ``data`` is."""
    untyped = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in ours()
        for name, field in vars(form).items()
        if isinstance(field, UnboundField)
        and not any(
            "data" in vars(each).get("__annotations__", {}) for each in field.field_class.__mro__
        )
    ]
    assert sorted(untyped) == []


def test_forms_say_any_of_nothing() -> None:
    """No form uses ``Any``, through which what was typed could lose its type."""
    found = [
        f"{form.__module__}.{form.__name__}"
        for form in ours()
        if "Any"
        in {
            node.id
            for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(form))))
            if isinstance(node, ast.Name)
        }
    ]
    assert found == []
