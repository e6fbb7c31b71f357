"""Reading the project's own source: modules, views and what they import."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("portal", "search_index")


@dataclass(frozen=True)
class Module:
    """A source file with its syntax tree."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """Path from the top of the project."""
        return str(self.path.relative_to(ROOT))

    def functions(self) -> list[ast.FunctionDef]:
        """Return every function of the module, methods and inner ones included."""
        return [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]


def modules(*folders: str) -> list[Module]:
    """Return the modules below ``folders``, migrations left out."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [_module(path) for path in paths if "migrations" not in path.parts]


@cache
def _module(path: Path) -> Module:
    return Module(path, ast.parse(path.read_text("utf-8")))


def length(function: ast.FunctionDef) -> int:
    """Return the lines of a function's body, its docstring left out."""
    first = function.body[0]
    said = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    body = function.body[1:] if said and len(function.body) > 1 else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def views() -> dict[str, int]:
    """Return the length of every view: functions decorated with a route."""
    found = {}
    for module in modules("portal/web"):
        for function in module.functions():
            names = {
                decorator.func.attr
                for decorator in function.decorator_list
                if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
            }
            if names & {"route", "get", "post"}:
                found[f"{module.name}:{function.name}"] = length(function)
    return found


def calls(module: Module, *names: str) -> list[str]:
    """Return where the methods ``names`` are called in ``module``."""
    return [
        f"{module.name}:{node.lineno}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in names
    ]


def tracked_files() -> list[Path]:
    """Return the text files that belong to the project (all of them where there is no git)."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout.split("\0")
        paths = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        kept = ("portal", "search_index", "templates", "tests", "docs")
        paths = [p for folder in kept for p in (ROOT / folder).rglob("*")]
        paths += list(ROOT.glob("*.*"))
    return [p for p in paths if p.is_file() and p.suffix not in (".png", ".mo", ".pyc", ".woff2")]
