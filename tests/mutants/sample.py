"""Which faults can be put into the code, and a random sample of them.

The faults are mutmut's: an argument dropped or made None, a comparison turned, a number or a word
changed. They lie inside undecorated functions of the modules that ``[tool.mutmut]`` names.
"""

import ast
import hashlib
from dataclasses import dataclass
from difflib import SequenceMatcher, unified_diff
from functools import cache
from pathlib import Path

import libcst
from mutmut.mutation.file_mutation import Mutation, create_mutations
from mutmut.utils.file_utils import walk_mutatable_files


def digest(*parts: str) -> str:
    """Return a number of ``parts``, the same in every run, as hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@cache
def source(path: Path) -> str:
    """Return the text of the module ``path``."""
    return path.read_text("utf-8")


@dataclass(frozen=True)
class Mutant:
    """A fault: the module it lies in, the module's text with it, and whether it changes a string."""

    path: Path
    text: str
    wording: bool

    @property
    def key(self) -> str:
        """What the verdict depends on besides the tests: the text of the module and the fault."""
        return digest(str(self.path), source(self.path), self.text)

    @property
    def lines(self) -> set[int]:
        """The lines of the module that the fault changes."""
        before, after = source(self.path).splitlines(), self.text.splitlines()
        return {
            line + 1
            for tag, start, end, _, _ in SequenceMatcher(None, before, after, False).get_opcodes()
            if tag != "equal"
            for line in range(start, max(end, start + 1))
        }

    @property
    def diff(self) -> str:
        """The fault as a diff."""
        before, after = source(self.path).splitlines(), self.text.splitlines()
        name = str(self.path)
        return "\n".join(unified_diff(before, after, name, name, n=2, lineterm=""))

    def statements(self) -> set[int]:
        """Return the lines of the statements that the fault lies in.

        A fault in the head of a function, its default values, counts for the whole function.
        """
        found: set[int] = set()
        for line in self.lines:
            around = [
                node
                for node in ast.walk(ast.parse(source(self.path)))
                if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or 0)
            ]
            inner = max(around, key=lambda node: node.lineno)
            body: list[ast.stmt] = getattr(inner, "body", [])
            whole = not body or isinstance(inner, ast.FunctionDef)
            last = inner.end_lineno if whole else body[0].lineno - 1
            found |= set(range(inner.lineno, (last or line) + 1))
        return found


def _ranked(seed: str, path: Path) -> list[tuple[str, Path, libcst.Module, Mutation]]:
    """Return the faults of ``path``, each with a rank that changes elsewhere leave as it is."""
    module, mutations, *_ = create_mutations(str(path), source(path))
    ranked = []
    for number, mutation in enumerate(mutations):
        function = mutation.contained_by_top_level_function
        if isinstance(function, libcst.FunctionDef):
            faulty = module.code_for_node(mutation.mutated_node)
            rank = digest(seed, str(path), function.name.value, str(number), faulty)
            ranked.append((rank, path, module, mutation))
    return ranked


def sample(seed: str, size: int) -> tuple[list[Mutant], int]:
    """Return ``size`` faults drawn by ``seed`` and how many there are to draw from."""
    every = [one for path in walk_mutatable_files() for one in _ranked(seed, path)]
    drawn = []
    for _, path, module, mutation in sorted(every, key=lambda one: one[0])[:size]:
        changed = module.deep_replace(mutation.original_node, mutation.mutated_node)
        assert isinstance(changed, libcst.Module)
        wording = isinstance(mutation.original_node, libcst.SimpleString)
        drawn.append(Mutant(path, changed.code, wording))
    return drawn, len(every)
