"""The order of hits follows BM25F as it is published, over pairs of characters and over words."""

import math
from pathlib import Path

import pytest

from search_index.engine import SearchRequest
from tests.search_index.builders import document, engine_with

K1, B = 0.8, 0.9
TEXTS = (
    "heating pipe",
    "heating heating",
    "pipe pipe valve valve",
    "heating pipe valve lamp tree road",
)


def test_scores_are_those_of_the_formula(tmp_path: Path) -> None:
    """Frequency saturates by k1, long letters count less by b, rare words count more."""
    lengths = [len(text.split()) for text in TEXTS]
    average = sum(lengths) / len(lengths)
    idf = math.log(1 + (len(TEXTS) - 3 + 0.5) / (3 + 0.5))
    expected = {}
    for number, (text, length) in enumerate(zip(TEXTS, lengths, strict=True), start=1):
        if frequency := text.split().count("heating"):
            norm = K1 * (1 - B + B * length / average)
            # A word in Latin letters is a term of both fields.
            expected[number] = 2 * idf**1.4 * (K1 + 1) * frequency / (frequency + norm)
    letters = (document(n, title="", text=t, reply="") for n, t in enumerate(TEXTS, start=1))
    page = engine_with(tmp_path, *letters).search(SearchRequest("heating"))
    assert {hit.entry_id: hit.score for hit in page.hits} == pytest.approx(expected)
    assert [hit.entry_id for hit in page.hits] == [2, 1, 4]


def test_lowered_entries_come_after_others(tmp_path: Path) -> None:
    """The score of a lowered entry is halved; a complete hit stays before one that is not."""
    letters = [document(n, title="", text=t, reply="") for n, t in enumerate(TEXTS, start=1)]
    engine = engine_with(tmp_path, *letters)
    plain = {hit.entry_id: hit.score for hit in engine.search(SearchRequest("heating")).hits}
    page = engine.search(SearchRequest("heating", lowered=frozenset({2, 99})))
    assert [hit.entry_id for hit in page.hits] == [1, 4, 2]
    assert {hit.entry_id: hit.score for hit in page.hits} == {**plain, 2: plain[2] / 2}
    both = engine.search(SearchRequest("heating pipe valve", lowered=frozenset({4})))
    assert both.hits[0].entry_id == 4


def test_by_date_nothing_is_lowered(tmp_path: Path) -> None:
    """In the order of dates a lowered entry keeps its place."""
    letters = [document(n, title="", text=t, reply="") for n, t in enumerate(TEXTS, start=1)]
    engine = engine_with(tmp_path, *letters)
    plain = engine.search(SearchRequest("heating", sort="date"))
    lowered = engine.search(SearchRequest("heating", sort="date", lowered=frozenset({2})))
    assert lowered.hits == plain.hits
