"""Which sentence of a reply answers a question, and when the first hit is certain enough to show it.

Nothing is composed: a sentence stands as it was written, or none is shown.
"""

import re
from collections import Counter
from collections.abc import Sequence

from search_index.analysis import is_han, normalise
from search_index.query import ranking_terms
from search_index.results import Hit

MARGIN = 1.7
"""How many times the score of the second hit the first must reach. On the known items the first is
then the right one in more than nine of ten cases, on either half of them (docs/search.md)."""
QUESTION_LEAST = 6
"""Han characters from which a query is a question rather than a word to look around with."""
SHORTEST = 6
"""Characters that a sentence has at least."""
LONGEST = 160
"""Characters of a sentence beyond which it is cut at commas; longer pieces are not shown."""

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*")
_CLAUSE = re.compile(r"[^，,]+[，,]*")
_GREETING = re.compile(r"\s*(?:[^，。！,\n]{0,16}[您你]好[，,！!：:]*)?\s*")
# What opens and closes any reply and answers nothing.
_COURTESY = re.compile(
    r"收悉|^(?:非常|十分|衷心)?感谢|谢谢|特此|此复|敬礼|(?:回复|答复|说明|函复)如下"
    r"|对.{0,12}工作的.{0,6}(?:关心|支持|理解|监督)|(?:欢迎|祝)[您你]|^(?:尊敬|网友|市民)"
    r"|高度重视|^[（(]?[一二三四五六七八九十0-9]*[）)、.]?关于.{0,40}(?:问题|情况|事项)[。：:]*$"
    r"|(?:来信|反映|咨询|提出|所述|投诉)的?.{0,40}(?:问题|事项|来信)[，,]?.{0,8}(?:现|经).{0,10}$"
)
_RESULT = re.compile(
    r"已|将|应|可以|可到|可在|需|须|凭|按照|根据|规定|标准|不予|不能|不属于|办理|提供|材料|条件|地址|时间"
    r"|[0-9]+(?:元|%|％|日|天|年|月|岁|个)"
)
RESULT_BONUS = 1.3
"""Factor of a sentence that states a rule, a step or a result."""

Span = tuple[int, int]


def is_certain(hits: Sequence[Hit], question: str) -> bool:
    """Return whether the first of the best ``hits`` answers ``question`` in nine of ten cases.

    Ordered by meaning the second hit is not always the one with the second highest score.
    """
    if sum(map(is_han, question)) < QUESTION_LEAST or not hits:
        return False
    others = [hit.score for hit in hits[1:] if hit.complete == hits[1].complete]
    second = max(others, default=0.0)
    return hits[0].score > 0 and hits[0].score >= MARGIN * second


def answering(reply: str, question: str) -> Span | None:
    """Return where the sentence of ``reply`` stands that answers ``question``, if one does.

    It is the one with the most weight of the question's terms, where a term counts less the more
    sentences hold it; courtesies do not count. Without a common term there is none.
    """
    terms = ranking_terms(normalise(question))
    spans = [span for span in _sentences(reply) if not _COURTESY.search(reply[slice(*span)])]
    held = [_held(reply[slice(*span)], terms) for span in spans]
    often = Counter(term for each in held for term in each)
    best, found = 0.0, None
    for span, each in zip(spans, held, strict=True):
        weight = sum(terms[term] / often[term] for term in each)
        if _RESULT.search(reply, *span):
            weight *= RESULT_BONUS
        if weight > best:
            best, found = weight, span
    return found


def _held(sentence: str, terms: dict[str, float]) -> set[str]:
    return {term for term in ranking_terms(normalise(sentence)) if term in terms}


def _sentences(text: str) -> list[Span]:
    found = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        if end - start > LONGEST:
            found += _clauses(text, start, end)
        else:
            found.append((start, end))
    spans = ((_behind_greeting(text, start, end), end) for start, end in found)
    return [(start, end) for start, end in spans if SHORTEST <= end - start <= LONGEST]


def _behind_greeting(text: str, start: int, end: int) -> int:
    greeting = _GREETING.match(text, start, end)
    return greeting.end() if greeting else start


def _clauses(text: str, start: int, end: int) -> list[Span]:
    """Return a long sentence in pieces of up to ``LONGEST`` characters, cut at commas."""
    pieces = []
    first = start
    for match in _CLAUSE.finditer(text, start, end):
        if match.end() - first > LONGEST and match.start() > first:
            pieces.append((first, match.start()))
            first = match.start()
    pieces.append((first, end))
    return pieces
