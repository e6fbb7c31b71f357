"""Which sub-topic a letter is about, and how it is written."""

import pytest

from portal.domain.archive.subtopic_words import SUBTOPICS
from portal.domain.archive.subtopics import full_topic, joined, parted, subtopic_of
from portal.domain.letters.subjects import SUBJECTS


@pytest.mark.parametrize(
    ("topic", "title", "name"),
    [
        ("城乡建设", "小区门口的路灯不亮", "路灯照明"),
        ("城乡建设", "一个月水费八百块", "供水排水"),
        ("城乡建设", "感谢工作人员", ""),
        ("交通运输", "公交车晚高峰等不来", "公交"),
        ("交通运输", "小区门口的路灯不亮", ""),
        ("社会保障", "母亲的养老金停发了", "养老保险"),
        ("农业农村", "小区门口的路灯不亮", ""),
        ("", "小区门口的路灯不亮", ""),
        ("没有的主题", "小区门口的路灯不亮", ""),
    ],
)
def test_a_word_of_the_title_decides(topic: str, title: str, name: str) -> None:
    """A title is of the sub-topic of its topic whose word it has, or of none."""
    assert subtopic_of(topic, title) == name
    assert full_topic(topic, title) == (f"{topic}/{name}" if name else topic)


def test_of_two_sub_topics_the_first_counts() -> None:
    """The order of the rules counts, not that of the words in the title."""
    assert list(SUBTOPICS["城乡建设"])[:2] == ["路灯照明", "停车"]
    assert subtopic_of("城乡建设", "停车场的路灯坏了") == "路灯照明"


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("城乡建设/停车", ("城乡建设", "停车")),
        ("城乡建设", ("城乡建设", "")),
        ("城乡建设/公交", ("城乡建设/公交", "")),
        ("水/电", ("水/电", "")),
        ("", ("", "")),
    ],
)
def test_a_topic_is_taken_apart(written: str, parts: tuple[str, str]) -> None:
    """Only what is a sub-topic of the topic is one; a subject of an office may have a stroke in it."""
    assert parted(written) == parts
    assert joined(*parts) == written


def test_rules_belong_to_topics_and_fit_an_address() -> None:
    """Each has a known topic and several sub-topics with words of their own, 32 characters long at most."""
    assert set(SUBTOPICS) <= set(SUBJECTS)
    for topic, rules in SUBTOPICS.items():
        assert len(rules) > 2
        for name, words in rules.items():
            assert len(joined(topic, name)) <= 32
            assert parted(joined(topic, name)) == (topic, name)
            assert words and all(len(set(words)) == len(words) and word for word in words)
