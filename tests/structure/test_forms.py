"""Types reach the forms: what a form hands to a service has a type, not ``Any``."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from pathlib import Path

from flask_wtf import FlaskForm
from wtforms.fields.core import UnboundField

import portal.web
from portal.web.core.forms import Form

REFUSING = ("InvalidInput", "required", "optional", "limited")
"""What in the services refuses the value of the field that is its first argument."""
NO_FIELDS = frozenset({"accused", "as_of", "covers", "grants", "rule", "user"})
"""What no form asks for: part of an address, a button in a list, what another page has chosen, rows."""


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


def refusals() -> Iterator[tuple[str, ast.Call]]:
    """Yield every place where a service or the domain finds the value of a field wrong."""
    root = Path(portal.__file__).parent
    for path in (*root.glob("services/**/*.py"), *root.glob("domain/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in REFUSING
                and isinstance(node.args[0], ast.Constant)
            ):
                yield f"{path.relative_to(root)}:{node.lineno}", node


def test_what_services_refuse_is_a_field() -> None:
    """The field that a service names is one of a form, so that its message stands there."""
    known = {
        name
        for form in ours()
        for name, field in vars(form).items()
        if isinstance(field, UnboundField)
    }
    named = {(place, getattr(call.args[0], "value", "")) for place, call in refusals()}
    assert {each for each in named if each[1] not in known | NO_FIELDS} == set()


def test_refusals_say_why() -> None:
    """Every refusal has a message: words of the catalogue, or one computed before."""
    silent = [
        place
        for place, call in refusals()
        if getattr(call.func, "id", "") == "InvalidInput"
        and not (
            isinstance(call.args[1], ast.Name)
            or (isinstance(call.args[1], ast.Call) and _words(call.args[1]))
        )
    ]
    assert silent == []


def _words(call: ast.Call) -> bool:
    """Return whether ``call`` marks a literal, or makes a message of one."""
    inner = call.args[0]
    return isinstance(inner, ast.Name | ast.Call) or (
        isinstance(inner, ast.Constant) and isinstance(inner.value, str)
    )
