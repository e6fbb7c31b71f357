import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search_index.embedded import searching
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import SearchRequest
from tests.search_index.builders import LETTERS, document, engine_with, found

RUNS = [
    (number, run)
    for number, texts in enumerate(LETTERS, start=1)
    for text in texts
    for run in re.findall("[\u4e00-\u9fff]+", text)
]


@st.composite
def pieces_of_letters(draw: st.DrawFn) -> tuple[int, str]:
    """Draw one to six neighbouring Han characters of a letter, with its entry id."""
    number, run = draw(st.sampled_from(RUNS))
    start = draw(st.integers(0, len(run) - 1))
    return number, run[start : start + draw(st.integers(1, 6))]


@settings(max_examples=300, deadline=None)
@given(piece=pieces_of_letters())
def test_any_piece_of_a_letter_finds_it(letters: WhooshEngine, piece: tuple[int, str]) -> None:
    """A query of one to six characters finds every letter that contains them."""
    entry_id, text = piece
    assert entry_id in found(letters, text)


@settings(max_examples=150, deadline=None)
@given(piece=pieces_of_letters())
def test_a_phrase_finds_exactly_the_letters_that_contain_it(
    letters: WhooshEngine, piece: tuple[int, str]
) -> None:
    """A quoted query finds the letters in which it stands so, and no other."""
    containing = {
        number
        for number, texts in enumerate(LETTERS, start=1)
        if any(piece[1] in text for text in texts)
    }
    assert set(found(letters, f"「{piece[1]}」")) == containing


def test_words_apart_are_found_without_quotation_marks(letters: WhooshEngine) -> None:
    """A query of two words finds a letter in which they stand apart, the phrase does not."""
    assert found(letters, "公积金材料") == [1]
    assert found(letters, '"公积金材料"') == []


def test_a_letter_with_one_of_two_words_is_a_partial_hit(letters: WhooshEngine) -> None:
    """Where no letter has both words, those with either are shown and counted apart."""
    page = letters.search(SearchRequest("供暖 物业"))
    assert (page.total, page.partial_total, page.pages) == (0, 2, 1)
    assert {(hit.entry_id, hit.complete) for hit in page.hits} == {(3, False), (5, False)}
    assert set(found(letters, "供暖 物业", match="any")) == {3, 5}


def test_full_width_digits_are_found_by_ordinary_ones(letters: WhooshEngine) -> None:
    """A letter about line １２３ is found by 123."""
    assert found(letters, "123路") == [2]


def test_a_phrase_does_not_span_title_and_letter(letters: WhooshEngine) -> None:
    """A phrase of the title's end and the letter's beginning finds nothing."""
    assert found(letters, '"供暖温度不够供暖以来"') == []


def test_a_word_in_the_title_counts_more(tmp_path: Path) -> None:
    """A letter about heating precedes one that mentions it."""
    engine = engine_with(
        tmp_path,
        document(1, title="小区绿化", text="供暖", reply="已经答复您了"),
        document(2, title="供暖", text="小区绿化", reply="已经答复您了"),
    )
    assert found(engine, "供暖") == [2, 1]


def test_words_that_stand_together_count_more(tmp_path: Path) -> None:
    """A letter with the two words side by side precedes one with the words apart."""
    engine = engine_with(
        tmp_path,
        document(1, title="甲", text="收费站旁边的物业", reply="好"),
        document(2, title="甲", text="物业收费标准过高", reply="好"),
    )
    assert found(engine, "物业收费") == [2, 1]


def test_equal_scores_come_newest_first(tmp_path: Path) -> None:
    """A query of one character, which has no ranking, shows the newest first."""
    engine = engine_with(
        tmp_path,
        *(document(n, text="猪", answered_on=date(2010 + n, 1, 1)) for n in (2, 3, 1)),
    )
    assert found(engine, "猪") == [3, 2, 1]


def test_sorted_by_date_the_newest_comes_first(tmp_path: Path) -> None:
    """A search sorted by date ignores how well a letter fits."""
    engine = engine_with(
        tmp_path,
        document(5, answered_on=date(2015, 1, 1)),
        document(1, text="顺便问一下供暖", answered_on=date(2016, 1, 1)),
    )
    assert found(engine, "供暖", sort="date") == [1, 5]


def test_a_blank_query_shows_everything_newest_first(tmp_path: Path) -> None:
    """An empty search is the whole archive."""
    engine = engine_with(tmp_path, document(1), document(2, answered_on=date(2017, 1, 1)))
    assert found(engine, "") == [2, 1]


def test_a_query_without_words_finds_nothing(letters: WhooshEngine) -> None:
    """A query of signs has no hits and says that nothing was understood."""
    page = letters.search(SearchRequest("？！"))
    assert (page.total, page.understood) == (0, ())


def test_a_page_beyond_the_end_is_empty_and_has_the_total(letters: WhooshEngine) -> None:
    """A request for page 1,000,000,000 answers with no hits, the total and the pages."""
    page = letters.search(SearchRequest("", page=10**9, per_page=2))
    assert (page.hits, page.total, page.pages) == ([], 5, 3)


def test_pages_follow_each_other_without_gap(letters: WhooshEngine) -> None:
    """The pages of a search, put together, hold every hit once."""
    pages = [found(letters, "", page=n, per_page=2) for n in (1, 2, 3)]
    assert sorted(sum(pages, [])) == [1, 2, 3, 4, 5]
    assert [len(page) for page in pages] == [2, 2, 1]


@pytest.mark.parametrize("page", [0, -1, -(10**9)])
def test_a_page_below_one_is_the_first(letters: WhooshEngine, page: int) -> None:
    """A negative page is the first page."""
    assert found(letters, "供暖", page=page) == [5]


def test_facets_count_the_hits_of_the_query(tmp_path: Path) -> None:
    """The counts by kind, year and organisation are those of the query."""
    engine = engine_with(
        tmp_path,
        document(1, organisation_ids=(1, 10, 100)),
        document(5, organisation_ids=(1, 10, 101), kind="投诉"),
        document(10, organisation_ids=(1, 20), answered_on=date(2017, 5, 1)),
    )
    facets = engine.search(SearchRequest("供暖")).facets
    assert facets.kinds == {"投诉": 1, "咨询": 1}
    assert facets.years == {2016: 1, 2017: 1}
    assert facets.organisations == {1: 2, 10: 1, 101: 1, 20: 1}


def test_a_facet_ignores_its_own_filter_and_obeys_the_others(tmp_path: Path) -> None:
    """With a kind chosen, the other kinds keep their counts, the years only count that kind."""
    engine = engine_with(
        tmp_path,
        document(1, kind="咨询", answered_on=date(2015, 1, 1)),
        document(2, kind="投诉", answered_on=date(2016, 1, 1)),
    )
    page = engine.search(SearchRequest("", kind="投诉"))
    assert [hit.entry_id for hit in page.hits] == [2]
    assert page.facets.kinds == {"咨询": 1, "投诉": 1}
    assert page.facets.years == {2016: 1}


def test_a_topic_narrows_a_search_and_counts_like_the_other_facets(tmp_path: Path) -> None:
    """With a topic chosen, the other topics keep their counts; a letter without one has none."""
    engine = engine_with(
        tmp_path,
        document(1, topic="社会保障"),
        document(2, topic="交通运输", kind="投诉"),
        document(3),
    )
    page = engine.search(SearchRequest("", topic="交通运输"))
    assert [hit.entry_id for hit in page.hits] == [2]
    assert page.facets.topics == {"社会保障": 1, "交通运输": 1}
    assert page.facets.kinds == {"投诉": 1}


def test_a_topic_includes_its_sub_topics(tmp_path: Path) -> None:
    """``a`` finds ``a`` and ``a/b``, ``a/b`` itself alone; a topic that begins alike is another."""
    engine = engine_with(
        tmp_path,
        *(
            document(i, topic=t)
            for i, t in enumerate(("路", "路/灯", "路/桥", "路灯", ""), start=1)
        ),
    )

    def found(topic: str) -> list[int]:
        return sorted(hit.entry_id for hit in engine.search(SearchRequest("", topic=topic)).hits)

    assert found("路") == [1, 2, 3]
    assert found("路/灯") == [2]
    assert found("路灯") == [4]
    counts = engine.search(SearchRequest("", topic="路/灯")).facets.topics
    assert counts == {"路": 1, "路/灯": 1, "路/桥": 1, "路灯": 1}


@pytest.mark.parametrize(
    ("name", "values"), [("place", (7, 8, 0)), ("rating", ("good", "bad", ""))]
)
def test_a_place_and_a_rating_narrow_a_search_and_are_counted(
    tmp_path: Path, name: str, values: tuple[object, ...]
) -> None:
    """Each narrows to its own value and counts all of them; a letter without one is in none."""
    engine = engine_with(
        tmp_path,
        document(1, **{name: values[0]}),
        document(2, **{name: values[1]}, kind="投诉"),
        document(3, **{name: values[2]}),
    )
    page = engine.search(SearchRequest("", **{name: values[1]}))  # type: ignore[arg-type]
    assert [hit.entry_id for hit in page.hits] == [2]
    counted = getattr(page.facets, f"{name}s")
    assert counted == {values[0]: 1, values[1]: 1}
    assert page.facets.kinds == {"投诉": 1}
    narrowed = engine.search(SearchRequest("", kind="投诉"))
    assert getattr(narrowed.facets, f"{name}s") == {values[1]: 1}
    other = engine.search(SearchRequest("", **{name: type(values[0])(99)}))  # type: ignore
    assert (other.total, getattr(other.facets, f"{name}s")) == (0, counted)


def test_an_organisation_includes_its_subtree(tmp_path: Path) -> None:
    """A filter by a department finds what its districts answered."""
    engine = engine_with(
        tmp_path,
        document(1, organisation_ids=(7, 70)),
        document(2, organisation_ids=(7,)),
        document(3, organisation_ids=(8,)),
    )
    assert set(found(engine, "", organisation_id=7)) == {1, 2}


def test_a_year_runs_from_the_first_to_the_last_of_its_days(tmp_path: Path) -> None:
    """A letter answered on 31 December belongs to that year."""
    engine = engine_with(
        tmp_path,
        document(1, answered_on=date(2016, 12, 31)),
        document(2, answered_on=date(2017, 1, 1)),
        document(3, answered_on=date(2016, 1, 1)),
    )
    assert set(found(engine, "", year=2016)) == {1, 3}


@pytest.mark.parametrize("year", [-1, 0, 10_000, 10**12])
def test_an_impossible_year_has_no_letters(letters: WhooshEngine, year: int) -> None:
    """A year that no calendar has finds nothing."""
    assert found(letters, "", year=year) == []


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000,
        "公积金" * 350_000,
        "*a*",
        "[a TO z]",
        "\x00\x01\x1b[31m",
        "供暖~9999999",
        "\ud800供",
        "title:供暖 AND (",
        '"' * 199,
        "\U0001f600" * 50,
    ],
)
def test_hostile_queries_are_answered(letters: WhooshEngine, text: str) -> None:
    """A query made to break a parser is searched for its words."""
    for match in ("all", "any"):
        page = letters.search(SearchRequest(text, match=match))
        assert page.total <= 5


@settings(max_examples=100, deadline=None)
@given(text=st.text(max_size=60))
def test_any_text_can_be_searched(letters: WhooshEngine, text: str) -> None:
    """No text makes a search raise."""
    letters.search(SearchRequest(text))
    letters.similar(text)


def test_the_counts_of_each_set_of_filters_are_kept_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without words each filter has its own counts, asked again or after many others."""
    monkeypatch.setattr(searching, "MOST_FACETS", 2)
    engine = engine_with(
        tmp_path,
        document(1, kind="咨询", topic="water"),
        document(2, kind="投诉", topic="roads"),
        document(3, kind="投诉", topic="water"),
    )
    filters: list[tuple[dict[str, Any], dict[str, int]]] = [
        ({}, {"water": 2, "roads": 1}),
        ({"kind": "咨询"}, {"water": 1}),
        ({"kind": "投诉"}, {"water": 1, "roads": 1}),
        ({"text": "-落户 -供暖"}, {"water": 2, "roads": 1}),
        ({"text": "-公交"}, {"water": 2}),
    ]
    for _ in range(2):
        for options, topics in filters:
            assert engine.search(SearchRequest(**options)).facets.topics == topics
            kept = engine._kept
            assert kept is not None
            assert len(kept.snapshot.kept_facets) <= 2


def test_by_date_a_narrowed_list_has_the_newest_first(tmp_path: Path) -> None:
    """Some of the entries keep the order of all, over pages."""
    days = (3, 9, 5, 7, 1)
    engine = engine_with(
        tmp_path,
        *(
            document(n, kind="投诉" if n < 5 else "咨询", answered_on=date(2016, 3, day))
            for n, day in enumerate(days, start=1)
        ),
    )
    request = SearchRequest(kind="投诉", sort="date", per_page=3)
    assert [hit.entry_id for hit in engine.search(request).hits] == [2, 4, 3]
    assert [hit.entry_id for hit in engine.search(replace(request, page=2)).hits] == [1]
