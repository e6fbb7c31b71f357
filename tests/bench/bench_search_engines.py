"""The embedded engine beside FTS5, Xapian and tantivy: ``python -m tests.bench.bench_search_engines [--simulated] [COUNT ...]``.

Every engine gets the same letters, cut into the same pairs of characters, and answers the same
queries: the 20 best hits, the exact total and the counts of four facets. The letters are made of real
sentences, or those of a simulated year. Each engine runs in a process of its own. Times are processor milliseconds; what to compare are the ratios within one run. Engines
that are not installed are named and left out: ``pip install tantivy``; Xapian is Debian's
``python3-xapian``, whose folder ``XAPIAN_PATH`` may name.
"""

import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from importlib.util import find_spec
from math import log
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from search_index.analysis import is_han, normalise, runs
from search_index.query import parse, ranking_terms
from tests.bench.search_data import Grown, Simulated
from tests.bench.search_engines import ENGINES, NEEDED, Engine, KeyTerms, Query, cut, pairs

COUNT = 2_000
QUERIES = 100
LETTERS = 60
KEY_TERMS = 25
DEBIAN = "/usr/lib/python3/dist-packages"


def queries(source: Grown | Simulated) -> dict[str, list[Query]]:
    """Return the queries of each class, drawn from the letters themselves."""
    chance = random.Random(7)
    words: Counter[str] = Counter()
    titles = source.titles()
    for title in titles:
        words.update(parse(title).terms)
    han = [w for w, count in words.items() if count > 2 and len(w) > 1 and is_han(w)]
    common = Counter(char for title in titles for char in title if is_han(char))
    frequent = [char for char, _ in common.most_common(300)]
    texts = {
        "one word": [chance.choice(han) for _ in range(QUERIES)],
        "two words": [],
        "phrase": [],
        "one character": [chance.choice(frequent) for _ in range(QUERIES)],
    }
    phrases: list[str] = []
    while len(phrases) < QUERIES:
        terms = [w for w in parse(chance.choice(titles)).terms if len(w) > 1 and is_han(w)]
        if len(terms) < 2:
            continue
        texts["two words"].append(" ".join(chance.sample(terms, 2)))
        run = max((r.text for r in runs(normalise(chance.choice(titles)))), key=len)
        phrases.append(run[:6] if is_han(run) else terms[0])
    made = {
        name: [Query(text, [cut(word) for word in text.split()]) for text in each]
        for name, each in texts.items()
        if each
    }
    made["phrase"] = [Query(f'"{phrase}"', [cut(phrase)]) for phrase in phrases]
    return made


def telling_terms(source: Grown | Simulated) -> KeyTerms:
    """Return what gives the most telling pairs of a letter to engines that search by words alone."""
    known: Counter[str] = Counter()
    sample = list(source.documents(2_000))
    for document in sample:
        known.update(set(pairs(document.title + document.text + document.reply)))

    def key_terms(title: str, text: str) -> list[str]:
        counts = {term: 6 * n for term, n in ranking_terms(normalise(title)).items()}
        for term, count in ranking_terms(normalise(text)).items():
            counts[term] = counts.get(term, 0) + count
        weight = {t: log(1 + n) * log(1 + len(sample) / (1 + known[t])) for t, n in counts.items()}
        return sorted(weight, key=lambda term: -weight[term])[:KEY_TERMS]

    return key_terms


def measure(name: str, count: int, simulated: bool) -> dict[str, Any]:
    """Build the engine ``name`` over ``count`` letters and return its figures."""
    if name == "Xapian":
        sys.path.append(os.environ.get("XAPIAN_PATH", DEBIAN))
    source = Simulated() if simulated else Grown()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        engine: Engine = ENGINES[name](folder)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        start, work = time.perf_counter(), time.process_time()
        engine.build(source.documents(count))
        figures["seconds"] = time.perf_counter() - start
        figures["processor"] = time.process_time() - work
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        figures["memory"] = (after / 1024, before / 1024)
        figures["bytes"] = sum(p.stat().st_size for p in Path(folder).rglob("*") if p.is_file())
        for label, asked in queries(source).items():
            figures[label] = [_timed(engine.search, query) for query in asked]
        letters = list(source.documents(LETTERS, seed=99))
        key_terms = telling_terms(source)
        for letter in letters:
            engine.similar(letter.title, letter.text, key_terms)
        figures["similar"] = [
            _timed(engine.similar, letter.title, letter.text, key_terms) for letter in letters
        ]
    return figures


def _timed(work: Any, *arguments: Any) -> tuple[float, Any]:
    """Return the processor milliseconds of a call, asked once as a reader does, and what it returned."""
    start = time.process_time()
    result = work(*arguments)
    return (time.process_time() - start) * 1000, result


def _summary(values: list[tuple[float, Any]]) -> tuple[float, float]:
    times = [time for time, _ in values]
    return statistics.median(times), statistics.quantiles(times, n=20)[18]


def table(count: int, *, simulated: bool = False) -> dict[str, dict[str, Any]]:
    """Measure all engines over ``count`` letters, print the table and return the figures."""
    say = sys.stdout.write
    sys.path.append(os.environ.get("XAPIAN_PATH", DEBIAN))
    missing = [name for name, module in NEEDED.items() if find_spec(module) is None]
    names = [name for name in ENGINES if name not in missing]
    found = {}
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for name in names:
            found[name] = pool.apply(measure, (name, count, simulated))
    say(f"{count} letters; not installed: {', '.join(missing) or 'none'}\n")
    say("| | " + " | ".join(names) + " |\n|---|" + "---|" * len(names) + "\n")
    for label in ("one word", "two words", "phrase", "one character", "similar"):
        cells = ["{:.1f} / {:.1f}".format(*_summary(found[name][label])) for name in names]
        say(f"| {label}, ms p50 / p95 | {' | '.join(cells)} |\n")
    figures = [found[name] for name in names]
    rows = {
        "letters/s built": [f"{count / each['seconds']:.0f}" for each in figures],
        "memory at its peak, MB (before the build)": [
            "{:.0f} ({:.0f})".format(*each["memory"]) for each in figures
        ],
        "kB a letter": [f"{each['bytes'] / count / 1000:.1f}" for each in figures],
        "hits of one word, mean": [
            f"{statistics.mean(total for _, (total, _) in each['one word']):.0f}"
            for each in figures
        ],
    }
    for label, cells in rows.items():
        say(f"| {label} | {' | '.join(cells)} |\n")
    return found


def main() -> None:
    """Measure and print; with two counts also the exponents of growth."""
    simulated = "--simulated" in sys.argv
    counts = [int(each) for each in sys.argv[1:] if each != "--simulated"] or [COUNT]
    tables = [table(count, simulated=simulated) for count in counts]
    for (first, second), (small, large) in zip(
        zip(counts, counts[1:], strict=False), zip(tables, tables[1:], strict=False), strict=True
    ):
        for name in large:
            growth = {
                label: log(_summary(large[name][label])[0] / _summary(small[name][label])[0])
                / log(second / first)
                for label in ("one word", "two words", "phrase", "one character", "similar")
            }
            shown = ", ".join(f"{label} {value:.2f}" for label, value in growth.items())
            sys.stdout.write(f"{name}, exponents from {first} to {second}: {shown}\n")


if __name__ == "__main__":
    main()
