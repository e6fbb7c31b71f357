"""One place says what an action does to a letter: nothing else writes the columns that follow."""

import ast
from collections.abc import Iterator
from dataclasses import fields

from portal.domain.letters.apply import LetterState
from tests.structure.source import Module, modules

WRITERS = (
    "portal/services",
    "portal/tools",
    "portal/cli",
    "portal/web",
    "portal/models",
    "portal/adapters",
    "portal/domain/letters",
)
"""Everything that could write a letter; queries and figures only read."""
WRITTEN_ELSEWHERE = frozenset(
    {
        "kind",  # chosen by whoever writes the letter
        "received_at",  # likewise: the moment of the receipt
        "version",  # replies, proposals and disclosure requests count theirs too
        "organisation_id",  # likewise: where a row of another table belongs
        "assignee_id",  # assigning somebody moves nothing
        "due_on",  # computed from the changed letter, where apply says so
        "deadline_organisation_id",  # likewise: whose rule the due date follows
    }
)
HANDLED = frozenset(each.name for each in fields(LetterState)) - WRITTEN_ELSEWHERE
"""Columns of a letter that follow from an action and from nothing else."""
APPLIED = "portal/domain/letters/apply.py"
ALLOWED = {
    ("portal/services/core/acting.py", "change", "setattr"): "writes what apply says",
    ("portal/services/archive/publication.py", "_enter", "setattr"): "a public entry",
    ("portal/models/base.py", "bind", "setattr"): "the seal of a row",
    ("portal/services/disclosure/requests.py", "take", "state"): "a disclosure request",
    ("portal/services/messages/posting.py", "change_state", "state"): "a message",
    (
        "portal/web/public/letters/own_data.py",
        "_json",
        "state",
    ): "a message, in the copy of a sender",
    ("portal/services/disclosure/requests.py", "extend", "extension_days"): "likewise",
    ("portal/services/office/deadline_rules.py", "_fill", "setattr"): "a deadline rule",
    ("portal/services/audit/sealing.py", "write_head", "setattr"): "the head of the audit chain",
    ("portal/services/letters/handling.py", "_shield", "sent_from_id"): "needs the tree",
    ("portal/services/letters/handling.py", "_shield", "sent_from_before_id"): "likewise",
    ("portal/services/letters/handling.py", "_shield", "placed"): "likewise",
    ("portal/services/office/handing_over.py", "stand_in", "sent_from_id"): "likewise",
    ("portal/services/office/handing_over.py", "stand_in", "sent_from_before_id"): "likewise",
}
"""Where and what else is written, with the reason."""
BUILDERS = frozenset({"Letter", "LetterState", "Trajectory", "cls", "values", "dict", "update"})
"""What takes the columns of a letter by keyword: its classes, statements and dictionaries."""


def written(function: ast.AST) -> Iterator[str]:
    """Yield each of the columns that ``function`` writes, and ``setattr`` where it hides which."""
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield from {node.attr} & HANDLED
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            yield from _strings([node.slice])
        elif isinstance(node, ast.Dict):
            yield from _strings(node.keys)
        elif isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in BUILDERS:
                yield from {keyword.arg for keyword in node.keywords if keyword.arg} & HANDLED
            if name in ("setattr", "__setattr__"):
                yield "setattr"


def _strings(keys: list[ast.expr | None] | list[ast.expr]) -> set[str]:
    return {str(key.value) for key in keys if isinstance(key, ast.Constant)} & HANDLED


def outer(module: Module) -> Iterator[ast.AST]:
    """Yield the functions of a module, methods too, and what stands outside of any."""
    for node in module.tree.body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        # The fields of a class name its columns; they write no letter.
        yield from (each for each in inner if not isinstance(each, ast.AnnAssign))


def test_one_place_says_what_an_action_does() -> None:
    """No assignment, constructor, statement or dictionary but those of ``apply`` names them."""
    found = {
        (module.name, getattr(node, "name", ""), column)
        for module in modules(*WRITERS)
        if module.name != APPLIED
        for node in outer(module)
        for column in written(node)
    }
    assert found == set(ALLOWED)


def test_every_way_to_write_a_column_is_seen() -> None:
    """The search sees attributes, tuples, items, dictionaries, constructors and statements."""
    ways = (
        "letter.state = s",
        "letter.state, x = s, y",
        "letter.hop_count += 1",
        "letter.state: str = s",
        "row['closed_at'] = at",
        "rows = [{'accepted': True}]",
        "Letter(close_reason=code)",
        "sa.update(Letter).values(reopened=True)",
        "setattr(letter, name, value)",
        "for letter.placed in places: pass",
    )
    assert [way for way in ways if len(list(written(ast.parse(way)))) != 1] == []
