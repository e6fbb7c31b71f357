"""How good search and similar letters are: ``python -m tests.bench.bench_search_relevance``.

Needs the shared evaluation letters. Where the extra semantic is installed the figures are printed with
it as well; the vectors take some minutes once. Baselines stand beside each figure: BM25 on bigrams for known
items; BM25 on bigrams, TF-IDF cosine on words and a rank fusion of three for similar letters.
"""

import csv
import runpy
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from portal.adapters.embedding import QUERY_MOST, Vectors
from portal.domain.archive.similarity import is_similar, telling_words
from portal.queries.archive.meaning import MEAN_OF, cosines
from portal.queries.archive.similar import SIMILAR_MOST
from portal.queries.synonyms import shipped_words
from portal.services.archive.meaning import LETTER_MOST, REPLY_MOST
from search_index.answers import answering, is_certain
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import Document, Nearness, SearchRequest
from tests.bench.search_data import DATA, evaluation, nothing
from tests.bench.vectors import KeptVectors, kept_vectors

DAY = date(2019, 1, 1)
KNOWN_ITEM_BASELINES = {"reply_stripped": (".557", ".722"), "content": (".842", ".938")}
GOALS = {"reply_stripped": ".60 / .76", "content": ".865", "similar": ".725 / .93"}
GOALS_BY_MEANING = {"reply_stripped": ".65", "content": ".865", "similar": ".735 / .94"}
EMBEDDED = {"reply_stripped": REPLY_MOST, "content": LETTER_MOST}
FRAMES = (
    "{}应该怎么办",
    "请问{}什么时候能解决",
    "{}应该找谁",
    "{}啥时候才有人管",
    "为什么{}到现在还没解决",
    "{}怎么回事啊",
    "想问一下{}要多久",
    "{}咋办",
    "你好，{}在哪里办",
    "这个{}到底是怎么样的",
)
"""What people type around the matter of a question, for one title after the other."""


def build(folder: str, texts: Iterable[tuple[str, str, str]]) -> WhooshEngine:
    """Return an engine over (title, letter, reply) rows, numbered from 1."""
    engine = WhooshEngine(Path(folder) / "index")
    documents = (Document(n, 1, *row, "咨询", (1,), DAY) for n, row in enumerate(texts, start=1))
    engine.rebuild(documents, replay=nothing)
    return engine


def near(values: Vectors) -> Nearness:
    """Return the nearness of documents by their place in ``values``."""
    return lambda ids: {entry_id: float(values[entry_id - 1]) for entry_id in ids}


def nearness_of_queries(field: str, vectors: KeptVectors) -> list[Nearness]:
    """Return for each query how close in meaning the texts of ``field`` are."""
    documents, queries = evaluation("knownitem_documents"), evaluation("knownitem_queries")
    rows = vectors.passages([(row[field] or "")[: EMBEDDED[field]] for row in documents])
    asked = vectors.titles([query["query"][:QUERY_MOST] for query in queries])
    # Titles of other letters stand for those of an archive, which are hardly ever what is asked.
    others = [row["title"] or "" for row in evaluation("similar_corpus")[:MEAN_OF]]
    means = vectors.titles(others).mean(axis=0), rows[:MEAN_OF].mean(axis=0)
    return [near(cosines(each, rows, means)) for each in asked]


def known_items(
    field: str, vectors: KeptVectors | None = None, *, framed: bool = False
) -> tuple[float, float]:
    """Return MRR@10 and hit@10 of finding a letter by its title in ``field`` alone.

    ``framed`` asks the title as a question, as the archive's page searches: letters with all words first.
    """
    documents, queries = evaluation("knownitem_documents"), evaluation("knownitem_queries")
    meaning: Sequence[Nearness | None] = [None] * len(queries)
    if vectors:
        meaning = nearness_of_queries(field, vectors)
    ranks = []
    with tempfile.TemporaryDirectory() as folder:
        engine = build(folder, (("", row[field] or "", "") for row in documents))
        for number, (query, nearness) in enumerate(zip(queries, meaning, strict=True)):
            text = question(query["query"], number) if framed else query["query"]
            request = SearchRequest(
                text,
                match="all" if framed else "any",
                per_page=10,
                synonyms=shipped_words().archive,
                nearness=nearness,
            )
            page = engine.search(request)
            ids = [documents[hit.entry_id - 1]["id"] for hit in page.hits]
            ranks.append(ids.index(query["doc_id"]) + 1 if query["doc_id"] in ids else 0)
    found = [1 / rank for rank in ranks if rank]
    return sum(found) / len(queries), len(found) / len(queries)


def answers(
    vectors: KeptVectors | None = None, *, letters: bool = False, framed: bool = False
) -> tuple[float, float]:
    """Return in what share of the questions an answer is shown, and how often it is the right one.

    The replies alone are searched, or with ``letters`` the letters as well; ``framed`` asks the titles as questions.
    The titles of the letters are left out, as they are what is asked.
    """
    documents, queries = evaluation("knownitem_documents"), evaluation("knownitem_queries")
    meaning: Sequence[Nearness | None] = [None] * len(queries)
    if vectors:
        meaning = nearness_of_queries("reply_stripped", vectors)
    right = []
    with tempfile.TemporaryDirectory() as folder:
        rows = (
            ("", row["content"] or "" if letters else "", row["reply_stripped"] or "")
            for row in documents
        )
        engine = build(folder, rows)
        for number, (query, nearness) in enumerate(zip(queries, meaning, strict=True)):
            text = question(query["query"], number) if framed else query["query"]
            hits = engine.search(
                SearchRequest(
                    text, synonyms=shipped_words().archive, per_page=20, nearness=nearness
                )
            ).hits
            if is_certain(hits, text):
                first = documents[hits[0].entry_id - 1]
                if answering(first["reply_stripped"] or "", text):
                    right.append(first["id"] == query["doc_id"])
    return len(right) / len(queries), sum(right) / len(right)


def question(title: str, number: int) -> str:
    """Return a title as a question, in one frame after the other."""
    return FRAMES[number % len(FRAMES)].format(title.strip("？?！!。"))


def similar_letters(
    vectors: KeptVectors | None = None,
) -> tuple[dict[str, dict[str, tuple[float, int]]], dict[bool, Counter[int]]]:
    """Return the measures of similar letters by query set, as the shared scorer computes them.

    With them how many of the first :data:`SIMILAR_MOST` are shown (``True``) and withheld by their grade, judged ones
    alone.
    """
    corpus, queries = evaluation("similar_corpus"), evaluation("similar_queries")
    meaning: list[Nearness | None] = [None] * len(queries)
    if vectors:
        rows = vectors.titles([row["title"] or "" for row in corpus])
        asked = vectors.titles([query["title"] or "" for query in queries])
        meaning = [near(rows @ each) for each in asked]
    numbers = {row["id"]: n for n, row in enumerate(corpus, start=1)}
    run = {}
    grades = judgements()
    seen: dict[bool, Counter[int]] = {True: Counter(), False: Counter()}
    with tempfile.TemporaryDirectory() as folder:
        engine = build(folder, ((row["title"], row["content"], "") for row in corpus))
        for query, nearness in zip(queries, meaning, strict=True):
            itself = numbers.get(query["letter_id"])
            hits = engine.similar(query["content"], 20, itself, query["title"], nearness)
            run[query["qid"]] = {corpus[h.entry_id - 1]["id"]: h.score for h in hits}
            for hit in hits[:SIMILAR_MOST]:
                telling = telling_words(hit.shared_terms, ())
                grade = grades[query["qid"]].get(corpus[hit.entry_id - 1]["id"])
                if grade is not None:
                    seen[is_similar(hit.similarity, hit.nearness, telling)][grade] += 1
    scorer = runpy.run_path(str(DATA / "evaluation" / "score_similar.py"))["score"]
    measures: dict[str, dict[str, tuple[float, int]]] = scorer(run)
    return measures, seen


def judgements() -> dict[str, dict[str, int]]:
    """Return the grade of each judged letter by query: 2 same issue, 1 helpful, 0 neither."""
    found: dict[str, dict[str, int]] = {}
    with (DATA / "evaluation" / "similar_judgements.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found.setdefault(row["qid"], {})[row["doc_id"]] = int(row["grade"])
    return found


def report(vectors: KeptVectors | None = None) -> None:
    """Measure and print beside baselines and goals, with ``vectors`` by meaning as well."""
    say = sys.stdout.write
    goals = GOALS_BY_MEANING if vectors else GOALS
    for field, (mrr_baseline, hit_baseline) in KNOWN_ITEM_BASELINES.items():
        mrr, hit = known_items(field, vectors)
        say(f"title finds {field}: MRR@10 {mrr:.3f} (baseline {mrr_baseline}), ")
        say(f"hit@10 {hit:.3f} ({hit_baseline}); goal {goals[field]}\n")
        if vectors is None:
            mrr, hit = known_items(field, framed=True)
            say(f"  … asked as a question: MRR@10 {mrr:.3f}, hit@10 {hit:.3f}\n")
    ways = {
        "replies searched": (False, False),
        "letters and replies searched": (True, False),
        "letters and replies searched, asked as a question": (True, True),
    }
    for name, (letters, framed) in ways.items():
        if vectors and letters:
            continue
        shown, right = answers(vectors, letters=letters, framed=framed)
        say(f"answer shown, {name}: {shown:.1%} of the titles, right in {right:.1%}; goal 90 %\n")
    measures, seen = similar_letters(vectors)
    figures = [measures[name]["nDCG@10"][0] for name in ("A", "B")]
    say(
        f"similar letters, nDCG@10 set A / B: {figures[0]} / {figures[1]}; goal {goals['similar']} "
    )
    say("(bigrams .574 / .779, words .688 / .841, fusion .695 / .930)\n")
    for is_shown, grades in seen.items():
        say(f"  of the first {SIMILAR_MOST} {'shown' if is_shown else 'withheld'}: ")
        say(f"same issue {grades[2]}, helpful {grades[1]}, neither {grades[0]}\n")


def main() -> None:
    """Measure and print."""
    if not (DATA / "evaluation").is_dir():
        sys.exit(f"There are no evaluation letters in {DATA}: set LETTERBOX_SHARED_DATA.")
    report()
    vectors = kept_vectors()
    if vectors is None:
        sys.stdout.write("by meaning: not measured, the extra semantic is not installed\n")
    else:
        sys.stdout.write(f"by meaning as well ({vectors.embedder.name}):\n")
        report(vectors)


if __name__ == "__main__":
    main()
