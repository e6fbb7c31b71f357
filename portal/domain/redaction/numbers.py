"""Yield identity cards, bank cards and mobile numbers.

Sources: GB 11643 (identity number: region, birth date, sequence, check character by ISO 7064
Mod 11,2; 15 digits before 1999), ISO/IEC 7812 (card numbers of 16–19 digits, Luhn), the national
numbering plan (mobile numbers: 11 digits from 13 to 19).
"""

import re
from collections.abc import Iterator
from datetime import date

from stdnum import luhn
from stdnum.cn import ric, uscc

from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import SEPARATOR, WRAPPED, Hit, before, digits_of, scan
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import mask_bank_card, mask_id_card, mask_mobile

_PROVINCES = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
        ),
    )
)
_OPEN = r"(?<![0-9])"
_CLOSE = r"(?![0-9])"
_DIGIT = rf"(?:{SEPARATOR}[0-9])"

_ID_18 = re.compile(rf"{_OPEN}[1-8]{_DIGIT}{{16}}{SEPARATOR}[0-9XxХх×]{_CLOSE}(?![A-Za-z])")
_ID_15 = re.compile(rf"{_OPEN}[1-8]{_DIGIT}{{14}}{_CLOSE}")
_ID_CUE = re.compile(r"身份证|身份号|证件|公民身份")

_CARD = re.compile(rf"{_OPEN}[1-9]{_DIGIT}{{15,18}}")
_ASCII_DIGIT = re.compile("[0-9]")
_CARD_LENGTHS = range(19, 15, -1)
# Registering department and kind of a unified social credit code (GB 32100).
_CREDIT_CODE = re.compile(r"(?:1[1239]|5[1239]|9[123])[1-8]")
_CARD_CUE = re.compile(r"卡号|银行|储蓄卡|信用卡|借记卡|[工建农中招交]行|开户|账号|帐号|账户|帐户")
_ACCOUNT = re.compile(
    rf"(?:卡号|[账帐]号|[账帐]户)(?:号码|是|为|:|\s){{0,3}}([0-9]{_DIGIT}{{9,29}}){_CLOSE}"
)
_DOCUMENT = re.compile(
    r"(?:护照|通行证|军官证|士兵证|驾驶证|居住证|台胞证|社保卡|医保卡)(?:号码|编号|号|是|为|:|\s){0,3}"
    r"([A-Za-z]{0,2}[0-9]{7,18}[Xx]?)(?![0-9A-Za-z])"
)
_CODE_CUE = re.compile(
    r"信用代码|组织机构|税号|订单|单号|编号|编码|流水|条码|合同号|保单|案号|工单|户号|房号$"
)

_MOBILE_CORE = rf"1{WRAPPED}[3-9](?:{WRAPPED}[0-9]){{9}}"
_MOBILE_PREFIX = rf"(?:(?:\+|00)?86{SEPARATOR})?0?"
_NO_AMOUNT = r"(?! ?(?:元|万|亿|%|平方米))"
_MOBILE = re.compile(rf"{_OPEN}{_MOBILE_PREFIX}({_MOBILE_CORE}){_CLOSE}{_NO_AMOUNT}")
# 一三八…八一直打不通: a Chinese numeral on either side may belong to the sentence.
_MOBILE_LOOSE = re.compile(rf"{_OPEN}[0-9]??({_MOBILE_CORE})(?=[0-9]?{_CLOSE}){_NO_AMOUNT}")
_DATE_IN_FRONT = re.compile(r"(?:19|20)[0-9]{2} ?[-./年] ?[0-9]{0,2} ?[-./月]? ?$")


def find_numbers(folded: Folded) -> Iterator[Hit]:
    """Yield identity cards, bank cards and mobile numbers in every view of the text."""
    for view in folded.views:
        yield from scan(_ID_18, view, _check_id_18)
        yield from scan(_ID_15, view, _check_id_15)
        yield from scan(_CARD, view, _check_card)
        for match in _ACCOUNT.finditer(view):
            mask = mask_bank_card(digits_of(match[1]))
            yield Hit(FindingKind.BANK_CARD, *match.span(1), mask)
        for match in _DOCUMENT.finditer(view):
            yield Hit(FindingKind.ID_CARD, *match.span(1), mask_id_card(match[1]))
        yield from scan(_MOBILE, view, _check_mobile)
    if folded.digits != folded.plain:
        for hit in scan(_MOBILE_LOOSE, folded.digits, _check_loose_mobile):
            if _chinese_edges(folded, hit):
                yield hit


def _check_id_18(match: re.Match[str]) -> Hit | None:
    number = digits_of(match[0][:-1]) + re.sub("[^0-9]", "X", match[0][-1])
    if not _is_person(number[:6], number[6:14]):
        return None
    # A slip of the pen breaks the check character and still names the person.
    valid = number[-1] == ric.calc_check_digit(number)
    if not valid and (_is_credit_code(number) or _is_coded(match) and not _is_cued(match, _ID_CUE)):
        return None
    return Hit(FindingKind.ID_CARD, match.start(), match.end(), mask_id_card(number))


def _check_id_15(match: re.Match[str]) -> Hit | None:
    number = digits_of(match[0])
    if not _is_person(number[:6], "19" + number[6:12]):
        return None
    if not _is_cued(match, _ID_CUE) and (_is_coded(match) or luhn.is_valid(number)):
        return None
    return Hit(FindingKind.ID_CARD, match.start(), match.end(), mask_id_card(number))


def _is_person(region: str, born: str) -> bool:
    if region[:2] not in _PROVINCES or not "1880" <= born[:4] <= "2099":
        return False
    try:
        date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    return True


def _check_card(match: re.Match[str]) -> Hit | None:
    """Return the longest number that begins here, ends where digits end, and is a card's."""
    cued = _is_cued(match, _CARD_CUE)
    if not cued and (match[0][0] not in "34569" or _is_coded(match)):
        return None
    places = [digit.start() for digit in _ASCII_DIGIT.finditer(match.string, *match.span())]
    number = digits_of(match[0])
    for length in _CARD_LENGTHS:
        if len(number) < length:
            continue
        end, card = places[length - 1] + 1, number[:length]
        follower = match.string[end : end + 1]
        if "0" <= follower <= "9":
            continue
        if cued or luhn.is_valid(card) and not _is_credit_code(card):
            return Hit(FindingKind.BANK_CARD, match.start(), end, mask_bank_card(card))
    return None


def _is_credit_code(number: str) -> bool:
    return _CREDIT_CODE.match(number) is not None and uscc.is_valid(number)


def _is_cued(match: re.Match[str], cue: re.Pattern[str]) -> bool:
    return cue.search(before(match.string, match.start(), 16)) is not None


def _is_coded(match: re.Match[str]) -> bool:
    return _CODE_CUE.search(before(match.string, match.start(), 12)) is not None


def _check_mobile(match: re.Match[str]) -> Hit | None:
    return _mobile_hit(match, match.start())


def _check_loose_mobile(match: re.Match[str]) -> Hit | None:
    return _mobile_hit(match, match.start(1))


def _mobile_hit(match: re.Match[str], start: int) -> Hit | None:
    number = match[1]
    if len(number) > 11 and _DATE_IN_FRONT.search(match.string[max(0, start - 12) : start]):
        return None
    return Hit(FindingKind.MOBILE, start, match.end(), mask_mobile(digits_of(number)))


def _chinese_edges(folded: Folded, hit: Hit) -> bool:
    neighbours = (
        folded.plain[max(0, hit.start - 1) : hit.start] + folded.plain[hit.end : hit.end + 1]
    )
    return not any("0" <= char <= "9" for char in neighbours)
