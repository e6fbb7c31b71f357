"""The engines that :mod:`tests.bench.bench_search_engines` compares, each over the same terms."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from search_index.analysis import is_han, normalise, runs
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import Document, SearchRequest
from tests.bench.search_data import nothing

HITS = 20
FACETS = ("organisation", "kind", "year", "topic")
KINDS = ("咨询", "投诉", "建议", "求助")


KeyTerms = Callable[[str, str], list[str]]
"""The most telling pairs of a letter with this title and text."""


class Query(NamedTuple):
    """A query as typed, and as words of which each is a list of adjacent pairs."""

    text: str
    words: list[list[str]]


class Engine(Protocol):
    """What each engine does here."""

    def build(self, documents: Iterable[Document]) -> None:
        """Index the documents."""

    def search(self, query: Query) -> tuple[int, int]:
        """Return the total and the number of facet values counted."""

    def similar(self, title: str, text: str, key_terms: KeyTerms) -> int:
        """Return how many similar letters were found; ``key_terms`` gives the most telling pairs."""


def pairs(text: str) -> list[str]:
    """Return the terms of a text in order: pairs of characters, words of letters and digits."""
    found: list[str] = []
    for run in runs(normalise(text)):
        found += cut(run.text)
    return found


def cut(run: str) -> list[str]:
    if not is_han(run) or len(run) == 1:
        return [run]
    return [run[at : at + 2] for at in range(len(run) - 1)]


def facets_of(document: Document) -> tuple[int, int, int, int]:
    """Return the four facet values as numbers."""
    kind = KINDS.index(document.kind)
    topic = int(document.topic[1:])
    return document.organisation_ids[-1], kind, document.answered_on.year, topic


class Embedded:
    """The engine of the project."""

    def __init__(self, folder: str) -> None:
        self.engine = WhooshEngine(Path(folder) / "index")

    def build(self, documents: Iterable[Document]) -> None:
        """Index the documents."""
        self.engine.rebuild(documents, replay=nothing)

    def search(self, query: Query) -> tuple[int, int]:
        """Return the total and the number of facet values counted."""
        page = self.engine.search(SearchRequest(query.text, per_page=HITS))
        return page.total, len(page.facets.organisations)

    def similar(self, title: str, text: str, key_terms: KeyTerms) -> int:
        """Return how many similar letters were found."""
        return len(self.engine.similar(text, HITS, title=title))


class FullText5:
    """SQLite's FTS5 over terms that are set apart by blanks."""

    def __init__(self, folder: str) -> None:
        self.base = sqlite3.connect(Path(folder) / "fts5.db")
        self.base.executescript(
            "pragma journal_mode=off; pragma synchronous=off; pragma cache_size=-400000;"
            "create virtual table f using fts5(title, body, characters, content='');"
            "create table facets (id integer primary key, a int, b int, c int, d int);"
        )

    def build(self, documents: Iterable[Document]) -> None:
        """Index the documents."""
        for each in documents:
            body = each.text + "\n" + each.reply
            row = each.entry_id, *(" ".join(pairs(text)) for text in (each.title, body))
            characters = " ".join(filter(is_han, normalise(each.title + body)))
            self.base.execute(
                "insert into f(rowid, title, body, characters) values (?, ?, ?, ?)",
                (*row, characters),
            )
            self.base.execute(
                "insert into facets values (?, ?, ?, ?, ?)", (each.entry_id, *facets_of(each))
            )
        self.base.execute("insert into f(f) values ('optimize')")
        self.base.commit()

    def search(self, query: Query) -> tuple[int, int]:
        """Return the total and the number of facet values counted."""
        asked = " AND ".join(
            f'characters : "{word[0]}"'
            if len(word[0]) == 1
            else f'{{title body}} : "{" ".join(word)}"'
            for word in query.words
        )
        self.base.execute(
            "select rowid from f where f match ? order by bm25(f, 3, 1, 0) limit ?", (asked, HITS)
        ).fetchall()
        rows = self.base.execute(
            "select a, b, c, d, count(*) from f join facets on facets.id = f.rowid"
            " where f match ? group by a, b, c, d",
            (asked,),
        ).fetchall()
        counts: list[Counter[int]] = [Counter() for _ in FACETS]
        for *values, count in rows:
            for counted, value in zip(counts, values, strict=True):
                counted[value] += count
        return sum(counts[1].values()), len(counts[0])

    def similar(self, title: str, text: str, key_terms: KeyTerms) -> int:
        """Return how many similar letters were found."""
        asked = " OR ".join(f'"{term}"' for term in key_terms(title, text))
        sql = "select rowid from f where f match ? order by bm25(f, 3, 1, 0) limit ?"
        return len(self.base.execute(sql, (asked, HITS)).fetchall())


class Xapian:
    """Xapian with positions, values for facets and a spy for each."""

    def __init__(self, folder: str) -> None:
        self.xapian: Any = import_module("xapian")
        self.path = str(Path(folder) / "xapian")

    def build(self, documents: Iterable[Document]) -> None:
        """Index the documents."""
        base = self.xapian.WritableDatabase(self.path, self.xapian.DB_CREATE_OR_OVERWRITE)
        for each in documents:
            document = self.xapian.Document()
            first = 0
            for text, weight in ((each.title, 3), (each.text, 1), (each.reply, 1)):
                terms = pairs(text)
                for place, term in enumerate(terms, first):
                    document.add_posting(term, place, weight)
                first += len(terms) + 10
                for character in filter(is_han, normalise(text)):
                    document.add_term("X" + character, 1)
            for slot, value in enumerate(facets_of(each)):
                document.add_value(slot, str(value))
            base.add_document(document)
        base.commit()
        base.close()
        self.base = self.xapian.Database(self.path)

    def search(self, query: Query) -> tuple[int, int]:
        """Return the total and the number of facet values counted."""
        x = self.xapian
        parts = [
            x.Query("X" + word[0])
            if len(word) == 1 and len(word[0]) == 1
            else x.Query(x.Query.OP_PHRASE, word, len(word))
            for word in query.words
        ]
        enquire = x.Enquire(self.base)
        enquire.set_query(x.Query(x.Query.OP_AND, parts))
        spies = [x.ValueCountMatchSpy(slot) for slot in range(len(FACETS))]
        for spy in spies:
            enquire.add_matchspy(spy)
        found = enquire.get_mset(0, HITS, self.base.get_doccount())
        counted = [[(each.term, each.termfreq) for each in spy.values()] for spy in spies]
        return found.get_matches_estimated(), len(counted[0])

    def similar(self, title: str, text: str, key_terms: KeyTerms) -> int:
        """Return how many similar letters were found."""
        enquire = self.xapian.Enquire(self.base)
        enquire.set_query(self.xapian.Query(self.xapian.Query.OP_OR, key_terms(title, text)))
        return int(enquire.get_mset(0, HITS).size())


class Tantivy:
    """tantivy with columns for facets."""

    def __init__(self, folder: str) -> None:
        self.tantivy: Any = import_module("tantivy")
        builder = self.tantivy.SchemaBuilder()
        for name in ("title", "body"):
            builder.add_text_field(name, tokenizer_name="whitespace", index_option="position")
        builder.add_text_field("characters", tokenizer_name="whitespace", index_option="freq")
        for name in FACETS:
            builder.add_integer_field(name, fast=True)
        self.schema = builder.build()
        path = Path(folder) / "tantivy"
        path.mkdir()
        self.index = self.tantivy.Index(self.schema, str(path))
        self.facets = {
            name: {"terms": {"field": name, "size": 10_000, "segment_size": 10_000}}
            for name in FACETS
        }

    def build(self, documents: Iterable[Document]) -> None:
        """Index the documents."""
        writer = self.index.writer(heap_size=400_000_000, num_threads=1)
        for each in documents:
            body = each.text + "\n" + each.reply
            texts = {
                "title": " ".join(pairs(each.title)),
                "body": " ".join(pairs(body)),
                "characters": " ".join(filter(is_han, normalise(each.title + body))),
            }
            values = dict(zip(FACETS, facets_of(each), strict=True))
            writer.add_document(self.tantivy.Document(**texts, **values))
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def _phrase(self, field: str, word: list[str]) -> Any:
        if len(word) == 1:
            return self.tantivy.Query.term_query(self.schema, field, word[0])
        return self.tantivy.Query.phrase_query(self.schema, field, word)

    def _word(self, word: list[str]) -> Any:
        if len(word) == 1 and len(word[0]) == 1:
            return self._phrase("characters", word)
        title = self.tantivy.Query.boost_query(self._phrase("title", word), 3.0)
        some = self.tantivy.Occur.Should
        return self.tantivy.Query.boolean_query([(some, title), (some, self._phrase("body", word))])

    def search(self, query: Query) -> tuple[int, int]:
        """Return the total and the number of facet values counted."""
        must = self.tantivy.Occur.Must
        asked = self.tantivy.Query.boolean_query([(must, self._word(w)) for w in query.words])
        found = self.searcher.search(asked, HITS)
        counted = self.searcher.aggregate(asked, self.facets)
        return found.count, len(counted["organisation"]["buckets"])

    def similar(self, title: str, text: str, key_terms: KeyTerms) -> int:
        """Return how many similar letters were found."""
        some = self.tantivy.Occur.Should
        asked = self.tantivy.Query.boolean_query(
            [(some, self._word([term])) for term in key_terms(title, text)]
        )
        return len(self.searcher.search(asked, HITS, count=False).hits)


ENGINES: dict[str, Callable[[str], Engine]] = {
    "embedded": Embedded,
    "FTS5": FullText5,
    "Xapian": Xapian,
    "tantivy": Tantivy,
}
NEEDED = {"Xapian": "xapian", "tantivy": "tantivy"}
