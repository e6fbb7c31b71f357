"""Words that count as one another, and the shipped groups of them."""

from itertools import chain
from pathlib import Path

import pytest

from portal.domain.words.shipped import ORGANISATIONS, shipped_groups
from portal.queries.synonyms import shipped_words
from search_index.analysis import normalise, runs
from search_index.embedded.whoosh_engine import WhooshEngine
from search_index.engine import SearchRequest
from search_index.query import parse
from search_index.synonyms import Group, Synonyms
from tests.search_index.builders import document, engine_with, found

LEAST_GROUPS = 400
SHIPPED = shipped_words().archive


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("噪音", "夜间噪声太大"),
        ("噪声", "噪音扰民"),
        ("退休金", "养老金没有发放"),
        ("养老金", "退休金没有发放"),
        ("最低生活保障", "想申请低保"),
        ("低保", "申请最低生活保障"),
        ("社会保险", "社保断缴"),
        ("医保报销", "医疗保险怎样报销"),
        ("小孩上学", "义务教育入学有哪些条件"),
        ("小孩上学", "孩子入学"),
        ("办身份证", "身份证办理要多久"),
        ("退休金 噪音", "养老金与噪声"),
    ],
)
def test_a_word_finds_its_synonyms(tmp_path: Path, typed: str, written: str) -> None:
    """Office language and everyday speech find each other, as complete matches."""
    engine = engine_with(tmp_path, document(1, title=written, text="", reply=""))
    page = engine.search(SearchRequest(typed, synonyms=SHIPPED))
    assert (page.total, [hit.entry_id for hit in page.hits]) == (1, [1])


def test_without_synonyms_a_word_finds_itself_alone(tmp_path: Path) -> None:
    """A search that names no synonyms uses none."""
    engine = engine_with(tmp_path, document(1, title="夜间噪声太大", text="", reply=""))
    assert found(engine, "噪音") == []


def test_a_phrase_in_quotation_marks_means_itself(tmp_path: Path) -> None:
    """Quotation marks ask for the very words."""
    engine = engine_with(tmp_path, document(1, title="噪声", text="", reply=""))
    assert found(engine, "“噪音”", synonyms=SHIPPED) == []


def test_the_typed_word_goes_before_its_synonym(tmp_path: Path) -> None:
    """Of two letters that differ in the word alone, the one with the typed word comes first."""
    texts = {1: "夜间噪声太大", 2: "夜间噪音太大", 3: "夜间公交太少"}
    engine = engine_with(
        tmp_path, *(document(n, title=text, text="", reply="") for n, text in texts.items())
    )
    assert found(engine, "噪音", synonyms=SHIPPED) == [2, 1]
    assert found(engine, "噪声", synonyms=SHIPPED) == [1, 2]


def test_narrower_words_do_not_find_the_broader_one() -> None:
    """A group may lead from one word to others without leading back."""
    synonyms = Synonyms([Group(("宠物", "动物"), ("猫",))])
    assert synonyms.of("宠物") == ("动物", "猫")
    assert synonyms.of("猫") == ()


def test_a_word_may_stand_in_several_groups() -> None:
    """Its alternatives are those of all its groups."""
    synonyms = Synonyms([Group(("入学", "上学")), Group(("入学", "就读"))])
    assert synonyms.of("入学") == ("上学", "就读")


def test_the_page_names_the_synonyms_and_the_excluded_words(letters: WhooshEngine) -> None:
    """What was understood is part of the answer."""
    page = letters.search(SearchRequest("噪音 -物业", synonyms=SHIPPED))
    assert (page.understood, page.synonyms, page.excluded) == (("噪音",), ("噪声",), ("物业",))


def test_there_are_many_groups_and_none_repeats() -> None:
    """The shipped groups differ from each other, and no word stands twice in one."""
    topics = shipped_groups()
    groups = [group for name, found in topics.items() if name != ORGANISATIONS for group in found]
    assert len(groups) >= LEAST_GROUPS
    sets = [frozenset(group.words + group.narrower) for group in groups]
    assert len(set(sets)) == len(sets)
    for group in chain.from_iterable(topics.values()):
        if group.narrower:
            assert len(set(group.words)) == len(group.words)
            continue
        assert len(group.words) >= 2
        folded = [normalise(word) for word in group.words]
        assert len(set(folded)) == len(folded), group


@pytest.mark.parametrize("topic", sorted(shipped_groups()))
def test_shipped_words_are_what_a_search_can_match(topic: str) -> None:
    """A word is one run of Chinese characters, or of these and letters, without signs."""
    for group in shipped_groups()[topic]:
        for word in group.words + group.narrower:
            assert "".join(run.text for run in runs(normalise(word))) == normalise(word).replace(
                ".", ""
            ), word


def test_alternatives_stay_bounded() -> None:
    """A query of the longest kind has a bounded number of words to look up."""
    words = list(chain.from_iterable(g.words for g in shipped_groups()["education"]))
    query = parse(" ".join(words), SHIPPED)
    assert sum(map(len, query.groups)) <= 20 * 40
