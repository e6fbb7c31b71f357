"""Addresses finer than a township.

Addresses are published no finer than the township (镇、乡、街道), so building, unit and room numbers
are masked with the road and the compound they belong to, and village groups with their village
where the township stands in front.
"""

import re
from collections.abc import Iterator

from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit, before, scan
from portal.domain.redaction.identifiers.premises import from_the_name_on, joined
from portal.domain.redaction.kinds import KEEP_OFFICE_PLACE, FindingKind, PublicField
from portal.domain.redaction.masks import COVER

_NUMBER = r"(?:[甲乙丙丁]?[0-9]{1,5}|[一二三四五六七八九十百零〇]{1,5}|[A-Za-z]-?[0-9]{0,5}|[甲乙丙丁东西南北](?=[栋幢座单]))"
_UNIT = r"(?:号楼|楼栋|栋楼?|幢|单元|座|门|楼|层|室|号房|号院|号|户|房|弄|排|组|社|队|#)"
_COUNTS = ("户", "层")
_BUILDINGS = frozenset(("栋", "幢", "座", "楼", "层", "排", "楼栋", "栋楼", "号楼"))
_RESIDENTS = re.compile(r"的?(?:业主|住户|租户|邻居|居民)")
_HOUSEHOLDS = re.compile(r"(?:业主|居民|村民|代表)")
_LANDMARK = re.compile(r"\s?(?:附近|旁|对面|门口|路段|路口|门前|院墙)")
_UNIT_WORD = re.compile(_UNIT)
_PART = rf"(?:附|第)?{_NUMBER} ?{_UNIT}"
_LINK = r"[ ,，\-—–]{0,2}"
_TAIL = r"(?:[ \-—–]{0,2}[A-Za-z]?[0-9]{1,5}(?:[\-—–][0-9]{1,5}){0,3}(?: ?(?:室|号|户|房))?)?"
_CHAIN = re.compile(rf"(?<![0-9A-Za-z第]){_PART}(?:{_LINK}{_PART}){{0,5}}{_TAIL}(?![0-9])")
_DASHED = re.compile(
    r"(?<=[区苑园庭城湾府邸寓楼里村居厦阁轩])[0-9]{1,3}[\-—–][0-9]{1,3}[\-—–][0-9]{1,5}(?:、[0-9]{1,3}[\-—–][0-9]{1,3}[\-—–][0-9]{1,5}){0,9}(?![0-9\-—–])"
)
_VILLAGE = re.compile(
    rf"(?:(?<=[镇乡])|(?<=街道))[\u4e00-\u9fff]{{1,6}}?(?:村|社区)[\u4e00-\u9fff]{{0,4}}?"
    rf"(?:第?{_NUMBER} ?(?:组|社|队|号)){{1,3}}(?!线)"
    r"|(?:(?<=[镇乡])|(?<=街道))(?!政府|干部)[\u4e00-\u9fff]{1,5}村(?!民|委|里|的|干|两|支|工|调|领|级)[\u4e00-\u9fff]{2,3}(?<!小|作|查|专|班|导)组(?:[0-9]{1,4}号)?(?!织|长|建|成|合|装)"
)
# A road and a number with dashes: 老街71-2, 钢花路88-4-6-2号.
_DASHED_ROAD = re.compile(
    r"(?<=[路街巷弄道])(?<!街道)(?!0|(?:19|20)[0-9]{2}[\-—–])[0-9]{1,4}(?:[\-—–][0-9]{1,4}){1,4}(?:号|室)?(?![0-9年月日米公路线元%])"
)
# A room without its building, as 房号4-2-3 or 楼上1804 name one.
_ROOM = re.compile(
    r"(?:(?<=房号)|(?<=门牌)|(?<=门牌号)|(?<=室号)|(?<=住)|(?<=住在)|(?<=家在))[:是为 ]{0,2}[0-9]{1,3}(?:[\-—–][0-9]{1,4}){1,3}(?![0-9\-年月日])"
    r"|(?:(?<=女士\()|(?<=先生\()|(?<=业主\()|(?<=住户\())[0-9]{1,2}(?:[\-—–][0-9]{1,4}){2}(?=\))"
    r"|(?:(?<=楼上)|(?<=楼下)|(?<=隔壁)|(?<=对门))(?:[0-9]{3,4}|[0-9]{1,2}(?:[\-—–][0-9]{1,4}){1,2})(?=[的室号住家，,。户]|$)"
)
_LODGING = re.compile(
    r"(?:住在|家住|租住|现住|住(?!宅|房|户))(?:在|于)?([\u4e00-\u9fff]{2,14}(?:楼|舍|苑|园|庭|城|寓|院|村|厦)[A-Za-z]?[0-9]{3,4}(?:室|号|房)?)(?![0-9年])"
)
_HAMLET = re.compile(
    r"(?:住在?|家在|籍贯?|我是)[\u4e00-\u9fff]{0,10}?(?:[镇乡]|街道)([\u4e00-\u9fff]{1,4}村(?!民|委|里|的|干)[\u4e00-\u9fff]{1,3}(?:院子|大院|湾|坝|坪|沟|屋基|寨|坡|塆|老屋|屋场|冲|坳|垭口|嘴|塘|岭))"
)
_STRONG = re.compile(r"楼[ \-—–]?[0-9]{3,4}|号楼|栋|幢|单元|室|号房|号院|附|弄")
_ROAD = re.compile(r"[路街巷道里弄段村湾沟坝坪组社苑]\s?$")
_NAMED_NUMBER = re.compile(r"[0-9]号[\u4e00-\u9fff]{2,10}$")
_HOME_CUE = re.compile(r"家住|住址|住在|居住|现住|地址|户籍|家庭|门牌|我家|房号|小区:|楼栋:")
_LIVES = re.compile(
    r"(?:住(?![房宅户院建])[\u4e00-\u9fff]{0,12}|(?:我们?|本人)是[\u4e00-\u9fff]{2,12})$"
)
_OFFICE_CUE = re.compile(r"地址|前往|办公|窗口|大厅|中心|地点|大楼|我局|我委|携带|到|位于|在")
_CITIZENS_OWN = re.compile(
    r"(?<!居)住|居住(?!证)|户(?!籍|口)|[您你其他她]家|家[中里]|业主|居民|来信人|反映人|投诉人|当事人"
)
_NOT_A_HOME = re.compile(
    r"\s?(?:线|文件?|令|公告|通告|通知|车|机|码|窗|柜|会议|办公|展|院线|期|批|标段|地块|门店?|以[上下前]|字|桥|井|泵|学|中|厅|卫|余|多|平|米|元|年|月|人|层|型|面"
    r"|[\u4e00-\u9fff]{0,4}(?:快递|速运|超市|公司|酒店|餐馆|药店|饭店|便利店))"
)
_DOCUMENT = re.compile(r"[〕\])}年字第]\s?$")
_ONE_BUILDING = re.compile(r"[一两] ?[栋幢座](?![^栋幢]*(?:单元|室|号))")
_COUNTED = re.compile(r"(?:共|有|建|建设|约|等|计|达|近|余|剩|[0-9])\s?$")
_BUILDING_SORT = re.compile(r"\s?(?:住宅|高层|洋房|别墅|房|建筑|安置|楼房|商|的?电梯)")


def find_places(folded: Folded, field: PublicField) -> Iterator[Hit]:
    """Yield addresses; in a reply, announced office places carry a keep reason."""
    if folded.has_chinese:
        yield from joined(folded.plain, _addresses(folded.plain, field))


def _addresses(view: str, field: PublicField) -> Iterator[Hit]:
    for match in _VILLAGE.finditer(view):
        yield Hit(FindingKind.ADDRESS, match.start(), match.end(), COVER)
    for match in _DASHED.finditer(view):
        yield from_the_name_on(view, Hit(FindingKind.ADDRESS, match.start(), match.end(), COVER))
    for match in _DASHED_ROAD.finditer(view):
        yield from_the_name_on(view, Hit(FindingKind.ADDRESS, match.start(), match.end(), COVER))
    for match in _ROOM.finditer(view):
        start = match.end() - len(match[0].lstrip(":是为 "))
        yield Hit(FindingKind.ADDRESS, start, match.end(), COVER)
    for pattern in (_LODGING, _HAMLET):
        for match in pattern.finditer(view):
            yield Hit(FindingKind.ADDRESS, *match.span(1), COVER)
    for hit in scan(_CHAIN, view, lambda match: _check_chain(match, field)):
        yield from_the_name_on(view, hit)


def _check_chain(match: re.Match[str], field: PublicField) -> Hit | None:
    text, view, start = match[0], match.string, match.start()
    strong = _STRONG.search(text) is not None
    numbered = "号" in text
    if not strong and not numbered or _NOT_A_HOME.match(view, match.end()):
        return None
    units = _UNIT_WORD.findall(text)
    parts = len(units)
    # 共3栋90户 counts, and no address begins with a household or floor.
    if (
        units[0] in _COUNTS
        and parts > 1
        or units[-1] == "户"
        and _COUNTED.search(view, max(0, start - 3), start)
    ):
        return None
    # e栋30户业主 counts as well.
    if units[-1] == "户" and "单元" not in text and _HOUSEHOLDS.match(view, match.end()):
        return None
    if _ONE_BUILDING.match(text) or parts == 1 and _DOCUMENT.search(view, max(0, start - 2), start):
        return None
    at_road = numbered and _ROAD.search(view, max(0, start - 2), start) is not None
    # 13排五栋, A05栋一楼: buildings and floors alone are nobody's home, unless somebody lives there.
    within = any(unit not in _BUILDINGS for unit in units) or "附" in text
    within = within or _RESIDENTS.match(view, match.end()) is not None
    detailed = strong and (parts > 1 and within or text[-1].isascii())
    context = before(view, start, 30)
    lives = strong and _LIVES.search(view, max(0, start - 15), start)
    cued = lives or _HOME_CUE.search(context) is not None
    at_number = strong and _NAMED_NUMBER.search(context) is not None
    counted = _COUNTED.search(context) or _BUILDING_SORT.match(view, match.end())
    if at_road and not cued and parts == 1 and _LANDMARK.match(view, match.end()):
        return None
    if not (at_road or detailed or at_number or cued and not counted):
        return None
    at_home = "单元" in text or detailed
    announced = _OFFICE_CUE.search(context) and not _CITIZENS_OWN.search(context)
    office = field.by_office and not at_home and announced
    return Hit(
        FindingKind.ADDRESS, match.start(), match.end(), COVER, KEEP_OFFICE_PLACE if office else ""
    )
