"""Highlighting: the words found in a text, marked in HTML that is safe in a page.

The marks are set as private characters first, then the text is escaped, then the private
characters become ``<mark>``: no content of a text can turn into markup.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape

from search_index.analysis import OTHER_CHARACTER, is_emoji, normalise, normalise_with_offsets, runs

_OPEN = "\ue000"
_CLOSE = "\ue001"
_PRIVATE = re.compile(f"[{_OPEN}{_CLOSE}]")
_BLANKS = re.compile(r"\s+")
_SENTENCE_END = "。！？；!?;\n"
ELLIPSIS = "…"
LEAD = 16
"""Characters shown before the first marked word, unless a sentence begins in them."""

MAX_SPANS = 60
"""Occurrences compared to find the best place."""

Span = tuple[int, int]


def mark(text: str, terms: Iterable[str]) -> str:
    """Return the whole of ``text`` as escaped HTML, every occurrence of a term within ``<mark>``.

    Terms are those of ``SearchPage.understood``; case and width make no difference. A word of
    letters or digits is marked as a whole word only.
    """
    text = _without_private(text)
    return _rendered(text, _merged(_spans(text, terms)))


def fragments(text: str, terms: Sequence[str], width: int) -> str:
    """Return about ``width`` characters of ``text`` as escaped HTML, with the most terms.

    Without an occurrence it is the beginning. White space is reduced to single spaces; an ellipsis
    shows that text was left out.
    """
    text = " ".join(_without_private(text).split())
    if len(text) <= width:
        return mark(text, terms)
    spans = _spans(text, terms)
    start = _best_start(text, spans, width)
    end = min(len(text), start + width)
    inside = [(a - start, min(b, end) - start) for a, b in _merged(spans) if start <= a < end]
    before = ELLIPSIS if start else ""
    after = ELLIPSIS if end < len(text) else ""
    return before + _rendered(text[start:end], inside) + after


def passage(text: str, span: Span, width: int) -> str:
    """Return about ``width`` characters of ``text`` as escaped HTML, those of ``span`` marked.

    It is the beginning where the span lies in it, else the span with what follows it. White space
    is reduced to single spaces; an ellipsis shows that text was left out.
    """
    before, within, after = (
        _BLANKS.sub(" ", _PRIVATE.sub("", part))
        for part in (text[: span[0]].lstrip(), text[slice(*span)], text[span[1] :].rstrip())
    )
    whole = before + within + after
    start = 0 if len(before) + len(within) <= width else len(before)
    end = min(len(whole), start + width)
    marked = len(before) - start, min(len(before) + len(within), end) - start
    html = _rendered(whole[start:end], [marked] if within else [])
    return (ELLIPSIS if start else "") + html + (ELLIPSIS if end < len(whole) else "")


def _without_private(text: str) -> str:
    return _PRIVATE.sub("", text) if _OPEN in text or _CLOSE in text else text


def _spans(text: str, terms: Iterable[str]) -> list[Span]:
    patterns = [pattern for pattern in map(_pattern, terms) if pattern]
    if not patterns:
        return []
    folded, offsets = normalise_with_offsets(text)
    found = []
    for pattern in patterns:
        for match in pattern.finditer(folded):
            # A character may fold into several; it is marked as a whole.
            end = match.end()
            while offsets[end] == offsets[match.end() - 1]:
                end += 1
            found.append((offsets[match.start()], offsets[end]))
    return sorted(found)


@lru_cache(maxsize=1024)
def _pattern(term: str) -> re.Pattern[str] | None:
    pattern = ""
    before_han = True
    for run, _, han in runs(normalise(term)):
        if pattern:
            pattern += r"[\W_]*" if han or before_han else r"[\W_]+"
        whole = han or is_emoji(run)
        pattern += run if whole else f"(?<!{OTHER_CHARACTER}){run}(?!{OTHER_CHARACTER})"
        before_han = han
    return re.compile(pattern) if pattern else None


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _best_start(text: str, spans: list[Span], width: int) -> int:
    if not spans:
        return 0
    spans = spans[:MAX_SPANS]
    best, best_score = spans[0][0], (0, 0)
    for first, _ in spans:
        inside = [text[a:b] for a, b in spans if first <= a and b <= first + width - LEAD]
        score = len(set(inside)), len(inside)
        if score > best_score:
            best, best_score = first, score
    start = max(0, best - LEAD)
    sentence = max(text.rfind(sign, start, best) for sign in _SENTENCE_END)
    start = start if sentence < 0 else sentence + 1
    return min(start, max(0, len(text) - width))


def _rendered(text: str, spans: Iterable[Span]) -> str:
    parts = []
    done = 0
    for start, end in spans:
        parts += [text[done:start], _OPEN, text[start:end], _CLOSE]
        done = end
    parts.append(text[done:])
    html = escape("".join(parts))
    return html.replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
