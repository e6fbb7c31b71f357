"""What may identify somebody and only a person can judge: possible names, numbers of unknown kind."""

import re
from collections.abc import Iterator

from portal.domain.redaction.chains import Chain
from portal.domain.redaction.confidential import find_requests
from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit, before
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import COVER
from portal.domain.redaction.names.given import TRANSCRIBED
from portal.domain.redaction.names.shapes import MINORITY, ends_at, is_name, is_usual, surname_at
from portal.domain.redaction.names.surnames import COMMON_WORDS, FREQUENT_SURNAMES

_SURNAME = re.compile(f"[{''.join(sorted(FREQUENT_SURNAMES))}]")
_STARTS = re.compile(r"[^\u4e00-\u9fff]")
_LEADS = frozenset("和与跟及被由向对找让给叫是为请帮替告问见")
_UNIT = re.compile(
    r" ?(?:[元万亿号%‰户名个件份套平㎡米吨年月日次人公斤克升度天]|m[2²]|k[mgw]|[.:,][0-9])", re.I
)
_PUBLIC_NUMBER = re.compile(
    r"[〔\[(]\d{4}[〕\])]|文号|编码|邮编|邮政|公告|标准|版本|GB|DB|代码|信件|政策|项目|查询$|[¥$€]$",
    re.I,
)
_PUBLIC_FORM = re.compile(
    r"(?:19|20)[0-9]{6}(?:[0-9]{4,6})?|[1-9]0{4,}|(?:19|20)[0-9]{2}(?:19|20)[0-9]{2}|400[0-9]{7}|(?:12|95|96|10)[0-9]{3,4}"
)
_LATIN = re.compile("[A-Za-z]")
_PLACES = frozenset("路街村园桥站门楼区县镇乡城站院校日")
_FEWEST_DIGITS = 7
_TRANSCRIBED_NAME = 5


def find_doubts(folded: Folded, chain_list: list[Chain]) -> Iterator[Hit]:
    """Yield possible names, numbers of unknown kind, and requests not to be shown."""
    yield from find_requests(folded.plain)
    yield from _possible_names(folded.plain)
    for chain in chain_list:
        if chain.view is folded.plain:
            yield from _unknown_numbers(chain)


def _possible_names(text: str) -> Iterator[Hit]:
    for match in _SURNAME.finditer(text):
        start = match.start()
        leading = text[start - 1 : start]
        if leading and not (_STARTS.match(leading) or leading in _LEADS):
            continue
        end = start + 3
        if (
            is_name(text, start, end)
            and is_usual(text, start, end)
            and text[start + 1 : end] not in COMMON_WORDS
            and ends_at(text, end, freely=True)
            and text[end - 1] not in _PLACES
        ):
            yield Hit(FindingKind.POSSIBLE_NAME, start, end, f"{surname_at(text, start)}某某")
    for match in MINORITY.finditer(text):
        letters = [char for char in match[0] if "\u4e00" <= char <= "\u9fff"]
        if len(letters) >= _TRANSCRIBED_NAME and all(char in TRANSCRIBED for char in letters):
            yield Hit(FindingKind.POSSIBLE_NAME, match.start(), match.end(), COVER)


def _unknown_numbers(chain: Chain) -> Iterator[Hit]:
    at = 0
    while at < len(chain.digits):
        first, last = chain.run(at, at + 1)
        at = last
        if (
            last - first < _FEWEST_DIGITS
            or len(set(chain.digits[first:last])) < 2
            or _PUBLIC_FORM.fullmatch(chain.digits, first, last)
        ):
            continue
        start, end = chain.span(first, last)
        # A0012345: what a site calls a user who gave no name.
        if chain.digits.startswith("00", first) and _LATIN.match(chain.view, max(0, start - 1)):
            continue
        if not _UNIT.match(chain.view, end) and not _PUBLIC_NUMBER.search(
            before(chain.view, start, 10)
        ):
            yield Hit(FindingKind.UNKNOWN_NUMBER, start, end, COVER)
