"""docs/look.md lists the style sheets, components and data attributes that there are."""

import re

import pytest

from tests.structure.documents.reading import code_words, document, table
from tests.structure.source import ROOT

LOOK = "docs/look.md"
COMPONENTS = ROOT / "templates" / "components"
STATIC = ROOT / "portal" / "static"
SET_BY_SCRIPTS = {"data-improved", "data-confirmed"}
_MACRO = re.compile(r"{%-? macro (\w+)\((.*?)\)\s*-?%}", re.DOTALL)
_IMPORT = re.compile(r'{%-? from "components/([\w.]+)" import (.*?)\s*(?:with context\s*)?-?%}')
_CALL = re.compile(r"^(\w+)\((.*)\)$")


def documented_macros(component: str) -> dict[str, set[str]]:
    """Return the macros of a component in the document, with the arguments that it names."""
    rows = table(LOOK, "Import").rows
    words = [word for name, said in rows if name == f"`{component}`" for word in code_words(said)]
    calls = [call for word in words if (call := _CALL.match(word))]
    return {call[1]: set(re.findall(r"\w+", call[2])) for call in calls}


def macros(component: str) -> dict[str, set[str]]:
    """Return the macros of a component with the names of their arguments."""
    text = (COMPONENTS / component).read_text("utf-8")
    return {
        name: set(re.findall(r"(\w+)(?=\s*(?:[,=]|$))", arguments))
        for name, arguments in _MACRO.findall(text)
    }


def attributes_of_pages() -> set[str]:
    """Return the data attributes that templates set."""
    texts = [path.read_text("utf-8") for path in (ROOT / "templates").rglob("*.html")]
    # A field of a form is given its attributes as arguments: data_max becomes data-max.
    found = [
        name for text in texts for name in re.findall(r"[\s(](data[-_][a-z-]+)(?=[\s=>{])", text)
    ]
    return {name.replace("_", "-") for name in found}


def attributes_read() -> set[str]:
    """Return the data attributes that scripts and style sheets look for."""
    found: set[str] = set()
    for path in [*(STATIC / "js").glob("*.js"), *(STATIC / "css").glob("*.css")]:
        text = re.sub(r"^\s*//.*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
        found.update(re.findall(r"\[(data-[a-z-]+)", text))
        kept = "words|" if "const words = field.dataset" in text else ""
        for name in re.findall(rf"\b(?:{kept}dataset)\.(\w+)", text):
            found.add("data-" + re.sub("([A-Z])", r"-\1", name).lower())
    return found


def test_every_style_sheet_is_listed() -> None:
    """The list of style sheets is that of the folder."""
    listed = [name for name in table(LOOK, "File").words() if name.endswith(".css")]
    assert sorted(listed) == sorted(path.name for path in (STATIC / "css").iterdir())


def test_every_component_is_listed() -> None:
    """The list of components is that of the folder."""
    listed = table(LOOK, "Import").words()
    assert sorted(listed) == sorted(path.name for path in COMPONENTS.iterdir())


@pytest.mark.parametrize("component", table(LOOK, "Import").words())
def test_listed_macros_exist(component: str) -> None:
    """A macro in the list is in its file and takes the arguments that the list names."""
    known = macros(component)
    listed = documented_macros(component)
    assert listed
    assert [name for name in listed if name not in known] == []
    assert {name: more for name, said in listed.items() if (more := said - known[name])} == {}


def test_every_shared_macro_is_listed() -> None:
    """A macro that a page imports is in the list; those for other components alone need not be."""
    pages = [path for path in (ROOT / "templates").rglob("*.html") if path.parent != COMPONENTS]
    imported = {
        (component, name.split(" as ")[0].strip())
        for path in pages
        for component, names in _IMPORT.findall(path.read_text("utf-8"))
        for name in names.split(",")
    }
    assert imported
    missing = [f"{c}: {name}" for c, name in imported if name not in documented_macros(c)]
    assert not missing, "\n".join(sorted(missing))


def test_every_data_attribute_is_listed() -> None:
    """The data attributes of the document are those that templates set or scripts set."""
    said = set(re.findall(r"data-[a-z]+(?:-[a-z]+)*", document(LOOK)))
    assert said - attributes_of_pages() - SET_BY_SCRIPTS == set()
    assert attributes_of_pages() - said == set()


def test_every_data_attribute_is_read() -> None:
    """An attribute that a template sets is read by a script or a style sheet, and the reverse."""
    assert attributes_of_pages() - attributes_read() == set()
    assert attributes_read() - attributes_of_pages() - SET_BY_SCRIPTS == set()
