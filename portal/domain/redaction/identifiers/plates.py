"""Number plates.

Source: GA 36 (province, letter, five characters; new energy: six; police, army, embassies, trainers,
trailers, plates for Hong Kong and Macao), with the province in brackets or by its full name as
people write it. Without a cue two digits are needed; behind one (车牌) letters suffice.
"""

import re
from collections.abc import Iterator

from portal.domain.redaction.chains import MARK
from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit, scan
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import mask_plate

_GAP = r"[ \t\r\n·•‧・.\-—–_*()\[\]〔〕【】'\"]{0,2}"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
"""The short name of each province, as on plates and in case numbers."""
_FULL = (
    "北京 天津 上海 重庆 河北 河南 云南 辽宁 黑龙江 湖南 安徽 山东 新疆 江苏 浙江 江西 湖北 广西 甘肃 山西 内蒙古 陕西 吉林"
    " 福建 贵州 广东 青海 西藏 四川 宁夏 海南"
)
_NAMES = dict(zip(_FULL.split(), PROVINCES, strict=True))
_PROVINCE = rf"(?:[{PROVINCES}]|(?:{'|'.join(_NAMES)})市?省?)"
_HEAD = rf"({_PROVINCE}){_GAP}([A-Za-z])"
_OPENING, _CLOSING = ("(", "[", "〔", "【"), (")", "]", "〕", "】")
_TAIL = r"(?![A-Za-z0-9])"
_NEW_ENERGY = re.compile(
    rf"{_HEAD}{_GAP}(?:[A-Ka-k]{_GAP}[A-Za-z0-9](?:{_GAP}[0-9]){{4}}|[0-9](?:{_GAP}[0-9]){{4}}{_GAP}[A-Ka-k]){_TAIL}"
)
_PLATE = re.compile(
    rf"{_HEAD}((?:{_GAP}临)?(?:{_GAP}[A-Za-z0-9]){{4}}{_GAP}[A-Za-z0-9学警港澳挂试超领应急]){_TAIL}"
)
_POLICE = re.compile(
    rf"[Ww][Jj]{_GAP}[{PROVINCES}]?(?:{_GAP}[0-9]){{4,5}}[A-Za-z]?{_TAIL}"
    rf"|[军空海北沈兰济南广成使]{_GAP}[A-Za-z]?{_GAP}[A-Za-z](?:{_GAP}[0-9]){{5}}{_TAIL}"
)
_CUE = re.compile(
    rf"(?:车牌照?|牌照|车号|号牌|车辆牌号|车辆号码|plate)(?:号码|号|是|为|:|{MARK}|的|车|小车|轿车|number|no){{0,5}}"
)
_CUED = re.compile(
    rf"{MARK}?(?:({_PROVINCE}){_GAP})?([A-Za-z])(?:{_GAP}[A-Za-z0-9]){{4,6}}{_TAIL}|([0-9])(?:{_GAP}[A-Za-z0-9]){{4}}{_TAIL}"
)


def find_plates(folded: Folded) -> Iterator[Hit]:
    """Yield number plates in every view of the text."""
    if not folded.has_chinese and not folded.has_latin:
        return
    for view in folded.views:
        yield from scan(_NEW_ENERGY, view, _plate)
        yield from scan(_PLATE, view, _check_plate)
        for match in _POLICE.finditer(view):
            yield Hit(FindingKind.PLATE, match.start(), match.end(), mask_plate(_force(match[0])))
    for cue in _CUE.finditer(folded.lower):
        plate = _CUED.match(folded.digits, cue.end()) or _CUED.match(folded.plain, cue.end())
        if plate and any(char.isdigit() or char.isupper() for char in plate[0]):
            start = plate.start() + len(plate[0]) - len(plate[0].lstrip(':"“ '))
            mask = mask_plate(_region(plate[1], plate[2])) if plate[1] else "***"
            yield Hit(FindingKind.PLATE, start, plate.end(), mask)


def _force(plate: str) -> str:
    return "WJ" if plate[:1] in "Ww" else plate[0]


def _region(province: str, letter: str) -> str:
    return _NAMES.get(province.rstrip("市省"), province) + letter.upper()


def _plate(match: re.Match[str]) -> Hit:
    mask = mask_plate(_region(match[1], match[2]))
    start = match.start()
    # The province may stand in brackets of its own: （渝）A12345.
    if (
        match.string[max(0, start - 1) : start] in _OPENING
        and match.string[match.end(1)] in _CLOSING
    ):
        start -= 1
    return Hit(FindingKind.PLATE, max(0, start), match.end(), mask)


def _check_plate(match: re.Match[str]) -> Hit | None:
    digits = sum("0" <= char <= "9" for char in match[3])
    return _plate(match) if digits >= 2 else None
