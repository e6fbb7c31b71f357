"""Landline numbers: with area code, local, international; announced office numbers are kept.

Source: the national numbering plan (trunk prefix 0, area codes of 2–3 digits, local numbers of
7–8 digits starting 2–9; 400 and 800 are public service numbers). Short public numbers such as
110, 12345, 12315 and 96xxx identify nobody and are never findings.
"""

import re
from collections.abc import Iterable, Iterator

from portal.domain.redaction.chains import MARK, Chain
from portal.domain.redaction.hits import Hit, before, digits_of, scan, skip
from portal.domain.redaction.kinds import (
    KEEP_OFFICE_PHONE,
    KEEP_OWN_PHONE,
    KEEP_PUBLIC_NUMBER,
    FindingKind,
    PublicField,
)
from portal.domain.redaction.masks import mask_landline

_AREA = "10|2[0-57-9]|[3-9][0-9]{2}"
_NATIONAL = re.compile(rf"(?=0({_AREA})[2-9][0-9]{{6,7}})")
_COUNTRY = re.compile(rf"(?=((?:00)?86)0?({_AREA})[2-9][0-9]{{6,7}})")
_EXTENSION = re.compile(r"[ ,]?(?:转|分机|ext\.?|-|—|–) ?[0-9]{1,6}(?![0-9])", re.IGNORECASE)
_FOREIGN = re.compile(
    rf"(\+(?!{MARK}?86)[1-9][0-9]{{0,2}})(?:[ \-.()]{{0,2}}[0-9]){{7,12}}(?![0-9])"
)
_SERVICE = re.compile(r"(?=[48]00[0-9]{7})")
_UNIT = re.compile(r" ?(?:[元万亿号%‰户名个件份套平㎡米吨年月日/]|m[2²]|[A-Za-z]|[.:,][0-9])")
_BARE_8 = re.compile(r"[2-9](?<![0-9][0-9])[0-9]{3}[ \-—–\n]{0,2}[0-9]{4}(?![0-9])")
_BARE_7 = re.compile(r"[2-9](?<![0-9][0-9])(?:[0-9]{6}|[0-9]{2}[ \-—–\n]{1,2}[0-9]{4})(?![0-9])")

_PHONE_CUE = re.compile(
    r"电话|座机|固话|固定|热线|致电|拨打|拨|来电|号码|传真|联系|打|宅电|小灵通|tel|phone|fax", re.I
)
_NOT_A_PHONE = re.compile(
    r"编号|编码|单号|户号|表号|票|证|案|账|帐|卡|合同|订单|流水|邮编|邮政|QQ|扣|群|微信|ID|条码|房号|"
    r"金额|总计|[第共约计为〔\[(№#¥$€至到达]$|[A-Za-z][-:]?$|[0-9][./:\-]$",
    re.I,
)
_DATE_LIKE = re.compile(r"(?:19|20)[0-9]{2}(?:[ \-—–](?:19|20)?[0-9]{2}|[01][0-9][0-3][0-9])")
_ROUND_RANGE = re.compile(r"[0-9]{2}00[ \-—–][0-9]{2}00")
_LIST_GAP = 25

_OFFICE_CUE = re.compile(
    r"窗口|科室|咨询|服务|热线|监督|投诉|举报|值班|办公|大厅|客服|前台|总机|传真|工作人员|承办|经办|"
    r"我[局委办所院厅站]|本[局委办所院厅站]|公布|受理|报警|报修|联系单位|联系科|"
    r"[局委办科处所站室厅院校司]\)?(?:的)?(?:联系)?(?:电话|方式|座机)?[:(是为]?$|街道|社区|中心|物业|派出所|政府|公司|机关|部门"
)
_ASKED_TO_CALL = re.compile(
    r"(?:联系|咨询|服务)?(?:电话|号码)(?:号码)?[:是为]? ?$|(?:致电|拨打|联系)[^,]{0,6}$|(?:请|可|欢迎|敬请|如有[^,]{0,12})[^,]{0,8}(?:联系|致电|拨打|来电|咨询|与)"
)
_INVITED = re.compile(
    r"(?:请|可以?|或者?|欢迎|建议|也可以?)(?:您|直接|再|尽快){0,2}(?:拨打|致电|联系) ?$"
)
_PRIVATE = re.compile(
    r"来信人|来电人|投诉人|反映人|举报人|申请人|当事人|户主|业主|家属|住户|居民(?!医保|医疗|养老|基本|服务|委)|村民|房主|房东|租客|"
    r"家里|家中|家庭|住宅|宅电|(?<!办公)座机|小灵通|先生|女士|阿姨|大爷|某某?|我家|他家|她家|您家|你家|私人|个人|本人|老人|家长|患者|"
    r"(?:您|你|其|他|她|网友|市民)(?:本人)?(?:所?留|提供|登记|预留)?(?:下)?的?(?:联系|座机|家庭|住宅|本人)?(?:电话|号码|座机|方式)"
)
# 王先生:您好! greets; whose telephone follows is not said.
_SALUTATION = re.compile(
    r"^.*(?:先生|女士|同志|阿姨|大爷|家长|居民|业主|村民|网友)[们等]?[:,](?! ?[0-9])|^.*您好",
    re.DOTALL,
)
_CONTACT = re.compile(
    r"(?:联系人|经办人|承办人|工作人员|主任|科长|所长|站长|队长|局长)[:是为]?[\u4e00-\u9fff]某某?"
)
_PUBLISHED = re.compile(
    r"(?:局|委|办|厅|科|处|所|站|中心|法院|检察院|政府|街道|社区|医院|学校|公司|大厅|窗口|银行|集团|客服|官方|公布|平台)"
    r"[\u4e00-\u9fff]{0,4}?的?(?:举报|投诉|咨询|监督|服务|客服|值班|办公|报修|报警|热线|窗口|官方|公开|公示|前台|总机|24小时)"
    r"{1,2}(?:电话|热线|号码|专线)?(?:号码|是|为|:|\(| ){0,3}$"
)


def find_phones(chain: Chain) -> Iterator[Hit]:
    """Yield landline and service numbers of a chain of digits."""
    if len(chain.digits) < 9:
        return
    for match in _SERVICE.finditer(chain.digits):
        at = match.start()
        if chain.begins(at) and chain.ends(at + 10) and chain.is_one_number(at, at + 10):
            yield from _service(chain, at)
    for match in _NATIONAL.finditer(chain.digits):
        if chain.begins(match.start()):
            yield from _landline(chain, match.start(), match[1])
    for match in _COUNTRY.finditer(chain.digits):
        at, behind = match.start(), match.end(1)
        begun = chain.places[at]
        if chain.view[max(0, begun - 1) : begun] == "+":
            begun -= 1
        elif match[1] == "86" and not chain.begins(behind):
            continue
        if chain.begins(at):
            yield from _landline(chain, behind, match[2], begun)


def _service(chain: Chain, at: int) -> Iterator[Hit]:
    start, end = chain.span(at, at + 10)
    if end - start == 10 and _NOT_A_PHONE.search(before(chain.view, start, 10)):
        return
    mask = f"{chain.digits[at : at + 3]}-****"
    yield Hit(FindingKind.LANDLINE, start, end, mask, KEEP_PUBLIC_NUMBER)


def _landline(chain: Chain, at: int, area: str, begun: int | None = None) -> Iterator[Hit]:
    trunk = chain.digits[at] == "0"
    shortest = at + trunk + len(area) + 7
    lengths = (shortest + 1, shortest) if len(area) == 3 or trunk else (shortest + 1,)
    for end in lengths:
        if end > len(chain.digits) or not chain.ends(end) or not chain.is_one_number(at, end):
            continue
        start, stop = chain.span(at, end)
        stop = skip(_EXTENSION, chain.view, stop)
        begin = start if begun is None else begun
        yield Hit(FindingKind.LANDLINE, begin, stop, mask_landline(f"0{area}"))
        return


def find_local_phones(view: str) -> Iterator[Hit]:
    """Yield foreign numbers, and landlines without an area code."""
    for match in _FOREIGN.finditer(view):
        yield Hit(FindingKind.LANDLINE, match.start(), match.end(), f"{match[1]} ****")
    yield from scan(_BARE_8, view, _check_bare_8)
    yield from scan(_BARE_7, view, _check_bare_7)


def _local(match: re.Match[str]) -> Hit | None:
    end = skip(_EXTENSION, match.string, match.end())
    if _UNIT.match(match.string, end):
        return None
    return Hit(FindingKind.LANDLINE, match.start(), end, mask_landline(""))


def _check_bare_8(match: re.Match[str]) -> Hit | None:
    context = before(match.string, match.start(), 10)
    if _PHONE_CUE.search(context):
        return _local(match)
    if "\n" in match[0] or _DATE_LIKE.match(match[0]) or _NOT_A_PHONE.search(context):
        return None
    return None if _ROUND_RANGE.fullmatch(match[0]) else _local(match)


def _check_bare_7(match: re.Match[str]) -> Hit | None:
    context = before(match.string, match.start(), 10)
    return _local(match) if _PHONE_CUE.search(context) else None


def judge_phones(view: str, hits: Iterable[Hit], field: PublicField) -> Iterator[Hit]:
    """Give landlines that an office announces a reason to stay.

    In a reply these are numbers of which the sentence says so, and what follows one of them in a list;
    in a citizen's text, hotlines named with the office that runs them.
    """
    listed_to = -_LIST_GAP - 1
    position = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.end <= position:
            continue
        position = hit.end
        if hit.keep_reason or hit.kind is not FindingKind.LANDLINE:
            yield hit
            continue
        context = before(view, hit.start, 30)
        if field.by_office:
            announced = _OFFICE_CUE.search(context) or _ASKED_TO_CALL.search(context)
            listed = hit.start - listed_to <= _LIST_GAP
            own = _CONTACT.sub("", _SALUTATION.sub("", context))
            office = bool(announced or listed) and not _PRIVATE.search(own)
            office = office or _INVITED.search(context) is not None
        else:
            office = bool(_PUBLISHED.search(context)) and not _PRIVATE.search(context)
        if office:
            listed_to = hit.end
            yield Hit(hit.kind, hit.start, hit.end, hit.mask, KEEP_OFFICE_PHONE)
        else:
            yield hit


_BETWEEN = re.compile(r"[、,;/|\n]|和|或|以及")
_AREA_LENGTHS = (2, 3)
_SHORTEST = 7
_LAST_EXTENSION = re.compile(f"(?:{_EXTENSION.pattern})$", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:(?:00)?86(?=[0-9]{9}))?0?")


def own_numbers(telephones: Iterable[str]) -> frozenset[str]:
    """Return the national digits of the numbers in ``telephones``, folded texts that list some."""
    listed = (part for text in telephones for part in _BETWEEN.split(text))
    return frozenset(digits for part in listed for digits in _readings(part))


def keep_own(view: str, hits: Iterable[Hit], own: frozenset[str]) -> Iterator[Hit]:
    """Give the telephones among ``hits`` that are ``own`` numbers of an office a reason to stay."""
    for hit in hits:
        phone = hit.kind in (FindingKind.LANDLINE, FindingKind.MOBILE)
        readings = _readings(view[hit.start : hit.end]) if phone else set()
        if any(_is_same(reading, each) for reading in readings for each in own):
            yield Hit(hit.kind, hit.start, hit.end, hit.mask, KEEP_OWN_PHONE)
        else:
            yield hit


def _readings(written: str) -> set[str]:
    """Return the digits without country code and trunk prefix, with and without an extension."""
    found = set()
    for number in (written, _LAST_EXTENSION.sub("", written)):
        digits = _PREFIX.sub("", digits_of(number))
        if len(digits) >= _SHORTEST:
            found.add(digits)
    return found


def _is_same(one: str, other: str) -> bool:
    """Return whether two numbers are the same, one of them perhaps without its area code."""
    short, long = sorted((one, other), key=len)
    return short == long or len(long) - len(short) in _AREA_LENGTHS and long.endswith(short)
