"""Write what a checkout imports and finds as JSON: ``python -P probe.py NAME EVALUATION``.

Run by ``compare.py`` with the Python and in the folder of the checkout. NAME is ``routes`` or
``search``, EVALUATION the folder of the shared evaluation letters. The places of what is imported are
in ``FACTORIES``, ``INDEX`` and ``ENTRY_NUMBERS``: a checkout that has moved or renamed it is served by
one more name there.
"""

import importlib
import inspect
import json
import pkgutil
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

Record = dict[str, dict[str, str]]
"""Item → name of an answer → the answer as text."""

HITS = 20
"""Ranked documents that are kept of each query."""
FACTORIES = ("portal.app", "portal", "portal.web")
"""Modules that may have the application factory ``create_app``."""
INDEX = "search_index"
"""Package of the full-text index."""
ENTRY_NUMBERS = ("entry_id", "document_id", "id")
"""Attributes of a search hit that may hold the number of its document."""
ARGUMENT = re.compile(r"<(?:(\w+(?:\([^)]*\))?):)?\w+>")
CHOICE = re.compile(r"<any\(([a-z_,-]+)\):[a-z_]+>")
"""An argument of a rule, with its converter."""


def imported(name: str) -> ModuleType:
    """Import a module of the checkout in the current folder; raise ImportError for another one."""
    module = importlib.import_module(name)
    if not Path(str(module.__file__)).is_relative_to(Path.cwd()):
        raise ImportError(f"{name} is {module.__file__}: .venv was made for another checkout")
    return module


def application_factory() -> Callable[[], Any]:
    """Return the function that makes the Flask application from the environment."""
    for name in FACTORIES:
        try:
            found: Callable[[], Any] | None = getattr(imported(name), "create_app", None)
        except ModuleNotFoundError:
            continue
        if found is not None:
            return found
    raise LookupError("no create_app in " + ", ".join(FACTORIES))


def in_index(name: str, fits: Callable[[Any], bool] = lambda found: True) -> Any:
    """Return what the index package has under ``name``; None where nothing fits."""
    package = imported(INDEX)
    modules = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
    for module in (package, *(importlib.import_module(each.name) for each in modules)):
        found = getattr(module, name, None)
        if found is not None and fits(found):
            return found
    return None


def open_engine(folder: Path) -> Any:
    """Return the full-text engine of the checkout in an empty folder."""
    opener = in_index("open_index", lambda f: "SearchEngine" in str(inspect.signature(f)))
    opener = opener or in_index("WhooshEngine")
    if opener is None:
        raise LookupError(f"neither open_index nor WhooshEngine in {INDEX}")
    return opener(folder)


@contextmanager
def built(texts: Iterable[tuple[str, str, str]]) -> Iterator[Any]:
    """Give an engine over rows of title, letter and reply, numbered from 1."""
    document, day = in_index("Document"), date(2019, 1, 1)
    documents = (document(n, 1, *row, "咨询", (1,), day) for n, row in enumerate(texts, start=1))
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(Path(folder) / "index")
        parameters = inspect.signature(engine.rebuild).parameters.values()
        replay = next((p.name for p in parameters if p.kind is p.KEYWORD_ONLY), "replay")
        engine.rebuild(documents, **{replay: lambda _: ()})
        yield engine


def ranked(hits: Iterable[Any], rows: list[dict[str, Any]]) -> list[str]:
    """Return a line for each hit: id of the evaluation letter, score, shared words."""
    lines = []
    for hit in hits:
        number = next(getattr(hit, name) for name in ENTRY_NUMBERS if hasattr(hit, name))
        shared = " ".join(getattr(hit, "shared_terms", ()))
        lines.append(f"{rows[number - 1]['id']} {hit.score:.6f} {shared}".rstrip())
    return lines


def spelled_out(rule: str) -> list[str]:
    """Return ``rule`` for each of the words that it lets a part choose from."""
    choice = CHOICE.search(rule)
    if choice is None:
        return [rule]
    words = choice[1].split(",")
    return [each for word in words for each in spelled_out(rule.replace(choice[0], word, 1))]


def routes_of_checkout() -> Record:
    """Return the methods of each rule of the application, with converters for its arguments."""
    rules: dict[str, set[str]] = {}
    for rule in application_factory()().url_map.iter_rules():
        for written in spelled_out(rule.rule):
            address = ARGUMENT.sub(lambda found: f"<{found[1] or 'string'}>", written)
            rules.setdefault(address, set()).update(rule.methods or ())
    return {"routes": {rule: " ".join(sorted(methods)) for rule, methods in rules.items()}}


def searches_of_checkout(evaluation: Path) -> Record:
    """Return the ranked letters for every query of the evaluation."""

    def rows(name: str) -> list[dict[str, Any]]:
        text = (evaluation / f"{name}.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    request = in_index("SearchRequest")
    documents, queries = rows("knownitem_documents"), rows("knownitem_queries")
    found: Record = {}
    for field in ("reply_stripped", "content"):
        with built(("", row[field] or "", "") for row in documents) as engine:
            for match in ("any", "all"):
                item = found.setdefault(f"search known items, {field}, {match} words", {})
                for query in queries:
                    page = engine.search(request(query["query"], match=match, per_page=HITS))
                    head = f"{page.total} found for {' '.join(page.understood)}"
                    item[query["qid"]] = "\n".join([head, *ranked(page.hits, documents)])
    corpus = rows("similar_corpus")
    numbers = {row["id"]: number for number, row in enumerate(corpus, start=1)}
    item = found.setdefault("search similar letters", {})
    with built((row["title"], row["content"], "") for row in corpus) as engine:
        for query in rows("similar_queries"):
            itself = numbers.get(query["letter_id"])
            hits = engine.similar(query["content"], HITS, itself, query["title"])
            item[query["qid"]] = "\n".join(ranked(hits, corpus))
    return found


def main(name: str, evaluation: Path) -> None:
    """Write the record ``name`` to the standard output."""
    found = searches_of_checkout(evaluation) if name == "search" else routes_of_checkout()
    sys.stdout.write(json.dumps(found, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
