"""Parsing a typed query into words, "phrases" and -excluded words; nothing raises.

Other operators, wildcards, ranges and field names are ordinary text: their words are searched, their
signs ignored. A query is cut at ``MAX_CHARACTERS`` and ``MAX_TERMS``.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from search_index.analysis import (
    MAX_TOKEN,
    bigrams,
    dictionary_words,
    is_emoji,
    normalise,
    runs,
    segment,
)
from search_index.synonyms import NO_SYNONYMS, Synonyms

MAX_CHARACTERS = 200
MAX_TERMS = 20

ACROSS_WORDS = 0.5
"""Weight in ranking of a pair of characters that belongs to two words."""

_STOP_WORDS = """
的 了 吗 呢 吧 啊 呀 和 与 及 或 是 在 有 我 你 您 他 她 它 们 这 那 就 都 也 还 又 很 把 被 让 给
对 从 到 由 以 于 为 而 且 并 但 着 过 地 得 之 其 该 等 能 会 可 要 想 请 问 个 什 么
我们 你们 他们 您好 你好 请问 怎么 怎样 如何 什么 为什么 为何 哪里 哪些 哪个 是否 能否 可否 可以
能不能 有没有 是不是 怎么办 多少 关于 对于 因为 所以 但是 一个 一些 这个 那个 希望 谢谢
谁 啥 咋 哪 去 时候 啥时候 何时 几时 多久 怎么样 怎么回事 咋办 咋样 为啥 哪儿 哪位
应该 应当 一直 已经 正在 现在 目前 还是 还有 非常 这里 那里 这边 那边 这样 那样 这么 那么
自己 大家 别人 一下
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words too common to select anything; searched only where nothing else was typed."""

_NOT = re.compile(r"(?<!\S)NOT\s+(?=\S)")
_EXCLUDED = re.compile(r'(?<!\S)[-\u2212]("[^"]*"|[^\s"]+)')
_QUOTES = str.maketrans("“”„「」『』《》", '"""""""""')
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")
_YEAR_WORD = re.compile(_YEAR.pattern + "年")
_PHRASE = re.compile('["“”„「『《]([^"“”„「」『』《》]*)["“”」』》]')


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """The words and phrases to search, normalised, without repetition, in the order typed.

    ``blank`` distinguishes an empty query (all documents) from one without a word (no document);
    ``text`` is the normalised text, for ranking. ``alternatives`` are other words that count as a
    word of the query; no entry with one of ``excluded`` is found. ``years`` has for words such as
    2025年 the year whose answers count as holding them.
    """

    terms: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    truncated: bool = False
    understood: tuple[str, ...] = ()
    blank: bool = False
    text: str = ""
    alternatives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    years: Mapping[str, int] = field(default_factory=dict)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Each word and phrase with its alternatives: an entry needs one of each group."""
        return tuple(
            (needle, *self.alternatives.get(needle, ())) for needle in self.phrases + self.terms
        )

    @property
    def synonyms(self) -> tuple[str, ...]:
        """The alternatives of all words, without repetition."""
        return tuple(dict.fromkeys(chain.from_iterable(self.alternatives.values())))


def parse(text: str, synonyms: Synonyms = NO_SYNONYMS) -> ParsedQuery:
    """Parse what a person typed; any text gives a query.

    A query of excluded words alone is blank: it asks for all documents without them.
    """
    if not text.strip():
        return ParsedQuery(blank=True)
    normal = folded(text)
    truncated = len(text) > MAX_CHARACTERS or len(normal) > MAX_CHARACTERS
    normal = normal[:MAX_CHARACTERS]
    straight = normal.translate(_QUOTES)
    excluded = _unique(filter(None, map(_clean, _EXCLUDED.findall(straight))))
    if excluded:
        normal = _EXCLUDED.sub(" ", straight)
    phrases = [_clean(match) for match in _PHRASE.findall(normal)]
    phrases = _unique(phrase for phrase in phrases if phrase)
    loose = _PHRASE.sub(" ", normal)
    years = {f"{year}年": int(year) for year in _YEAR.findall(loose)}
    words = _unique([*words_of(_YEAR_WORD.sub(" ", loose)), *years])
    alternatives = _alternatives(words, loose, synonyms)
    specific = [word for word in words if word not in STOP_WORDS and not is_emoji(word)]
    if specific or phrases:
        words = specific
    truncated = truncated or len(words) + len(phrases) + len(excluded) > MAX_TERMS
    phrases = phrases[:MAX_TERMS]
    words = words[: MAX_TERMS - len(phrases)]
    return ParsedQuery(
        terms=tuple(words),
        phrases=tuple(phrases),
        truncated=truncated,
        understood=tuple(phrases + words),
        blank=bool(excluded) and not words and not phrases,
        text=normal,
        alternatives={word: alternatives[word] for word in words if word in alternatives},
        excluded=tuple(excluded[:MAX_TERMS]),
        years={word: year for word, year in years.items() if word in words},
    )


def folded(text: str) -> str:
    """Return the part of a typed query that is read, normalised, its NOT as a minus sign."""
    return normalise(_NOT.sub("-", text[:MAX_CHARACTERS]))


def is_one_word(text: str) -> bool:
    """Return whether a query of ``text`` is searched as it is written: letters without signs."""
    normal = normalise(text)
    return bool(normal) and "".join(run.text for run in runs(normal)) == normal


def _alternatives(words: list[str], loose: str, synonyms: Synonyms) -> dict[str, tuple[str, ...]]:
    """Return the alternatives of ``words``.

    Where neighbouring words together have one (小孩 上学: 义务教育入学), it counts as each of them.
    """
    found: dict[str, tuple[str, ...]] = {}
    for run, _, han in runs(loose):
        parts = segment(run) if han else [run[:MAX_TOKEN]]
        for first, last in synonyms.spans(parts):
            whole = "".join(parts[first:last])
            others = synonyms.of(whole)
            for word in {whole, *parts[first:last]} & set(words):
                own = synonyms.of(word) if word != whole else ()
                found[word] = tuple(_unique([*found.get(word, ()), *others, *own]))
    return found


def words_of(normalised: str) -> list[str]:
    """Return the words of a normalised text in order, repetitions included.

    Neighbouring single characters that the dictionary does not join (often a name) stay together.
    """
    words: list[str] = []
    for run, _, han in runs(normalised):
        if not han:
            words.append(run[:MAX_TOKEN])
            continue
        loose = ""
        for word in segment(run):
            if len(word) == 1 and word not in STOP_WORDS:
                loose += word
                continue
            words.extend([loose, word] if loose else [word])
            loose = ""
        if loose:
            words.append(loose)
    return words


def ranking_terms(normalised: str) -> dict[str, float]:
    """Return the index terms of a normalised text with their weights for ranking.

    Pairs of characters inside a word weigh 1 per occurrence, pairs across two words
    ``ACROSS_WORDS``: they favour documents with the words side by side as typed. A single character
    and a pair of ``STOP_WORDS`` alone give no term: a letter is not about 什么时候.
    """
    weights: dict[str, float] = {}
    for run, _, han in runs(normalised):
        if not han:
            term = run[:MAX_TOKEN]
            weights[term] = weights.get(term, 0.0) + 1.0
            continue
        ends: set[int] = set()
        stopped: set[int] = set()
        end = 0
        for word in segment(run):
            if word in STOP_WORDS:
                stopped.update(range(end, end + len(word)))
            end += len(word)
            ends.add(end)
        for i, pair in enumerate(bigrams(run)):
            if i in stopped and i + 1 in stopped:
                continue
            weight = ACROSS_WORDS if i + 1 in ends else 1.0
            weights[pair] = weights.get(pair, 0.0) + weight
    return weights


def ranking_words(normalised: str) -> dict[str, float]:
    """Return the words of a normalised text that take part in ranking, with their number."""
    counts = Counter(word for word in dictionary_words(normalised) if word not in STOP_WORDS)
    return {word: float(count) for word, count in counts.items()}


def _clean(phrase: str) -> str:
    return " ".join(run.text[:MAX_TOKEN] for run in runs(phrase))


def _unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
