"""What identifies a child, a patient or anybody else without a name or number.

School with class, date of birth, a position in coordinates, an address written in English.
"""

import re
from collections.abc import Iterator

from portal.domain.redaction.chains import MARK
from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit, after, before, skip
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import COVER

_COORDINATE = r"[0-9]{1,3}\.[0-9]{4,10}"
_SIGN = r"(?:[°度]|[nsew北南东西]纬?经?)?"
_POSITION = re.compile(
    r"(?:经纬度|坐标|位置|定位)?[:是为 ]{0,2}[nsew]?[0-9]{1,3}[°度][0-9]{1,2}['′分](?:[0-9]{1,2}(?:\.[0-9]{1,4})?(?:[\"″秒]|′′))?[nsew]?[ ,、;/]{0,2}[nsew]?[0-9]{1,3}[°度][0-9]{1,2}['′分](?:[0-9]{1,2}(?:\.[0-9]{1,4})?(?:[\"″秒]|′′))?[nsew]?"
    rf"|[ns]?{_COORDINATE}{_SIGN}[ ,;/、]{{1,4}}(?:[东西北南][经纬]|经度|纬度|[ewns])?[:是为 ]{{0,2}}{_COORDINATE}{_SIGN}"
    r"|(?:经度|纬度|[东西北南][经纬]|坐标|定位|lat(?:itude)?|lng|lon(?:gitude)?)[:是为度 =]{0,4}[0-9]{1,3}(?:\.[0-9]{3,10}|[°度][0-9]{1,2}['′分][0-9.]{0,6}(?:[\"″秒]|′′)?)(?:[ ,;/、]{1,4}[0-9]{1,3}\.[0-9]{3,10})?"
)
_PUBLIC_PLACE = re.compile(r"事发|事故|工程|项目|井盖|路口|水库|桥|隧道|公园|矿|垃圾")

_PAIR = 2
_DEGREE = re.compile(r"[0-9][°度]|[0-9]\.[0-9]{3}")
# A position that is called one may be a fact about the city; near a person it is a home.
_PERSONAL = re.compile(r"[我他她住家]|孩子|儿子|女儿|老人|患者|病人|学生|定位|坐标")

_YEAR = r"(?:(?:19|20)[0-9]{2}|[0-9]{2}(?=年)|[一二][九〇零][一二三四五六七八九〇零]{2}(?=年)|(?:民国)?[一二三四五六七八九]?十?[一二三四五六七八九〇零](?=年))"
_MONTH = r"(?:[闰正冬腊]|1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_DAY = r"(?:3[01]|[12][0-9]|0?[1-9]|[一二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_DATE = rf"{_YEAR} ?[年\-./] ?(?:农历)?{_MONTH} ?(?:[月\-./] ?(?:初|廿)?{_DAY} ?[日号]?|月|(?<=[./\-]1[0-2])|(?<=[./\-]0[1-9])(?![0-9]))|(?:19|20)[0-9]{{6}}(?![0-9])"
_ENGLISH_DATE = r"(?:[0-9]{1,2}(?:st|nd|rd|th)? )?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? (?:[0-9]{1,2}(?:st|nd|rd|th)?,? )?[12][0-9]{3}"
_BIRTH_BEFORE = re.compile(
    rf"(?:出生(?:日期|年月日|年月|时间|于|在)?|生于|生日|出生年月|born(?: on| in)?|date of birth|birthday|dob|d\.o\.b\.?)"
    rf"(?:就|是|为|于|在|:|is|{MARK}){{0,4}}({_DATE}|{_ENGLISH_DATE}|{_MONTH}月{_DAY}[日号]?)"
)
_BIRTH_AFTER = re.compile(
    rf"({_DATE}|{_YEAR}年)(?=[ )]?(?:出生|生(?![产效活意态成育物])|生人|诞生))"
)

_GRADE = (
    r"(?:[小初高][一二三四五六123456](?:班(?!主任))?|[一二三四五六七八九123456789]年级|幼儿园[大中小]班|[大中小]{1,2}[一二三四五1-5]?班"
    r"|(?:19|20)[0-9]{2}级|[初高]20[0-9]{2}级|高[一二三]|学前班|托班)"
)
_CLASS = r"(?:[ (]{0,2}(?:第?[0-9一二三四五六七八九十]{1,4}|[A-Za-z甲乙丙丁])[ )]{0,2}班)?"
_SCHOOL = re.compile(
    rf"(?:小学|中学|学校|幼儿园|附小|附中|实验|外国语|[一二三四五六七八九十0-9]{{1,3}}中|[一-龥]小(?!学|区|孩|时|心)|职高|技校|学院|大学)(?:校|部|校区|分校)?[ ,、的就读上]{{0,3}}{_GRADE}{_CLASS}"
    rf"|{_GRADE}[ (]{{0,2}}第?[0-9一二三四五六七八九十]{{1,3}}[ )]{{0,2}}班"
)
_SHORTEST_NAME = 2
_SCHOOL_NAME = re.compile(r"[\u4e00-\u9fff0-9A-Za-z]{2,16}$")
_SCHOOL_LEADS = re.compile(
    r"[在于到是的读上就为从]|就读|考入|[县区市镇省](?!中|[一二三四五六七八九十]|实验|第)"
)
_CHILD = re.compile(
    r"孩子|小孩|儿子|女儿|闺女|娃|宝宝|宝贝|孙子|孙女|外孙|侄[子女儿]|外甥|弟弟|妹妹|学生|学员|女孩|男孩|幼儿|小朋友|本人|我叫|我是|我在|我读|就读|患者|病人|考生|毕业于|同学|借读|转学|我[弟妹哥姐侄]"
)

_ROAD = re.compile(
    r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Alley|Boulevard|Blvd|Drive|Gardens?|Village|Court|Residence|Estate|Lu|Jie|Mansion|Plaza)\b\.?"
)
_BEFORE_ROAD = re.compile(
    r"(?:(?:Room|Rm\.?|Flat|Unit|Apt\.?|Apartment|Suite|Building|Bldg\.?|Block|Tower|House|No\.?|Floor|Lane|Alley)"
    r" ?[0-9A-Za-z\-]{1,6},? ){0,6}"
    r"(?:(?:No\.? ?)?[0-9]{1,5}[A-Za-z]?(?:-[0-9]{1,4})?,? )?(?:[A-Z][A-Za-z']{1,14} ){1,4}$"
)
_BEHIND_ROAD = re.compile(
    r"(?:,? (?:Room|Rm\.?|Flat|Unit|Apt\.?|Building|Block|Tower|Lane|No\.?) ?[0-9A-Za-z\-]{1,6}){0,4}"
)
# zhu zai jiangbei qu … 28 hao 7-5: an address in pinyin.
_PINYIN_ADDRESS = re.compile(
    r"(?<![a-z])(?:zhu ?zai|jia ?zhu|di ?zhi:?) ?([a-z][a-z ]{2,50}?[0-9]{1,4} ?(?:hao|dong|lou|shi)(?![a-z])(?: ?[0-9][0-9\-]{0,9}(?: ?(?:hao|dong|dan ?yuan|lou|shi)(?![a-z]))?){0,4})"
)
# Room 314, Building 6: a room of a building without its road.
_ENGLISH_ROOM = re.compile(
    r"\b(?:Room|Rm\.?|Flat|Unit|Apt\.?|Apartment|Dorm) ?[0-9][0-9A-Za-z\-]{0,5},? (?:(?:of|in) )?(?:Building|Bldg\.?|Block|Tower|Dormitory) ?[0-9A-Z][0-9A-Za-z\-]{0,3}\b"
)
_WIDTH_BEFORE_ROAD = 100
# Only where one of these occurs can the patterns match.
_BIRTH = re.compile(r"生|born|birth|dob|d\.o\.b")
_CLASS_WORD = re.compile("班|年级|[0-9]级|[小初高][一二三四五六1-6]")
_DEGREES = re.compile(r"[0-9]\.[0-9]{3}|[°度]|[经纬]度|坐标")


def find_persons(folded: Folded) -> Iterator[Hit]:
    """Yield dates of birth, schools with a class, positions and English addresses."""
    view = folded.plain
    if _BIRTH.search(folded.lower):
        for match in _BIRTH_BEFORE.finditer(folded.lower):
            yield Hit(FindingKind.BIRTH_DATE, *match.span(1), COVER)
        for match in _BIRTH_AFTER.finditer(view):
            yield Hit(FindingKind.BIRTH_DATE, *match.span(1), COVER)
    if _DEGREES.search(view):
        for match in _POSITION.finditer(folded.lower):
            context = before(view, match.start(), 24)
            near = context + match[0] + after(view, match.end(), 8)
            single = len(_DEGREE.findall(match[0])) < _PAIR
            stated = single and match[0][0] in "经纬东西南北坐定"
            if not _PUBLIC_PLACE.search(context) and (not stated or _PERSONAL.search(near)):
                yield Hit(FindingKind.POSITION, match.start(), match.end(), COVER)
    if _CLASS_WORD.search(view):
        for match in _SCHOOL.finditer(view):
            context = before(view, match.start(), 40) + after(view, match.end(), 14)
            if _CHILD.search(context):
                start = _name_start(view, match.start())
                # 读小学一年级 names no school.
                if match.start() - start < _SHORTEST_NAME and not match[0].endswith("班"):
                    continue
                yield Hit(FindingKind.SCHOOL_CLASS, start, match.end(), COVER)
    if folded.has_latin:
        yield from _english_addresses(view)
        for match in _ENGLISH_ROOM.finditer(view):
            yield Hit(FindingKind.ADDRESS, match.start(), match.end(), COVER)
        for match in _PINYIN_ADDRESS.finditer(folded.lower):
            yield Hit(FindingKind.ADDRESS, *match.span(1), COVER)


def _english_addresses(view: str) -> Iterator[Hit]:
    position = 0
    for road in _ROAD.finditer(view):
        if road.start() < position:
            continue
        floor = max(position, road.start() - _WIDTH_BEFORE_ROAD)
        window = view[floor : road.start()]
        front = _BEFORE_ROAD.search(window)
        if front is None:
            continue
        end = skip(_BEHIND_ROAD, view, road.end())
        start = floor + front.start()
        if any(char.isdigit() for char in view[start:end]):
            yield Hit(FindingKind.ADDRESS, start, end, COVER)
            position = end


def _name_start(view: str, start: int) -> int:
    """Return where the school's name begins in front of ``start``."""
    name = _SCHOOL_NAME.search(view, max(0, start - 16), start)
    if name is None:
        return start
    cuts = [lead.end() for lead in _SCHOOL_LEADS.finditer(name[0])]
    return name.start() + max(cuts, default=max(0, len(name[0]) - 8))
