"""How fast and how large the index is: ``python -m tests.bench.bench_search`` (under a minute).

Times depend on the machine, so the figures to compare are the ratios: each is measured side by
side in one run, on the same letters.
"""

import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from whoosh.analysis import StandardAnalyzer

from search_index.analysis import normalise, occurrences
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import Document, SearchRequest, Upsert
from search_index.highlight import fragments, mark
from search_index.results import SearchPage
from tests.bench.search_data import letters, nothing

COUNT = 2_000
REPEATS = 7
QUERIES = ("供暖", "公积金提取", "公交线路", "物业收费", "落户", "路", '"公积金提取"', "有关情况")


BAD_INPUT = {
    "1 MB": "公积金提取" * 70_000,
    "3,000 brackets": "(" * 3_000 + "供暖" + ")" * 3_000,
    "*a*": "*a*",
    "a range": "[a TO z] 日期:[2010 TO 2020]",
    "NULs": "供暖\0" * 50,
    "right to left": "\u202e供暖\u202d" * 50,
    "emoji": "👍🏽" * 100,
    "script": "<script>alert(1)</script>",
    "SQL": "' OR 1=1; DROP TABLE letter; --",
    "200 words": " ".join(f"词{n}" for n in range(200)),
    "100 phrases": " ".join(['"公积金 提取"'] * 100),
    "excluded words alone": "-供暖 " * 50,
}
"""What no reader types, by what it is."""
GOAL_BAD_INPUT, GOAL_MARKING = 100, 2
"""Milliseconds."""


def timed(work: Callable[[], object]) -> float:
    """Return the median milliseconds of ``work`` over some repetitions."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def page(engine: WhooshEngine, documents: dict[int, Document], query: str) -> list[str]:
    """Return what a page of results shows: hits with facets, titles and passages marked."""
    return marked(engine.search(SearchRequest(query)), documents)


def marked(found: SearchPage, documents: dict[int, Document]) -> list[str]:
    """Return title and passages of each hit with what was searched marked."""
    shown = []
    for hit in found.hits:
        document = documents[hit.entry_id]
        shown.append(mark(document.title, found.understood))
        shown.append(fragments(document.text, found.understood, 80))
        shown.append(fragments(document.reply, found.understood, 80))
    return shown


def table(documents: list[Document]) -> sqlite3.Connection:
    """Return a database with the texts, as a search without an index would scan them."""
    connection = sqlite3.connect(":memory:")
    connection.execute("create table letters (title text, letter text, reply text)")
    rows = [(d.title, d.text, d.reply) for d in documents]
    connection.executemany("insert into letters values (?, ?, ?)", rows)
    return connection


def scan(connection: sqlite3.Connection, query: str) -> int:
    """Return the number of letters that contain ``query``, by LIKE."""
    like = f"%{query.strip(chr(34))}%"
    sql = "select count(*) from letters where title like ? or letter like ? or reply like ?"
    return int(connection.execute(sql, (like, like, like)).fetchone()[0])


def main() -> None:
    """Measure and print."""
    say = sys.stdout.write
    name, documents = letters(COUNT)
    text_bytes = sum(len((d.title + d.text + d.reply).encode()) for d in documents)
    with tempfile.TemporaryDirectory() as folder:
        engine = WhooshEngine(Path(folder) / "index")
        start = time.perf_counter()
        engine.rebuild(documents, replay=nothing)
        seconds = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        say(f"{len(documents)} {name}, {text_bytes / 1e6:.1f} MB of text\n")
        say(f"build: {len(documents) / seconds:.0f} letters/s\n")
        say(f"index size: {size / 1e6:.1f} MB, {size / text_bytes:.1f} x the text\n")

        texts = [d.text for d in documents[:200]]
        standard = StandardAnalyzer()
        fast = timed(lambda: occurrences([normalise(text) for text in texts]))
        slow = timed(lambda: [[t.text for t in standard(text)] for text in texts])
        say(f"analysis: {slow / fast:.1f} x the speed of Whoosh's StandardAnalyzer\n")

        connection = table(documents)
        by_id = {d.entry_id: d for d in documents}
        say("query: search with facets, LIKE scan / search, whole page with marks\n")
        for query in QUERIES:
            search = timed(lambda query=query: engine.search(SearchRequest(query)))  # type: ignore[misc]
            like = timed(lambda query=query: scan(connection, query))  # type: ignore[misc]
            whole = timed(lambda query=query: page(engine, by_id, query))  # type: ignore[misc]
            say(f"  {query}: {search:.1f} ms, {like / search:.1f} x, {whole:.1f} ms\n")

        found = engine.search(SearchRequest("物业收费"))
        marking = timed(lambda: marked(found, by_id))
        say(f"marking {len(found.hits)} hits: {marking:.1f} ms; goal {GOAL_MARKING}\n")
        bad = {
            name: timed(lambda text=text: engine.search(SearchRequest(text, suggest=True)))  # type: ignore[misc]
            for name, text in BAD_INPUT.items()
        }
        slowest = max(bad, key=lambda name: bad[name])
        say(f"bad input, {len(bad)} sorts: at most {bad[slowest]:.1f} ms ({slowest}); ")
        say(f"goal {GOAL_BAD_INPUT}\n")

        asked = documents[:: max(1, len(documents) // 100)]
        times = []
        for document in asked:
            start = time.perf_counter()
            engine.similar(document.text, exclude=document.entry_id, title=document.title)
            times.append((time.perf_counter() - start) * 1000)
        ranks = statistics.quantiles(times, n=20)
        say(f"similar letters: p50 {ranks[9]:.1f} ms, p95 {ranks[18]:.1f} ms\n")
        change = timed(lambda: engine.apply([Upsert(documents[0])]))
        say(f"publish one letter, on disk: {change:.0f} ms\n")


if __name__ == "__main__":
    main()
