"""Nearness in meaning: what it changes in the order of hits and similar letters, and what not."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from search_index.embedded import searching, similar
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import Nearness, SearchRequest
from search_index.results import Hit
from tests.search_index.builders import LETTERS, document, engine_with


def known(values: Mapping[int, float]) -> Nearness:
    """Return a nearness that knows ``values`` only."""

    def nearness(ids: Sequence[int]) -> dict[int, float]:
        return {entry: values[entry] for entry in ids if entry in values}

    return nearness


def hits(engine: WhooshEngine, text: str, **options: object) -> list[Hit]:
    """Return a page of hits."""
    return engine.search(SearchRequest(text, **options)).hits  # type: ignore[arg-type]


def ids(engine: WhooshEngine, text: str, **options: object) -> list[int]:
    """Return the entries of a page of hits, in order."""
    return [hit.entry_id for hit in hits(engine, text, **options)]


@pytest.fixture
def heating(tmp_path: Path) -> WhooshEngine:
    """Three entries: the first holds 供暖 in its title, the others less prominently."""
    return engine_with(
        tmp_path,
        document(1, title="供暖", text="无", reply="无"),
        document(2, title="无", text="供暖", reply="无"),
        document(3, title="无", text="供暖和别的事情一起写在这里", reply="无"),
    )


def test_the_closer_entry_comes_first(heating: WhooshEngine) -> None:
    """What is clearly closer in meaning goes before what holds the word more prominently."""
    assert ids(heating, "供暖") == [1, 2, 3]
    assert ids(heating, "供暖", nearness=known({1: 0.7, 2: 0.7, 3: 0.95})) == [3, 1, 2]


def test_a_small_difference_in_meaning_changes_nothing(heating: WhooshEngine) -> None:
    """The words decide where the meaning hardly differs."""
    assert ids(heating, "供暖", nearness=known({1: 0.8, 2: 0.801, 3: 0.802})) == [1, 2, 3]


def test_score_and_meaning_are_weighed(heating: WhooshEngine) -> None:
    """An entry overtakes the first one from the difference on that its lack of score is worth."""
    first, second, _ = hits(heating, "供暖")
    worth = (1 - second.score / first.score) / searching.MEANING_WEIGHT
    for more, order in ((1e-6, [2, 1]), (-1e-6, [1, 2])):
        nearness = known({1: 0.8, 2: 0.8 + worth + more, 3: 0.8})
        assert ids(heating, "供暖", nearness=nearness)[:2] == order


def test_scores_stay_those_of_the_words(heating: WhooshEngine) -> None:
    """Meaning changes the order alone, so that scores compare as they did."""
    scores = {hit.entry_id: hit.score for hit in hits(heating, "供暖")}
    reordered = hits(heating, "供暖", nearness=known({1: 0.1, 2: 0.5, 3: 0.9}))
    assert [hit.entry_id for hit in reordered] == [3, 2, 1]
    assert {hit.entry_id: hit.score for hit in reordered} == scores


def test_an_entry_without_vector_stands_in_the_middle(heating: WhooshEngine) -> None:
    """What is not known of an entry counts as the average of the others."""
    nearness = known({1: 0.1, 3: 0.9})
    assert ids(heating, "供暖", nearness=nearness) == [3, 2, 1]


def test_nothing_known_changes_nothing(heating: WhooshEngine) -> None:
    """Where no entry has a vector, the order is that of the words."""
    assert hits(heating, "供暖", nearness=known({})) == hits(heating, "供暖")


def test_complete_hits_stay_before_partial_ones(tmp_path: Path) -> None:
    """However close a partial hit is, it stands below those that hold all words."""
    engine = engine_with(
        tmp_path,
        document(1, title="供暖温度", text="物业收费", reply="无"),
        document(2, title="供暖", text="无", reply="无"),
        document(3, title="物业收费", text="无", reply="无"),
    )
    found = hits(engine, "供暖 物业", nearness=known({1: 0.1, 2: 0.2, 3: 0.9}))
    assert [(hit.entry_id, hit.complete) for hit in found] == [(1, True), (3, False), (2, False)]


def test_lowered_entries_gain_less(heating: WhooshEngine) -> None:
    """Half of what meaning adds is left to an answer that may no longer hold."""
    # As much as the whole score of the first.
    nearness = known({1: 0.5, 2: 0.5, 3: 0.5 + 1 / searching.MEANING_WEIGHT})
    assert ids(heating, "供暖", nearness=nearness)[0] == 3
    assert ids(heating, "供暖", nearness=nearness, lowered=frozenset({3}))[0] == 1


def test_by_date_nobody_asks_for_the_meaning(heating: WhooshEngine) -> None:
    """Sorted by date, or without words, the order stays."""

    def never(_: Sequence[int]) -> dict[int, float]:
        raise AssertionError

    for text, sort in (("供暖", "date"), ("", "relevance")):
        plain = ids(heating, text, sort=sort)
        assert ids(heating, text, sort=sort, nearness=never) == plain


def test_pages_follow_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first hits are ordered by meaning over all their pages; those behind stay as they are."""
    monkeypatch.setattr(searching, "RERANKED", 4)
    engine = engine_with(
        tmp_path,
        *(document(n, title="供暖", text="别的" * n, reply="无") for n in range(1, 8)),
    )
    assert ids(engine, "供暖") == [1, 2, 3, 4, 5, 6, 7]
    asked: list[list[int]] = []

    def nearness(entries: Sequence[int]) -> dict[int, float]:
        asked.append(sorted(entries))
        return {entry: entry / 10 for entry in entries}

    for per_page in (1, 2, 3, 5, 7):
        pages = range(1, 8)
        shown = [
            entry
            for page in pages
            for entry in ids(engine, "供暖", nearness=nearness, page=page, per_page=per_page)
        ]
        assert shown == [4, 3, 2, 1, 5, 6, 7]
    assert {tuple(each) for each in asked} == {(1, 2, 3, 4)}


def test_similar_letters_gain_by_their_meaning(tmp_path: Path) -> None:
    """A similar letter scores more by the weight of how much closer it is than the farthest."""
    engine = engine_with(tmp_path, *(document(n) for n in range(1, 6)))
    text = "".join(LETTERS[n][1] for n in (2, 4))
    plain = {hit.entry_id: hit for hit in engine.similar(text)}
    first, second = list(plain)[:2]
    close = known({first: 0.80, second: 0.95} | dict.fromkeys(list(plain)[2:], 0.80))
    gained = {hit.entry_id: hit for hit in engine.similar(text, nearness=close)}
    assert list(gained)[0] == second
    assert gained[first].score == pytest.approx(plain[first].score)
    more = gained[second].score - plain[second].score
    assert more == pytest.approx(0.15 * similar.MEANING_WEIGHT)


def test_similarity_is_that_of_the_words(tmp_path: Path) -> None:
    """What is compared across searches does not depend on a model."""
    engine = engine_with(tmp_path, *(document(n) for n in range(1, 6)))
    text = LETTERS[2][1] + LETTERS[4][1]
    plain = {hit.entry_id: hit.similarity for hit in engine.similar(text)}
    close = known({entry: entry / 10 for entry in plain})
    assert {hit.entry_id: hit.similarity for hit in engine.similar(text, nearness=close)} == plain
