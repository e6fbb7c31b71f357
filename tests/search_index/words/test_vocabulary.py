"""Words found by what they sound or look like, and the sounds of characters."""

import numpy as np
import pytest

from search_index.analysis import han_words, term_number, term_numbers
from search_index.sounds import NONE, sounds, syllable_cuts
from search_index.synonyms import Group, Synonyms
from search_index.vocabulary import Candidate, Vocabulary, words_with_synonyms


def vocabulary(**words: int) -> Vocabulary:
    """Return a vocabulary of words with the number of documents that have each."""
    lengths = sorted({len(word) for word in words})
    return Vocabulary(
        {
            length: (
                np.array([[ord(c) for c in word] for word in words if len(word) == length]),
                np.array([count for word, count in words.items() if len(word) == length]),
            )
            for length in lengths
        }
    )


def spoken(words: Vocabulary, typed: str) -> list[Candidate]:
    """Return the words that sound like ``typed``."""
    return words.spoken(list(sounds().of(np.array([ord(character) for character in typed]))))


def spelled(syllables: list[int]) -> str:
    """Return syllables as they are written, with blanks between."""
    names = {number: name for name, number in sounds().syllables.items()}
    return " ".join(names[number] for number in syllables)


def test_words_that_sound_the_same_come_first_by_frequency() -> None:
    """The same sound weighs 1, one much like it .3, and each kind is ordered by frequency."""
    words = vocabulary(公司=3, 公式=9, 公事=12, 工商=1, 攻势=2)
    assert spoken(words, "公是") == [
        ("公事", 12, 1.0),
        ("公式", 9, 1.0),
        ("攻势", 2, 1.0),
        ("公司", 3, 0.3),
    ]
    assert spoken(words, "公是是") == []


@pytest.mark.parametrize(
    ("typed", "word"), [("长江", "藏江"), ("南方", "蓝房"), ("银杏", "英星"), ("生成", "森岑")]
)
def test_sounds_that_are_not_told_apart(typed: str, word: str) -> None:
    """Flat and raised tongue, n and l, and endings with and without g are alike."""
    assert spoken(vocabulary(**{word: 1}), typed) == [(word, 1, 0.3)]


def test_an_unusual_reading_weighs_less() -> None:
    """银行 sounds like 引航 by the second reading of 行."""
    assert spoken(vocabulary(银行=5), "引航") == [("银行", 5, 0.3)]


def test_first_letters_are_those_of_the_usual_reading() -> None:
    """The 车 of 公交车 is che, not ju."""
    words = vocabulary(公积金=3, 公交车=9)
    assert words.abbreviated("gjj") == [("公积金", 3, 1.0)]
    assert words.abbreviated("gjc") == [("公交车", 9, 1.0)]
    assert words.abbreviated("gj") == []


def test_words_that_look_alike() -> None:
    """Exchanged characters weigh .5; one other character .1, in words of four or more."""
    words = vocabulary(公积金=3, 公基金=2, 义务教育=4, 义务教学=1)
    assert words.looking_like("金公积") == [("公积金", 3, 0.5)]
    assert words.looking_like("公积今") == []
    assert words.looking_like("义务教师") == [("义务教育", 4, 0.1), ("义务教学", 1, 0.1)]
    assert words.looking_like("公积金") == []


def test_candidates_are_bounded() -> None:
    """A question gives the eight most frequent words of each kind."""
    words = vocabulary(**{chr(ord("一") + n) + "金": n for n in range(1, 40)})
    letters = [each.documents for each in words.abbreviated("dj")]
    assert len(letters) <= 8
    assert letters == sorted(letters, reverse=True)


def test_words_with_synonyms_are_a_vocabulary() -> None:
    """Single characters and words with other letters are left out."""
    words = words_with_synonyms(Synonyms([Group(("公积金", "住房公积金", "WIFI", "路"))]))
    assert words.abbreviated("zfgjj") == [("住房公积金", 0, 1.0)]
    assert words.abbreviated("l") == []


@pytest.mark.parametrize(
    ("letters", "ways"),
    [
        ("gongjijin", ["gong ji jin"]),
        ("xian", ["xian", "xi an"]),
        ("fangan", ["fang an", "fan gan"]),
        ("lvse", ["lv se"]),
        ("nueji", ["nve ji", "nu e ji"]),
        ("hng", []),
        ("wifi", []),
        ("ma" * 8, [" ".join(["ma"] * 8)]),
        ("ma" * 9, []),
    ],
)
def test_letters_are_cut_into_syllables(letters: str, ways: list[str]) -> None:
    """All ways are found, those with the longest first syllables first."""
    assert list(map(spelled, syllable_cuts(letters))) == ways


def test_ways_to_cut_are_bounded() -> None:
    """An ambiguous row of letters gives eight ways."""
    assert len(syllable_cuts("xianxianxian")) == 8


def test_characters_have_readings() -> None:
    """The usual reading comes first; other letters have none."""
    readings = sounds().of(np.array([ord("行"), ord("a"), ord("一")]))
    assert spelled(readings[0].tolist()[:2]) == "xing hang"
    assert readings[1].tolist() == [NONE] * 3
    assert spelled(readings[2].tolist()[:1]) == "yi"
    assert readings[2].tolist()[1:] == [NONE] * 2


@pytest.mark.parametrize("word", ["公积", "公积金", "住房公积", "〇年级", "㐀一鿿鿿"])
def test_a_word_of_up_to_four_characters_is_written_out(word: str) -> None:
    """The index can name such words again from their numbers."""
    numbers = term_numbers(["公", word, "wifi", "住房公积金"])
    found = {
        "".join(map(chr, row)): int(place)
        for places, codes in han_words(numbers).values()
        for place, row in zip(places, codes.tolist(), strict=True)
    }
    assert found == {word: 1}


@pytest.mark.parametrize("word", ["〇年级生", "\U00020000年级生", "住房公积金", "abcd", "a公积金"])
def test_other_terms_are_digests(word: str) -> None:
    """Longer words, other letters and rare characters have the highest bit set."""
    assert term_number(word) >> 63 == 1


def test_written_numbers_differ() -> None:
    """No two words share a number, whatever their length."""
    words = [
        "一",
        "一一",
        "一一一",
        "一一一一",
        "㐀一",
        "㐀㐀一",
        "㐀㐀㐀一",
        "一㐀㐀㐀",
        "㐀㐀㐀㐀",
    ]
    assert len({term_number(word) for word in words}) == len(words)
