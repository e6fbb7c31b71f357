"""Landline numbers: with area code, local, international; announced office numbers are kept.

Source: the national numbering plan (trunk prefix 0, area codes of 2–3 digits, local numbers of
7–8 digits starting 2–9; 400 and 800 are public service numbers). Short public numbers such as
110, 12345, 12315 and 96xxx identify nobody and are never findings.
"""

import re
from collections.abc import Iterable, Iterator

from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import SEPARATOR, Hit, before, digits_of, scan
from portal.domain.redaction.kinds import (
    KEEP_OFFICE_PHONE,
    KEEP_PUBLIC_NUMBER,
    FindingKind,
    PublicField,
)
from portal.domain.redaction.masks import mask_landline

_EXTENSION = r"(?: ?(?:转|分机|ext\.?|-) ?[0-9]{1,6})?"
_OPEN, _CLOSE = r"(?<![0-9])", r"(?![0-9])"
_LOCAL = rf"[2-9](?:{SEPARATOR}[0-9]){{6,7}}"
_AREA = rf"1{SEPARATOR}0|2{SEPARATOR}[0-57-9]|[3-9](?:{SEPARATOR}[0-9]){{2}}"
_GAP = r"[ \t\-.·•‧・_~()—–―‐−/]{0,3}"

_NATIONAL = re.compile(
    rf"{_OPEN}(?:(?:(?:\+|00)86{_GAP}0?|(?:86{_GAP})?0{SEPARATOR})({_AREA}))"
    rf"{_GAP}{_LOCAL}{_EXTENSION}{_CLOSE}",
    re.IGNORECASE,
)
_FOREIGN = re.compile(rf"(\+(?!86)[1-9][0-9]{{0,2}})(?:{SEPARATOR}[0-9]){{7,12}}{_CLOSE}")
_SERVICE = re.compile(rf"{_OPEN}[48]00(?:{SEPARATOR}[0-9]){{7}}{_CLOSE}")
_UNIT = r"(?! ?(?:[元万亿号%‰户名个件份套平㎡米吨年月日/]|m[2²]|[A-Za-z]|[.:,][0-9]))"
_BARE_8 = re.compile(rf"{_OPEN}[2-9][0-9]{{3}}[ \-—–]?[0-9]{{4}}{_EXTENSION}{_CLOSE}{_UNIT}")
_BARE_7 = re.compile(
    rf"{_OPEN}[2-9](?:[0-9]{{6}}|[0-9]{{2}}[ \-—–][0-9]{{4}}){_EXTENSION}{_CLOSE}{_UNIT}"
)

_PHONE_CUE = re.compile(
    r"电话|座机|固话|固定|热线|致电|拨打|拨|来电|号码|传真|联系|打|tel|phone|fax", re.I
)
_NOT_A_PHONE = re.compile(
    r"编号|编码|单号|户号|表号|票|证|案|账|帐|卡|合同|订单|流水|邮编|邮政|QQ|扣|群|微信|ID|条码|房号|"
    r"金额|总计|[第共约计为〔\[(№#¥$€至到达]$|[A-Za-z][-:]?$|[0-9][./:\-]$",
    re.I,
)
_DATE_LIKE = re.compile(r"(?:19|20)[0-9]{2}(?:[ \-—–](?:19|20)?[0-9]{2}|[01][0-9][0-3][0-9])")
_LIST_GAP = 25
_ROUND_RANGE = re.compile(r"[0-9]{2}00[ \-—–][0-9]{2}00")
_OFFICE_CUE = re.compile(r"电话|热线|座机|传真|致电|拨打|咨询|联系|监督|投诉", re.I)
_CITIZENS_OWN = re.compile(
    r"来信人|来电人|投诉人|反映人|举报人|申请人|当事人|户主|业主|家属|"
    r"(?:您|你|其|他|她|网友|市民)(?:所?留|提供)?的?(?:联系|座机|家庭|住宅|本人)?(?:电话|号码|座机)"
)


def find_phones(folded: Folded, field: PublicField) -> Iterator[Hit]:
    """Yield landline numbers; in a reply, announced office numbers carry a keep reason."""
    for view in folded.views:
        found = _find_in(view)
        yield from found if field is not PublicField.REPLY else _judge_offices(view, found)


def _find_in(view: str) -> Iterator[Hit]:
    yield from scan(_SERVICE, view, _check_service)
    yield from scan(_NATIONAL, view, lambda match: _landline(match, digits_of(match[1])))
    yield from scan(_FOREIGN, view, _check_foreign)
    yield from scan(_BARE_8, view, _check_bare_8)
    yield from scan(_BARE_7, view, _check_bare_7)


def _landline(match: re.Match[str], area: str = "") -> Hit:
    mask = mask_landline(f"0{area}" if area else "")
    return Hit(FindingKind.LANDLINE, match.start(), match.end(), mask)


def _check_service(match: re.Match[str]) -> Hit | None:
    if len(match[0]) == 10 and _NOT_A_PHONE.search(before(match.string, match.start(), 10)):
        return None
    mask = f"{match[0][:3]}-****"
    return Hit(FindingKind.LANDLINE, match.start(), match.end(), mask, KEEP_PUBLIC_NUMBER)


def _check_foreign(match: re.Match[str]) -> Hit:
    return Hit(FindingKind.LANDLINE, match.start(), match.end(), f"{match[1]} ****")


def _check_bare_8(match: re.Match[str]) -> Hit | None:
    context = before(match.string, match.start(), 10)
    if _PHONE_CUE.search(context):
        return _landline(match)
    if _DATE_LIKE.match(match[0]) or _NOT_A_PHONE.search(context):
        return None
    return None if _ROUND_RANGE.fullmatch(match[0]) else _landline(match)


def _check_bare_7(match: re.Match[str]) -> Hit | None:
    context = before(match.string, match.start(), 10)
    return _landline(match) if _PHONE_CUE.search(context) else None


def _judge_offices(view: str, hits: Iterable[Hit]) -> Iterator[Hit]:
    """Keep the numbers behind an office cue, and the rest of a list that begins with one."""
    listed_to = -_LIST_GAP - 1
    for hit in sorted(hits, key=lambda hit: hit.start):
        context = before(view, hit.start, 30)
        announced = _OFFICE_CUE.search(context) or hit.start - listed_to <= _LIST_GAP
        if hit.keep_reason or not announced or _CITIZENS_OWN.search(context):
            yield hit
        else:
            listed_to = hit.end
            yield Hit(hit.kind, hit.start, hit.end, hit.mask, KEEP_OFFICE_PHONE)
