"""Pieces of a number written one by one: 前三位138后八位…, 尾号5678, 身份证后六位….

Each piece is masked on its own; the first three digits of a phone number identify nobody.
"""

import re
from collections.abc import Iterator

from portal.domain.redaction.chains import MARK
from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit, skip
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import COVER

_COUNT = r"[一二两三四五六七八九十几0-9]{1,2}"
_CUE = re.compile(
    rf"(?:前|头|首|开头|中间|当中|后|後|末|尾|最后|倒数|其余|剩下的?|剩余)的?{_COUNT} ?(?:位数?字?|个数字?|码|位)"
    rf"|尾号|尾数|末尾|后缀|中间(?=[是为:]?[0-9])|后面(?=[是为:]?[0-9])|前面(?=[是为:]?[0-9])|开头(?=[是为:]?[0-9])|区号|last (?:four|4|six|6)(?: digits)?"
)
_FILLER = re.compile(rf"(?:数字|号码|手机|分别|就?是|为|号|的|{MARK}){{0,5}}")
_PIECE = re.compile(rf"[0-9](?:{MARK}{{0,2}}[0-9]){{2,17}}(?:{MARK}{{0,2}}[XxХ×叉])?(?![0-9])")
_SHORT_OF_X = re.compile(rf"[0-9](?:{MARK}{{0,2}}[0-9]){{0,17}}[XxХ×叉]")
# 138 1234 后四位五六七八: the digits in front of the words, which the view shows as 后4位.
_FRONT = re.compile(
    rf"(?<![0-9])1[3-9][0-9]{MARK}{{0,2}}[0-9]{{4}}(?={MARK}{{0,3}}(?:最后|后面?|末|尾)(?:的)?(?:4位|号|数))"
)
_FRONT_WORDS = frozenset("前头首开区")
_FIRST_THREE = re.compile(r"1[3-9][0-9]|0[0-9]{2,3}")
_UNIT = re.compile(r" ?(?:[元万亿%年月日路]|次列车)")


def find_fragments(folded: Folded) -> Iterator[Hit]:
    """Yield pieces of numbers behind the words that announce them."""
    view = folded.digits
    for front in _FRONT.finditer(view):
        yield Hit(FindingKind.FRAGMENT, front.start(), front.end(), COVER)
    for cue in _CUE.finditer(folded.plain):
        start = skip(_FILLER, folded.plain, cue.end())
        piece = _PIECE.match(view, start) or _SHORT_OF_X.match(view, start)
        first = cue[0][0] in _FRONT_WORDS and piece and _FIRST_THREE.fullmatch(piece[0])
        if piece is None or first or _UNIT.match(view, piece.end()):
            continue
        yield Hit(FindingKind.FRAGMENT, piece.start(), piece.end(), COVER)
