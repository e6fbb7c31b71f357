"""Where an address begins: the road and the compound named in front of a house number.

Chinese sets no blank between a name and the words before it, so the name reaches back to a word
that leads to an address (住, 位于), to an administrative level that may stay (渝中区, 大坪街道), or
as far as such names are long. One or two words too many are masked rather than one too few.
"""

import re
from collections.abc import Iterable, Iterator

from portal.domain.redaction.hits import Hit

_LONGEST = 8
_BEFORE = re.compile(rf"[\u4e00-\u9fff]{{2,{2 * _LONGEST}}}(?:[0-9]{{1,2}}期|[A-Za-z]区)? ?$")
_NAMED = re.compile(
    r"(?:(?:大道|(?<!街)道|[路街巷弄])(?:[一二三四五东西南北中][段路街巷])?"
    r"|小区|社区|花园|大院|家园|公寓|大厦|[一二三四五六七八九十]期|新村|新城|广场|公馆|别墅|山庄|华庭|国际|天街|(?<!政)府|[苑园庭城湾邸寓居厦阁轩])"
    r"(?:[一二三四五六七八九十0-9]{1,2}期|[A-Za-z东西南北]区)? ?$"
)
# What ends in front of the name; after the second sort at least three characters must be left,
# since names begin with such words as well (和平路, 为民路).
_LEADS = re.compile(
    r"住(?!宅)|[在到址是的号了您我他她从往]|位于|反映|表示|认为|造成|出具|请问|关于|附近|街道|办事处|[省县州镇乡]|市(?![场民])|(?<![小社])区"
)
_MAYBE_LEADS = re.compile(r"[和与及至对向由为因家有经将跟把被该去来]")
_JOINED = re.compile(r"[ ,]?|[ ,]?\([\u4e00-\u9fff]{2,10}\)")


def from_the_name_on(view: str, hit: Hit) -> Hit:
    """Return ``hit``, a house number, from the name of its road or compound on."""
    before = _BEFORE.search(view, max(0, hit.start - 2 * _LONGEST - 3), hit.start)
    if before is None or not _NAMED.search(before[0]):
        return hit
    name = before[0]
    cuts = [m.end() for m in _LEADS.finditer(name) if len(name) - m.end() >= 2]
    cuts += [m.end() for m in _MAYBE_LEADS.finditer(name) if len(name) - m.end() >= 3]
    return hit._replace(start=hit.start - len(name) + max([*cuts, len(name) - _LONGEST, 0]))


def joined(view: str, hits: Iterable[Hit]) -> Iterator[Hit]:
    """Give hits that follow each other at once, as road and building do, as one."""
    last: Hit | None = None
    for hit in sorted(hits, key=lambda hit: (hit.start, hit.end)):
        if last is None:
            last = hit
        elif last.keep_reason == hit.keep_reason and (
            hit.start <= last.end or _JOINED.fullmatch(view, last.end, hit.start)
        ):
            last = last._replace(end=max(last.end, hit.end))
        else:
            yield last
            last = hit
    if last is not None:
        yield last
