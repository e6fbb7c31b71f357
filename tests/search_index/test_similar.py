from pathlib import Path

import pytest

from search_index.embedded import similar
from search_index.embedded.whoosh_engine import WhooshEngine
from tests.search_index.builders import LETTERS, document, engine_with


def test_a_letter_about_the_same_matter_comes_first(letters: WhooshEngine) -> None:
    """A new letter on heating is led to the answered one."""
    hits = letters.similar("家里供暖一直不热，室内温度只有15度，报修没有结果。", limit=3)
    assert hits[0].entry_id == 5


def test_similar_letters_name_the_words_they_share(letters: WhooshEngine) -> None:
    """A similar letter says by which words it was found, without words that say nothing."""
    (hit,) = letters.similar("请问供暖温度不够怎么办", limit=1)
    assert {"供暖", "温度"} <= set(hit.shared_terms)
    assert not {"请问", "怎么办"} & set(hit.shared_terms)


def test_the_most_telling_shared_word_is_named_first(tmp_path: Path) -> None:
    """A word that few entries hold stands before one that many hold."""
    common = (document(n, title="供暖", text="供暖", reply="供暖") for n in range(2, 12))
    engine = engine_with(tmp_path, document(1, title="物业", text="供暖", reply="物业"), *common)
    hits = {hit.entry_id: hit.shared_terms for hit in engine.similar("供暖，物业", limit=20)}
    assert hits[1] == ("物业", "供暖")
    assert hits[2] == ("供暖",)


def test_a_letter_is_not_similar_to_itself(letters: WhooshEngine) -> None:
    """The entry whose own text is asked about is left out, the limit still filled."""
    title, letter, _ = LETTERS[0]
    hits = letters.similar(letter, limit=5, exclude=1, title=title)
    assert 1 not in [hit.entry_id for hit in hits]


def test_the_title_says_most(letters: WhooshEngine) -> None:
    """A letter with a title on buses and a text on heating is led to buses first."""
    hits = letters.similar("冬天等车太冷，不如供暖的屋里。", title="公交线路延长到小区", limit=2)
    assert hits[0].entry_id == 2


def test_the_same_letter_has_the_highest_score_there_is(tmp_path: Path) -> None:
    """A letter equal to an entry reaches both cosines of 1 and the whole of the first score."""
    letters = [document(n, reply="") for n in range(1, len(LETTERS) + 1)]
    title, text, _ = LETTERS[2]
    first, *others = engine_with(tmp_path, *letters).similar(text, title=title)
    whole = 1 + similar.TITLES_WEIGHT + similar.FIRST_WEIGHT
    assert (first.entry_id, first.score) == (3, pytest.approx(whole, abs=1e-4))
    assert all(hit.score < whole / 2 for hit in others)


def test_no_more_than_the_limit_comes_back(tmp_path: Path) -> None:
    """A limit of two gives two, whatever there is."""
    engine = engine_with(tmp_path, *(document(n) for n in range(1, 31)))
    assert len(engine.similar(LETTERS[0][1], limit=2)) == 2


def test_a_text_without_words_has_no_similar_letters(letters: WhooshEngine) -> None:
    """An empty text, or one of signs, gives nothing."""
    assert letters.similar("") == []
    assert letters.similar("？？？") == []


def test_the_work_for_one_text_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Terms are searched up to a budget of postings, the most telling first."""
    engine = engine_with(tmp_path, *(document(n) for n in range(1, 101)))
    monkeypatch.setattr(similar, "BUDGET", 2 * (20 + similar.LIST_COST))
    hits = engine.similar("供暖 供暖 物业 落户", limit=100)
    words = {word for hit in hits for word in hit.shared_terms}
    assert len(words) == 2
    assert "供暖" in words


def test_a_very_long_text_is_cut(letters: WhooshEngine) -> None:
    """A megabyte of text is answered from its beginning."""
    hits = letters.similar("供暖温度不够。" + "物业收费过高。" * 100_000, limit=5)
    assert 5 in [hit.entry_id for hit in hits]
