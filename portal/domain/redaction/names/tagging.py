"""Names that a tagger of words recognises where no list of characters does: 校长向光明, 抄表员傅铁生.

The tagger (jieba's dictionary with its hidden Markov model) takes many words for names. It is asked
only behind a word that a name may follow, and only about what begins with a surname.
"""

from functools import cache

import rjieba

from portal.domain.redaction.hits import Hit
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import COVER
from portal.domain.redaction.names.given import GIVEN, TRANSCRIBED
from portal.domain.redaction.names.shapes import TITLE, ends_at, name_hit
from portal.domain.redaction.names.surnames import (
    COMMON_WORDS,
    COMPOUND_SURNAMES,
    NOT_GIVEN,
    SURNAMES,
)

_TAGS = frozenset(("nr", "nrt", "nrfg"))
_MORE_SURNAMES = frozenset("代应凡步占问习税全巨由但惠哈明昌")
"""Surnames that nearly always are another word: only the tagger may take them for one."""
_SURNAMES = SURNAMES | _MORE_SURNAMES
_NOT_LAST = frozenset("家村湖坡镇组岭洞路桥镇园坝沟湾区县市街感的费人们里局处及等在")
_PLACE_BEHIND = frozenset("路街镇乡村区市县桥湖站")
_LINKS = tuple("和于向由但")
_AHEAD = 8
_GIVEN_LENGTH = 2
_SHORTEST = 3
_ANY = GIVEN | TRANSCRIBED
_OFTEN = 50
"""Occurrences in the corpus of the dictionary; given names that are in it as well stand below."""


def tagged_name_at(text: str, cue: int, start: int, *, sure: bool = False) -> Hit | None:
    """Return the name of surname and two characters at ``start``, behind the words from ``cue`` on.

    A surname and one character where a name ends as well. Behind a relative or a post (``sure``) it is
    enough that usual characters follow a surname and make no other word.
    """
    # 妻子和王小明: what links two people is no surname.
    if text[start : start + 1] in _LINKS and text[start + 1 : start + 2] in SURNAMES:
        start += 1
    surname = _surname_at(text, start)
    end = start + len(surname) + _GIVEN_LENGTH
    given = text[end - _GIVEN_LENGTH : end]
    if not surname or not given or given[0] in NOT_GIVEN:
        return None
    usual = all(char in GIVEN for char in given)
    if len(given) < _GIVEN_LENGTH or not _can_be_given(given):
        return _short_at(text, cue, start, end - 1)
    place = text[end : end + 1] in _PLACE_BEHIND
    if (
        place
        or text[start : start + 2] in COMMON_WORDS
        or any(TITLE.match(text, at) for at in range(start + 1, end))
    ):
        return None
    word, tag, behind = _word_at(text, cue, start)
    if word == text[start:end] and tag in _TAGS:
        torn = is_word(text[end - 1 : end + 1])
        tagged = (usual or not rjieba.has_word(word)) and not torn
    elif word == surname and behind[0] == given and usual and _TAGS & {tag, behind[1]}:
        tagged = True
    else:
        pairs = (text[start : start + 2], given, text[end - 1 : end + 1])
        tagged = sure and usual and not any(map(is_word, pairs))
    return name_hit(start, end, surname) if tagged else _short_at(text, cue, start, end - 1)


def _short_at(text: str, cue: int, start: int, end: int) -> Hit | None:
    """Return a surname and one character that the tagger takes for a name, and that ends as one."""
    word, tag, _ = _word_at(text, cue, start)
    if word != text[start:end] or tag not in _TAGS or word in COMMON_WORDS:
        return None
    if text[end - 1] not in GIVEN or not ends_at(text, end, freely=True):
        return None
    return name_hit(start, end, text[start : end - 1])


def tagged_given_at(text: str, cue: int, start: int, *, called: bool) -> Hit | None:
    """Return a given name or a foreign one alone (女儿安娜, 小名小雨) where it ends as names do.

    What somebody is ``called`` needs no tag where it is made of usual characters, and a character said
    twice (婷婷) no end.
    """
    if start >= len(text) or not _ANY.issuperset(text[start : start + _GIVEN_LENGTH]):
        return None
    pair = text[start : start + _GIVEN_LENGTH]
    twice = pair[0] == pair[-1] and pair[0] in GIVEN and not is_word(pair)
    # 健健康康 is a way to say it.
    if twice and text[start + 2 : start + 3] != text[start + 3 : start + 4]:
        return Hit(FindingKind.NAME, start, start + _GIVEN_LENGTH, COVER)
    word, tag, _ = _word_at(text, cue, start)
    if called and all(char in GIVEN for char in text[start : start + _GIVEN_LENGTH]):
        word, tag = text[start : start + _GIVEN_LENGTH], "nr"
    if tag not in _TAGS or not _GIVEN_LENGTH <= len(word) <= _SHORTEST:
        return None
    if len(word) == _SHORTEST and tag != "nrt":
        return None
    letters = TRANSCRIBED if tag == "nrt" else _ANY
    if not all(char in letters for char in word) or word in COMMON_WORDS:
        return None
    end = start + len(word)
    return Hit(FindingKind.NAME, start, end, COVER) if ends_at(text, end, freely=True) else None


def _can_be_given(given: str) -> bool:
    return (
        all("\u4e00" <= char <= "\u9fff" and char not in NOT_GIVEN for char in given)
        and given[-1] not in _NOT_LAST
    )


def _surname_at(text: str, start: int) -> str:
    if text[start : start + 2] in COMPOUND_SURNAMES:
        return text[start : start + 2]
    return text[start] if text[start : start + 1] in _SURNAMES else ""


def _word_at(text: str, cue: int, start: int) -> tuple[str, str, tuple[str, str]]:
    """Return word and tag that begin at ``start``, and those behind; empty where a word runs across."""
    at = cue
    words = [*rjieba.tag(text[cue : start + _AHEAD]), ("", ""), ("", "")]
    for index, (word, tag) in enumerate(words):
        if at == start:
            return word, tag, words[index + 1] if word else ("", "")
        at += len(word)
    return "", "", ("", "")


@cache
def is_word(pair: str) -> bool:
    """Return whether two characters are a word that is written often."""
    return rjieba.has_word(pair) and rjieba.suggest_freq(pair) > _OFTEN
