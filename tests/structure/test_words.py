"""The words of the code: one dialect and one mood in docstrings, no metaphors anywhere."""

import ast
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from tests.structure.source import PACKAGES, Module, modules

_VERBS = """
Accept Add Allow Answer Appeal Append Apply Ask Assign Begin Bind Bring Build Carry Change Check Choose
Clear Close Collect Compare Complete Compute Convert Copy Correct Count Create Cut Decide Decline Decrypt
Delete Derive Describe Disable Dispatch Do Draft Draw Drop Embed Enable Encrypt End Enter Erase Explain Extend
File Fill Find Fold Follow Force Forget Format Free Generate Give Go Grant Group Hand Hash Have Hide
Hold Ignore Import Insert Invent Invite Join Keep Lead Leave List Load Lock Look Make Map Mark
Mask Measure Merge Migrate Move Name Narrow Normalise Note Number Offer Open Order Parse Pass
Place Post Prepare Print Propose Publish Put Raise Rank Rate Read Rebuild Recompute Record Redirect
Redo Refresh Refuse Register Release Remember Remove Rename Render Replace Request Require Reset
Resolve Resume Return Reveal Revoke Rewrite Round Route Rule Run Save Schedule Seal Search Select Send Serve Set
Settle Show Sign Skip Sort Split Spread Start State Stop Store Submit Sum Supervise Supplement
Take Transfer Turn Unlock Unpublish Update Urge Use Validate Wait Withdraw Work Write Yield
"""
VERBS = frozenset(_VERBS.split())
"""Verbs with which the docstring of a function may begin; another good one is added here."""

_NOUNS = """
Answers Counts Drafts Files Lists Measures Names Numbers Orders Rates Reads Records Requests Rules
States
"""
THIRD_PERSON = frozenset(
    form
    for verb in VERBS
    for form in (verb + "s", verb + "es", verb[:-1] + "ies")
    if form not in _NOUNS.split()
)
"""Forms with which no docstring begins; the exceptions are nouns as well."""

METAPHORS = (
    r"anew",
    r"avoided letters?",
    r"clerks?",
    r"closeness",
    r"doors?",
    r"fates?",
    r"houses?(?! number)",
    r"own account|the own",
    r"puts? by",
    r"retell\w*",
    r"shel(?:f|ves)",
    r"tells?|tellers?|told",
    r"usher\w*",
    r"wish(?:es)?",
    r"yearbooks?",
)
"""Words that the code does not use, as patterns of whole words."""
FORBIDDEN = re.compile(rf"\b(?:{'|'.join(METAPHORS)})\b", re.IGNORECASE)
USUAL_IN_TESTS = (r"own account|the own", r"tells?|tellers?|told")
"""Those of :data:`METAPHORS` that tests use: of the page "my account", of what a page tells people."""
_OTHERS = [*(each for each in METAPHORS if each not in USUAL_IN_TESTS), "the own"]
FORBIDDEN_IN_TESTS = re.compile(rf"\b(?:{'|'.join(_OTHERS)})\b", re.IGNORECASE)
_IN_NAMES = """
anew avoid avoided clerk clerks closeness fate fates house houses retell retelling shelf spare
teller told usher wish wishes yearbook
"""
IN_NAMES = frozenset(_IN_NAMES.split())
"""Words that are no part of a name."""
IN_NAMES_OF_TESTS = IN_NAMES - {"told", "teller"}

MARKUP = re.compile(r":[a-z]+:`[^`]+`|``[^`]+``")
"""A role such as ``:class:`` with what it refers to, or code in double backticks."""
OTHER_DIALECTS = re.compile(
    r"`|^\s*(?:Args|Arguments|Parameters|Returns|Raises|Yields):\s*$|"
    r"^\s*:(?:param|returns?|raises|type|rtype)\b|@(?:param|return)\b|\*\*\w|^\s*\|.*\|\s*$|\]\(http",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Docstring:
    """A docstring with the place and the kind of what it describes."""

    place: str
    kind: str
    text: str


def held() -> list[Module]:
    """Return the modules that are held to the words."""
    found = list(modules(*PACKAGES))
    assert found
    return found


def of_tests() -> list[Module]:
    """Return the modules of the tests; the list of the words itself is none of them."""
    found = [module for module in modules("tests") if module.path != Path(__file__)]
    assert found
    return found


def docstrings(among: Iterable[Module] = ()) -> Iterator[Docstring]:
    """Yield every docstring of the modules ``among``, or of those that are held to the words."""
    for module in among or held():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
                text = ast.get_docstring(node)
                if text:
                    line = getattr(node, "lineno", 1)
                    name = getattr(node, "name", "")
                    yield Docstring(f"{module.name}:{line} {name}".strip(), _kind(node), text)


def _kind(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> str:
    if not isinstance(node, ast.FunctionDef):
        return "thing"
    decorators = {ast.unparse(each).partition("(")[0] for each in node.decorator_list}
    things = ("property", "cached_property", "hybrid_property", "click.group")
    return "thing" if any(each.endswith(things) for each in decorators) else "action"


def beginning(text: str) -> str:
    """Return the first word of ``text``, with backticks where it has them."""
    return re.split(r"[\s,.;:]", text, maxsplit=1)[0]


def test_docstrings_begin_with_a_sentence() -> None:
    """The first line of a docstring is a sentence and ends with a full stop."""
    found = [each.place for each in docstrings() if not each.text.splitlines()[0].endswith(".")]
    assert found == []


def test_functions_are_described_in_the_imperative() -> None:
    """The docstring of a function begins with one of :data:`VERBS`."""
    found = [
        f"{each.place}: {beginning(each.text)}"
        for each in docstrings()
        if each.kind == "action" and beginning(each.text) not in VERBS
    ]
    assert found == []


def test_things_are_described_by_what_they_are() -> None:
    """The docstring of a class, a module or a property is a noun phrase, no sentence of a deed."""
    found = [
        f"{each.place}: {beginning(each.text)}"
        for each in docstrings()
        if each.kind == "thing" and beginning(each.text) in THIRD_PERSON | {"Return", "Get"}
    ]
    assert found == []


def test_docstrings_speak_one_dialect() -> None:
    """Code stands in double backticks, references in roles; there is no other markup."""
    found = [each.place for each in docstrings() if in_another_dialect(each.text)]
    assert found == []


def in_another_dialect(text: str) -> bool:
    """Return whether ``text`` has markup beside roles and double backticks."""
    return OTHER_DIALECTS.search(MARKUP.sub("", text)) is not None


def test_docstrings_use_no_metaphors() -> None:
    """No docstring uses a word of :data:`METAPHORS`."""
    found = [
        f"{each.place}: {match.group()}"
        for each in docstrings()
        for match in FORBIDDEN.finditer(each.text)
    ]
    assert found == []


def test_comments_use_no_metaphors() -> None:
    """No comment, and no text below a constant, uses a word of :data:`METAPHORS`."""
    found = [
        f"{module.name}:{line}: {match.group()}"
        for module in held()
        for line, text in remarks(module)
        for match in FORBIDDEN.finditer(text)
    ]
    assert found == []


def remarks(module: Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of the comments and of the texts that stand below constants."""
    with module.path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string
    for node in ast.walk(module.tree):
        body = node.body if isinstance(node, ast.Module | ast.ClassDef) else []
        for before, after in pairwise(body):
            if isinstance(before, ast.Assign | ast.AnnAssign) and isinstance(after, ast.Expr):
                value = after.value
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield after.lineno, value.value


def test_names_use_no_metaphors() -> None:
    """No module, function, class, argument, attribute or variable has a metaphor in its name."""
    found = {
        f"{module.name}:{line} {name}"
        for module in held()
        for line, name in names(module)
        if IN_NAMES & set(words(name))
    }
    assert found == set()


def test_tests_use_no_metaphors() -> None:
    """Tests keep to the same words, in docstrings, comments and names."""
    found = [
        f"{each.place}: {match.group()}"
        for each in docstrings(of_tests())
        for match in FORBIDDEN_IN_TESTS.finditer(each.text)
    ]
    for module in of_tests():
        found += [
            f"{module.name}:{line}: {match.group()}"
            for line, text in remarks(module)
            for match in FORBIDDEN_IN_TESTS.finditer(text)
        ]
        found += [
            f"{module.name}:{line} {name}"
            for line, name in names(module)
            if IN_NAMES_OF_TESTS & set(words(name))
        ]
    assert found == []


def names(module: Module) -> Iterator[tuple[int, str]]:
    """Yield line and text of the names that a module defines, its own name included."""
    yield 1, module.path.stem
    for node in ast.walk(module.tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def words(name: str) -> list[str]:
    """Return the words of an identifier in lower case."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().split("_")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Return the ``id`` of :class:`Letter`.", False),
        ("Return the `id` of a letter.", True),
        ("Return it.\n\nArgs:\n    a: b", True),
        ("Return **all** of it.", True),
    ],
)
def test_the_dialect_is_recognised(text: str, wrong: bool) -> None:
    """Single backticks and the markup of other tools are seen, roles are not taken for them."""
    assert in_another_dialect(text) is wrong


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("ArchiveWish", ["archive", "wish"]), ("_told_again", ["", "told", "again"])],
)
def test_names_are_cut_into_words(name: str, wanted: list[str]) -> None:
    """A name is read word by word, in either spelling."""
    assert words(name) == wanted
