"""Other queries offered where the one typed finds nothing, or clearly less."""

from pathlib import Path

import pytest

from search_index.embedded import matching, suggesting
from search_index.embedded.snapshot import Snapshot
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import Delete, SearchRequest, Upsert
from search_index.synonyms import NO_SYNONYMS, Group, Synonyms
from tests.search_index.builders import document, engine_with

SUBJECTS = Synonyms([Group(("公积金", "住房公积金")), Group(("社保", "社会保险"))])
TEXTS = (
    "公积金提取",
    "社保断缴",
    "公交车改线",
    "银行排队",
    "驾驶证换证",
    "垃圾分类",
    "失业登记",
    "驾驶员",
    "义务教育",
)


def suggested(engine: WhooshEngine, text: str, synonyms: Synonyms = SUBJECTS) -> str:
    """Return the query offered for ``text``."""
    return engine.search(SearchRequest(text, synonyms=synonyms, suggest=True)).suggestion


@pytest.fixture
def engine(tmp_path: Path) -> WhooshEngine:
    """An index of short letters."""
    rows = enumerate(TEXTS, start=1)
    return engine_with(tmp_path, *(document(n, title=text, text="", reply="") for n, text in rows))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("gongjijin", "公积金"),
        ("GongJiJin", "公积金"),
        ("gjj", "公积金"),
        ("sb", "社保"),
        ("gongjijin tiqu", "公积金 提取"),
        ("公积金 tiqu", "公积金 提取"),
        ("yinhang", "银行"),
        ("lajifenlei", "垃圾分类"),
        ("公基金", "公积金"),
        ("公鸡金提取", "公积金提取"),
        ("社宝", "社保"),
        ("垃圾分累", "垃圾分类"),
        ("垃级分类", "垃圾分类"),
        ("拉圾纷类", "垃圾分类"),
        ("义务某育", "义务教育"),
        ("驾使证", "驾驶证"),
        ("失夜登记", "失业登记"),
    ],
)
def test_what_was_meant_is_offered(engine: WhooshEngine, typed: str, meant: str) -> None:
    """Pinyin, first letters, homophones, exchanged and wrong characters lead to the word."""
    assert suggested(engine, typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "公积金",
        "住房公积金",
        "社会保险",
        "提取",
        "贷款",
        "xyz",
        "hng",
        "wifi",
        "yh",
        "？？",
        "的了吗",
        "2016年",
        "\U0001f44d",
    ],
)
def test_nothing_is_offered_where_nothing_is_meant(engine: WhooshEngine, typed: str) -> None:
    """Words that are found, subjects without a letter, and what sounds like nothing stay."""
    assert suggested(engine, typed) == ""


def test_two_letters_offer_subjects_alone(engine: WhooshEngine) -> None:
    """Two letters stand for too many words to guess among all of them."""
    assert suggested(engine, "sb", NO_SYNONYMS) == ""
    assert suggested(engine, "gjj", NO_SYNONYMS) == "公积金"


def test_what_is_found_often_enough_stays(tmp_path: Path) -> None:
    """A suggestion finds at least ten times as much, and what is asked for apart counts for nothing."""
    titles = ["公基金"] + ["公积金"] * 10 + ["公务员买基金"] * 5
    documents = [document(n, title=t, text="", reply="") for n, t in enumerate(titles, start=1)]
    engine = engine_with(tmp_path, *documents)
    assert engine.search(SearchRequest("公基金")).total == 6
    assert suggested(engine, "公基金") == "公积金"
    engine.apply([Delete(2)])
    assert suggested(engine, "公基金") == ""


def test_the_filters_hold_for_what_is_offered(engine: WhooshEngine) -> None:
    """What the filters leave nothing of is not offered."""
    request = SearchRequest("gongjijin", year=1999, synonyms=SUBJECTS, suggest=True)
    assert engine.search(request).suggestion == ""


def test_nothing_is_offered_unless_asked_for(engine: WhooshEngine) -> None:
    """A search that does not ask for a suggestion has none."""
    assert engine.search(SearchRequest("gongjijin", synonyms=SUBJECTS)).suggestion == ""


def test_an_exclusion_stays_one(engine: WhooshEngine) -> None:
    """What is offered leaves out what the query left out."""
    assert suggested(engine, "gongjijin NOT 贷款") == "公积金 -贷款"
    assert suggested(engine, "gongjijin -提取") == ""


def test_changes_of_the_index_count_at_once(engine: WhooshEngine) -> None:
    """A word is offered from its publication to its withdrawal."""
    assert suggested(engine, "dianti") == ""
    engine.apply([Upsert(document(99, title="电梯停用", text="", reply=""))])
    assert suggested(engine, "dianti") == "电梯"
    engine.apply([Delete(99)])
    assert suggested(engine, "dianti") == ""


def test_an_empty_index_offers_nothing(tmp_path: Path) -> None:
    """Without a word there is nothing to mean."""
    assert suggested(engine_with(tmp_path), "gongjijin") == ""


@pytest.mark.parametrize(
    "typed",
    ["a" * 40, "aoeaoe" * 30, "公鸡" * 90, "xian" * 10, "gjj " * 50, "一二三四五六七八九十" * 4],
)
def test_the_work_is_bounded(
    engine: WhooshEngine, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    """However long the query, few words of the index are counted."""
    counted = []
    really = matching.number_holding

    def number_holding(snapshot: Snapshot, needle: str) -> int:
        counted.append(needle)
        return really(snapshot, needle)

    monkeypatch.setattr(suggesting, "number_holding", number_holding)
    suggested(engine, typed)
    assert len(counted) <= 100
