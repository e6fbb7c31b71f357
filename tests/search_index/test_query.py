import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_index.query import MAX_TERMS, parse, ranking_terms


def test_a_sentence_is_read_as_its_telling_words() -> None:
    """A question loses the words that say nothing about what is sought."""
    assert parse("请问怎么办理居住证？").understood == ("办理", "居住证")


@pytest.mark.parametrize(
    "question",
    [
        "居住证什么时候能办理",
        "居住证啥时候可以办理",
        "居住证应该找谁办理",
        "居住证现在去哪儿办理",
        "办理居住证要多久",
        "居住证到底咋办理",
        "为啥一直不给办理居住证",
    ],
)
def test_everyday_words_of_a_question_are_not_sought(question: str) -> None:
    """When, who, where, how long and why say nothing of what is sought, in everyday speech too."""
    held = set("".join(parse(question).terms))
    assert {*"办理居住证"} <= held
    assert not held & {*"什么时候啥可以应该谁现在去哪儿多久咋为一直"}


def test_words_that_say_nothing_are_searched_where_nothing_else_was_typed() -> None:
    """A query of a single 的 looks for 的."""
    assert parse("的").terms == ("的",)


def test_an_unknown_name_stays_together() -> None:
    """A street name that no dictionary holds is one word, not three characters."""
    assert parse("楚仪路").terms == ("楚仪路",)


@pytest.mark.parametrize(
    "text", ['"公积金提取"', "“公积金提取”", "「公积金提取」", "『公积金提取』", "＂公积金提取＂"]
)
def test_every_kind_of_quotation_mark_makes_a_phrase(text: str) -> None:
    """A phrase is a phrase in Western, Chinese, corner and full-width quotation marks."""
    parsed = parse(text)
    assert parsed.phrases == ("公积金提取",)
    assert parsed.terms == ()


def test_an_open_quotation_mark_is_ignored() -> None:
    """A quotation mark that is never closed leaves the words."""
    assert parse('"物业收费').terms == ("物业", "收费")


def test_an_empty_query_differs_from_one_without_words() -> None:
    """A blank query asks for everything, a query of signs for nothing."""
    assert parse(" \n").blank
    assert not parse("？！").blank
    assert parse("？！").understood == ()


@pytest.mark.parametrize(
    "text", ["*a*", "[a TO z]", "kind:投诉", "公积金~2 OR -提取^4", "(" * 3000, "供暖 NOT"]
)
def test_operators_are_ordinary_characters(text: str) -> None:
    """A query in another engine's language gives words only."""
    assert all(term.isalnum() for term in parse(text).terms)


def test_a_query_is_cut_at_twenty_words() -> None:
    """A longer query says that it was cut."""
    parsed = parse(" ".join(f"w{n}" for n in range(30)))
    assert len(parsed.terms) == MAX_TERMS
    assert parsed.truncated


def test_a_query_is_cut_at_two_hundred_characters() -> None:
    """A megabyte of text gives a small query that says it was cut."""
    parsed = parse("公积金" * 350_000)
    assert parsed.truncated
    assert parsed.terms == ("公积金", "公积")


def test_a_character_that_unfolds_into_many_cannot_lengthen_a_query() -> None:
    """A ligature of eighteen characters, typed two hundred times, still gives a short query."""
    assert len(parse("\ufdfa" * 200).text) <= 200


@given(st.text(max_size=300))
def test_any_text_at_all_gives_a_query(text: str) -> None:
    """A query never raises, and never holds more than twenty words and phrases."""
    parsed = parse(text)
    assert len(parsed.understood) <= MAX_TERMS


def test_pairs_across_two_words_weigh_less() -> None:
    """A pair of characters that belongs to two words counts half in ranking."""
    assert ranking_terms("物业收费") == {"物业": 1.0, "业收": 0.5, "收费": 1.0}


def test_the_words_of_a_question_take_no_part_in_ranking() -> None:
    """Pairs of 什么时候 lead to no letter; the pair beside it still favours the order typed."""
    assert ranking_terms("什么时候退费") == {"候退": 0.5, "退费": 1.0}
    assert ranking_terms("退费什么时候") == {"退费": 1.0, "费什": 0.5}
    assert ranking_terms("怎么办") == {}
