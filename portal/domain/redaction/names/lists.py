"""Names in enumerations: beside a name that was found, in a list of nothing but names, with sums."""

import re
from collections.abc import Iterable, Iterator

from portal.domain.redaction.hits import Hit
from portal.domain.redaction.names.given import GIVEN
from portal.domain.redaction.names.shapes import (
    ends_at,
    is_common,
    is_name,
    is_usual,
    minority_at,
    name_hit,
    surname_at,
    usual_name_ending_at,
    weak_name_at,
)
from portal.domain.redaction.names.surnames import PARTICLE_SURNAMES
from portal.domain.redaction.names.tagging import tagged_name_at

_PARENTS = tuple("父母妻夫子女")
# What is said of one item of a list stands behind its name: 王小明8200元、李大力7700元.
_NEXT = re.compile(
    r"(?: ?[0-9.]{1,10} ?(?:元|万元?|块钱?)|\([^()\n]{1,12}\))?(?:[、,;/ ]|以?及|和|与|跟|还有|另有|同){1,3}"
)
_LIST = re.compile(
    r"[\u4e00-\u9fff]{2,4}(?:、[\u4e00-\u9fff]{2,3}(?=[、,。;()等和及与在都的均三四五六七八九十]|$)){1,30}"
)
_SHORTEST_LIST = 3
# Who is owed what: 王小明8200元、李大力7700元.
_SUM = r" ?[0-9][0-9.,]{0,9} ?(?:元|万元?|块)"
_SUMS = re.compile(
    rf"[\u4e00-\u9fff]{{2,4}}{_SUM}(?:[、,;和]{{1,2}} ?[\u4e00-\u9fff]{{2,4}}{_SUM}){{1,30}}"
)
_BEFORE_SUM = re.compile(rf"([\u4e00-\u9fff]{{2,4}}){_SUM}")


def find_listed(text: str, found: Iterable[Hit]) -> Iterator[Hit]:
    """Yield the names that stand in one list with a name ``found`` before, or with other names."""
    yield from _enumerated(text, found)
    yield from _lists(text)
    yield from _paid(text)


def _enumerated(text: str, found: Iterable[Hit]) -> Iterator[Hit]:
    """Yield what stands in one enumeration with a name that was found."""
    for hit in found:
        if hit.keep_reason:
            continue
        at = hit.end
        while (following := _following(text, at)) is not None:
            yield following
            at = following.end
        at = hit.start
        while at > 1 and text[at - 1] in "、,，和与及":
            preceding = usual_name_ending_at(text, at - 1)
            if preceding is None:
                break
            yield preceding
            at = preceding.start


def _following(text: str, end: int) -> Hit | None:
    """Return the next name of an enumeration or a family (父王大力母李小红) behind the one at ``end``."""
    link = _NEXT.match(text, end)
    if link is not None:
        following = _listed_at(text, link.end(), closed=link[0][-1] == "、")
        if following is not None:
            return following
        end = link.end()
    if text[end : end + 1] not in _PARENTS:
        return None
    return weak_name_at(text, end + 1) or tagged_name_at(text, end, end + 1, sure=True)


def _lists(text: str) -> Iterator[Hit]:
    """Yield the names of a list that holds nothing but names, at least three."""
    for match in _LIST.finditer(text):
        words = match[0].split("、")
        if len(words) < _SHORTEST_LIST:
            continue
        first = next(
            (words[0][-n:] for n in (3, 2) if is_name(words[0][-n:], 0, len(words[0][-n:]))), ""
        )
        names = [first, *words[1:]]
        if first and all(is_name(n, 0, len(n)) and is_usual(n, 0, len(n)) for n in names):
            at = match.start() + len(words[0]) - len(first)
            for name in names:
                yield name_hit(at, at + len(name), surname_at(name, 0))
                at += len(name) + 1


def _paid(text: str) -> Iterator[Hit]:
    """Yield the names of a list of people with sums, where most of its items begin as names do."""
    for match in _SUMS.finditer(text):
        items = [each.span(1) for each in _BEFORE_SUM.finditer(text, *match.span())]
        names = []
        for start, end in items:
            at = next((at for at in (end - 3, end - 2) if at >= start), start)
            if all(char in GIVEN for char in text[at + 1 : end]) and not is_common(text, at, end):
                names.append((at, end))
        known = sum(is_name(text, *name) and is_usual(text, *name) for name in names)
        if len(names) == len(items) and 2 * known > len(items):
            for at, end in names:
                yield name_hit(at, end, text[at])


def _listed_at(text: str, start: int, *, closed: bool) -> Hit | None:
    """Return the name that begins an item of a list; a ``closed`` item may have any surname."""
    dotted = minority_at(text, start)
    if dotted is not None:
        return dotted
    for end in (start + 4, start + 3, start + 2):
        if is_name(text, start, end) and ends_at(text, end, freely=True):
            surname = surname_at(text, start)
            if (
                is_usual(text, start, end)
                or ends_at(text, end)
                and (surname not in PARTICLE_SURNAMES or closed and end - start == 3)
            ):
                return name_hit(start, end, surname)
    return tagged_name_at(text, start, start) if closed else None
