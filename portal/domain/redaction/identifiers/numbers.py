"""Identity cards, bank cards and mobile numbers.

Sources: GB 11643 (identity number: region, birth date, sequence, check character by ISO 7064
Mod 11,2; 15 digits before 1999), GB/T 26341 (disability certificate: identity number, kind and
degree), ISO/IEC 7812 (card numbers of 16–19 digits, Luhn), the national numbering plan (mobile
numbers: 11 digits from 13 to 19).
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import accumulate

from stdnum.cn import ric, uscc

from portal.domain.redaction.chains import MARK, Chain
from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit, before, digits_of
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import COVER, mask_mobile

_REGION = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])[0-9]{4}"
_DAY = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
_ID_18 = re.compile(rf"(?={_REGION}(?:18[89]|19[0-9]|20[0-9])[0-9]{_DAY}[0-9]{{3}})")
_ID_15 = re.compile(rf"(?={_REGION}[0-9]{{2}}{_DAY}[0-9]{{3}})")
_CHECK_LETTER = re.compile(rf"{MARK}{{0,3}}(?:[Xx×✕✖⨉乂]|叉叉?|艾克斯|埃克斯)(?![A-Za-z])")
_ID_CUE = re.compile(r"身份证|身份号|证件|公民身份|身证|ID|identity", re.I)
# Half hidden already, and what is left still identifies the person: 500103198001**123X.
_FEWEST_KINDS = 3
"""Different digits that a real number has at least."""
_PARTLY_HIDDEN = re.compile(
    r"[1-8][0-9]{3,16}[*#?某□■xX]{2,14}[0-9]{0,8}[0-9Xx叉]?(?![0-9A-Za-z*])"
)
_HIDDEN_MOBILE = re.compile(r"1[3-9][0-9*#?□■xX]{9}(?![0-9A-Za-z*])")
_HIDDEN_SIGN = re.compile(r"[*#?某□■xX]")

_CARD = re.compile(r"(?=[34569][0-9]{15})")
# As it is printed on the card; a slip of the pen breaks the check digit and not the groups. Sixteen
# digits are two telephones as well, unless they begin as those of this country's cards do.
_GROUPS = r"([ \-—–_.·、,/\n]{1,3})[0-9]{4}(?:\%s[0-9]{4}){2}"
_PRINTED = re.compile(
    rf"(?:62[0-9]{{2}}{_GROUPS % 1}(?:\1[0-9]{{1,3}})?|[3-6][0-9]{{3}}{_GROUPS % 2}\2[0-9]{{1,3}})"
    r"(?![0-9]|[ \-—–_.·、,/\n]{1,3}[0-9])"
)
_CARD_LENGTHS = range(19, 15, -1)
# Registering department and kind of a unified social credit code (GB 32100).
_CREDIT_CODE = re.compile(r"(?:1[1239]|5[1239]|9[123])[1-8]")
_CARD_CUE = re.compile(
    r"卡号|银行|储蓄卡|信用卡|借记卡|[工建农中招交]行|开户|账号|帐号|账户|帐户|卡[:是为 ]{0,2}$"
)
_CODE_CUE = re.compile(
    r"信用代码|组织机构|税号|订单|单号|编号|编码|流水|条码|合同号|保单|案号|工单|户号|房号$|注册号"
)

_MOBILE_LENGTH = 11
_MOBILE = re.compile(r"(?=1[3-9][0-9]{9})")
_PREFIX = re.compile(rf"(?<![0-9])(?:(?:\+|00)?86{MARK}{{0,3}})?0?$")
_ANOTHER = re.compile(r"(?:1[3-9][0-9]{9}|0[0-9]{9,11})+")
_MORE = 66
_BEHIND_CUE = re.compile(r"(?:电话|手机|联系方式|联系|号码|致电|微信|tel|phone)[^0-9]{0,6}$", re.I)
_AMOUNT_CUE = re.compile(r"金额|投资|资金|共计|合计|总计|总额|收入|支出|预算|造价|产值|经费|税")
_AMOUNT = re.compile(r" ?(?:万|亿|%|平方米)")
_MONEY = re.compile(r" ?元|\.[0-9]{1,2} ?元")
_DATE_IN_FRONT = re.compile(r"(?:19|20)[0-9]{2} ?[-./年] ?[0-9]{0,2} ?[-./月]? ?$")


def find_numbers(folded: Folded, chain: Chain) -> Iterator[Hit]:
    """Yield identity cards, bank cards and mobile numbers of a chain."""
    if len(chain.digits) >= 15 and len(set(chain.digits)) >= _FEWEST_KINDS:
        yield from _identity_cards(chain)
        yield from _old_identity_cards(chain)
        yield from _cards(chain)
    if len(chain.digits) >= _MOBILE_LENGTH:
        yield from _mobiles(folded, chain)


def find_partly_hidden(view: str) -> Iterator[Hit]:
    """Yield identity and phone numbers of which too little is hidden."""
    if _HIDDEN_SIGN.search(view) is None:
        return
    for match in _PARTLY_HIDDEN.finditer(view):
        hidden = len(_HIDDEN_SIGN.findall(match[0][:-1]))
        if (
            15 <= len(match[0]) <= 20
            and len(match[0]) - hidden >= 8
            and _opens(view, match.start())
        ):
            yield Hit(FindingKind.ID_CARD, match.start(), match.end(), COVER)
    for match in _HIDDEN_MOBILE.finditer(view):
        shown = len(digits_of(match[0]))
        if 7 < shown < 11 and _opens(view, match.start()):
            yield Hit(FindingKind.MOBILE, match.start(), match.end(), f"{match[0][:3]}****")


def _opens(view: str, start: int) -> bool:
    return not view[max(0, start - 1) : start].isdigit()


def _identity_cards(chain: Chain) -> Iterator[Hit]:
    digits = chain.digits
    position = 0
    for match in _ID_18.finditer(digits):
        at = match.start()
        letter = _CHECK_LETTER.match(chain.view, chain.places[at + 16] + 1)
        if letter is None and at + 18 > len(digits):
            continue
        number = digits[at : at + 17] + ("X" if letter else digits[at + 17])
        if at < position or not _is_day(number[6:14]) or len(set(number)) < _FEWEST_KINDS:
            continue
        end = at + (17 if letter else 18)
        # A slip of the pen breaks the check character and still names the person.
        if number[-1] != ric.calc_check_digit(number):
            cued = _is_cued(chain, at, _ID_CUE)
            if not (cued or chain.begins(at) and chain.ends(end)):
                continue
            if _is_credit_code(number):
                continue
            if not cued and (_is_coded(chain, at) or _passes_luhn(digits[at:end])):
                continue
        first, last = chain.run(at, end)
        start, stop = chain.span(first, last)
        yield Hit(FindingKind.ID_CARD, start, letter.end() if letter else stop, COVER)
        position = last


def _old_identity_cards(chain: Chain) -> Iterator[Hit]:
    position = 0
    for match in _ID_15.finditer(chain.digits):
        at, end = match.start(), match.start() + 15
        if at < position or not (chain.begins(at) and chain.ends(end)):
            continue
        number = chain.digits[at:end]
        if len(set(number)) < _FEWEST_KINDS or not _is_day("19" + number[6:12]):
            continue
        if not _is_cued(chain, at, _ID_CUE) and (
            _passes_luhn(number) or _is_coded(chain, at) or not chain.is_one_number(at, end)
        ):
            continue
        yield Hit(FindingKind.ID_CARD, *chain.span(at, end), COVER)
        position = end


def _is_day(born: str) -> bool:
    try:
        date(int(born[:4]), int(born[4:6]), int(born[6:]))
    except ValueError:
        return False
    return True


_DOUBLED = str.maketrans("0123456789", "0246813579")
_SHORT = 40


def _luhn_of(digits: str) -> Callable[[int, int], bool]:
    """Return what says whether a range of ``digits`` passes Luhn's test.

    A long chain has many ranges: the sums from its start are counted once.
    """
    if len(digits) <= _SHORT:
        return lambda start, end: _passes_luhn(digits[start:end])
    sums = [
        [
            0,
            *accumulate(
                map(int, _interleaved(digits, parity)),
            ),
        ]
        for parity in (0, 1)
    ]
    return lambda start, end: (sums[end % 2][end] - sums[end % 2][start]) % 10 == 0


def _interleaved(digits: str, parity: int) -> str:
    """Return ``digits`` with those at places of a ``parity`` doubled and their digits summed."""
    doubled = digits.translate(_DOUBLED)
    mixed = list(digits)
    mixed[parity::2] = doubled[parity::2]
    return "".join(mixed)


def _passes_luhn(number: str) -> bool:
    return sum(map(int, _interleaved(number, len(number) % 2))) % 10 == 0


def _cards(chain: Chain) -> Iterator[Hit]:
    """Yield the longest number that begins where digits begin, ends where they end, and is a card's."""
    digits = chain.digits
    cued = _is_cued(chain, 0, _CARD_CUE)
    starts = [m.start() for m in _CARD.finditer(digits) if chain.begins(m.start())]
    if cued and starts[:1] != [0] and len(digits) >= _CARD_LENGTHS[-1]:
        starts.insert(0, 0)
    if not starts:
        return
    check = _luhn_of(digits)
    position = 0
    for at in starts:
        if at < position:
            continue
        printed = _PRINTED.match(chain.view, chain.places[at])
        if printed and _is_card(chain, at, at + len(digits_of(printed[0]))):
            yield Hit(FindingKind.BANK_CARD, *printed.span(), COVER)
            position = at + len(digits_of(printed[0]))
            continue
        here = cued and at == 0
        for length in _CARD_LENGTHS:
            end = at + length
            if end > len(digits) or not chain.ends(end):
                continue
            if here or check(at, end) and _is_card(chain, at, end):
                yield Hit(FindingKind.BANK_CARD, *chain.span(at, end), COVER)
                position = end
                break


def _is_card(chain: Chain, start: int, end: int) -> bool:
    number = chain.digits[start:end]
    if (
        len(set(number)) < _FEWEST_KINDS
        or _is_credit_code(number)
        or not chain.is_one_number(start, end)
    ):
        return False
    return not _is_coded(chain, start)


def _is_credit_code(number: str) -> bool:
    return _CREDIT_CODE.match(number) is not None and uscc.is_valid(number)


def _is_cued(chain: Chain, index: int, cue: re.Pattern[str]) -> bool:
    return cue.search(before(chain.view, chain.places[index], 16)) is not None


def _is_coded(chain: Chain, index: int) -> bool:
    return _CODE_CUE.search(before(chain.view, chain.places[index], 12)) is not None


def _mobiles(folded: Folded, chain: Chain) -> Iterator[Hit]:
    position = 0
    for match in _MOBILE.finditer(chain.digits):
        at = match.start()
        if at < position:
            continue
        hit = _mobile_at(folded, chain, at, follows=at == position > 0)
        if hit is not None:
            yield hit
            position = at + 11


def _mobile_at(folded: Folded, chain: Chain, at: int, *, follows: bool) -> Hit | None:
    view, end = chain.view, at + 11
    begun, stop = chain.span(at, end)
    prefix = _PREFIX.search(view, max(0, begun - 9), begun)
    if prefix and prefix[0]:
        begun = prefix.start()
    begins = follows or begun < chain.places[at] or chain.begins(at)
    if not begins and not _is_converted(folded, chain, at - 1):
        return None
    mask = mask_mobile(chain.digits[at:end])
    if not chain.ends(end) and not _is_converted(folded, chain, end):
        last = chain.run(at, end)[1]
        if not _ANOTHER.fullmatch(chain.digits, end, min(last, end + _MORE)):
            if last - end > _MORE or not _BEHIND_CUE.search(before(view, begun, 14)):
                return None
            if chain.digits[end] != "1":
                stop = chain.span(at, last)[1]
        return Hit(FindingKind.MOBILE, begun, stop, mask)
    if not chain.is_one_number(at, end):
        return None
    context = before(view, begun, 14)
    if _AMOUNT.match(view, stop):
        return None
    if _MONEY.match(view, stop) and _AMOUNT_CUE.search(context):
        return None
    if stop - begun > 11 and _DATE_IN_FRONT.search(context):
        return None
    return Hit(FindingKind.MOBILE, begun, stop, mask)


def _is_converted(folded: Folded, chain: Chain, index: int) -> bool:
    """Return whether a digit may belong to the sentence, as in 一三八…八一直打不通."""
    return (
        0 <= index < len(chain.digits) and folded.plain[chain.places[index]] != chain.digits[index]
    )
