"""Numbers that identify a person only by the words in front of them, and numbers of proceedings.

Each row of ``_WORDS`` names a register: its kind and the words that announce one of its numbers.
Sources of the forms: case numbers of courts (法〔2015〕137号), documents of the police (受案字〔2016〕…),
GB 32100 (unified social credit codes; those that begin with 92 belong to one person), 15-digit
registration numbers (the seventh digit from 6 on belongs to one person), passports and permits
as the exit-entry administration prints them, identity cards of Hong Kong and Taiwan.
"""

import re
from collections.abc import Iterator

from stdnum.cn import uscc

from portal.domain.redaction.chains import MARK
from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit, before, skip
from portal.domain.redaction.identifiers.plates import PROVINCES
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import COVER

_WORDS: tuple[tuple[FindingKind, str], ...] = (
    (
        FindingKind.DOCUMENT,
        "护照 通行证 台胞证 回乡证 军官证 士兵证 警官证 军人证 驾驶证 驾照 行驶证 居住证 暂住证 残疾人证 残疾证 残疾军人证"
        " 低保证 老年证 老人证 优待证 退役军人证 退伍证 复员证 从业资格证号 监督卡 退休证 学生证 工作证 结婚证 离婚证 出生医学证明 出生证明 出生证 准生证"
        " 独生子女证 毕业证 学位证 资格证 执业证 从业资格证 上岗证 学籍号 学号 考号 考生号 准考证 永居证 永久居留证 居留证 报名号 报名序号 档案号 档案编号"
        " 信用代码 税号 注册号 执照号 车架号 发动机号 识别代号 VIN码 VIN IMEI 设备号 身份证 身份证件 身份号码 公民身份号码"
        " 身份证明 证件号 证件号码 社保卡 社保号 社会保障号 社会保障卡 医保卡 医保号 医保编号 保障号码 passport",
    ),
    (
        FindingKind.BANK_CARD,
        "卡号 账号 帐号 账户 帐户 银行卡 储蓄卡 信用卡 存折 折子 存单 工资卡 公积金账号 公积金号 公积金账户 贷款账号 会员卡 会员号"
        " ETC卡 一卡通 交通卡 公交卡 购物卡 加油卡 户头",
    ),
    (
        FindingKind.REGISTER_NUMBER,
        "住院号 住院登记号 门诊号 病历号 病案号 就诊号 就诊卡 就诊卡号 诊疗卡 挂号单 检查号 报告单号 影像号 体检号 登记号 CT号"
        " 户口本 户口簿 户口册 户口 户号 户籍号 家庭编号 房产证 房权证 产权证 不动产证 不动产权证 不动产权证书 不动产权 土地证"
        " 宗地号 宗地代码 宗地编号 地号 地籍号 不动产单元号 土地使用证 宅基地证 林权证 承包证 承包经营权证 购房合同 合同号 合同编号 合同备案号 备案号 房屋编号 快递 快递单 快递单号"
        " 运单号 单号 订单号 订单 订单编号 物流单号 包裹号 邮件号 挂号信 取件码 水表 电表 气表 燃气表 热表 表号 水表号 电表号"
        " 气表号 用户号 用户编号 客户号 客户编号 缴费号 缴费编号 缴费户号 宽带账号 宽带号 宽带 机顶盒 智能卡号 充值卡 保单号 保单"
        " 保险单号 投保单号 会员编号 工单号 工号 学籍编号 流水号 交易号 凭证号 票号 车票号 发票号 罚单号 决定书编号 受理号 回执号"
        " 查询码 密码 认定书 认定书编号 回执编号 回执单号 案件编号 报警编号 接警单号 报案回执 供热卡 供暖卡 热力卡 狗证 犬证 养犬证 退伍证号 借款合同 贷款合同 借款合同号 租赁合同 劳动合同 合同 业务号 警情编号 配租号 配租编号 病历本号 病历本 诊断书号 诊断证明编号 学员编号 学员号 receipt 借据号 借据 义务兵证 士官证 床位号 检测报告编号 保险号",
    ),
)
_KINDS = {word.lower(): kind for kind, words in _WORDS for word in words.split()}
_CUE = re.compile("|".join(sorted(map(re.escape, _KINDS), key=len, reverse=True)))
_FILLER = re.compile(
    rf"(?:号码|编号|证号|单号|户号|表号|卡号|号|码|字|证书|件|上|里|的|分别|为|是|写|填|No\.?|NO\.?|number|:|{MARK}){{0,6}}"
)
_PART = r"[ \t\-—–_./·•*\n\r]"
_VALUE = re.compile(rf"[A-Za-z]{{0,8}}(?:{_PART}{{0,3}}[0-9A-Za-z]){{4,40}}(?![0-9A-Za-z])")
_CERTIFICATE = re.compile(
    r"[\u4e00-\u9fff()\[\]〔〕0-9A-Za-z]{2,24}?(?:第 ?[0-9\-]{1,14} ?号|[0-9\-]{4,14}号)|[\u4e00-\u9fff]{1,6}[A-Za-z]?[0-9\-]{5,20}"
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}(?:[-./ ](?:0?[1-9]|1[0-2])(?:[-./ ](?:[0-2]?[0-9]|3[01]))?"
    r"|(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01]))?(?![0-9A-Za-z])"
)
_DECIMAL = re.compile(r"[0-9]{1,6}[./][0-9]{1,4}")
_UNIT = re.compile(r" ?(?:[元万亿年月日块张次天]|个(?!体)|%)")
_HOTLINES = re.compile(r"(?:12[0-9]{3}|9[56][0-9]{3,6}|1[0-9]{2}|100[0-9]{2}|400[0-9]{7})(?![0-9])")
_FEWEST_DIGITS = 4
# Words of which a plain year or amount often follows: they need more digits.
_LOOSE = "户口 快递 水表 电表 气表 订单 宽带 保单 合同号 合同 借款合同 贷款合同 租赁合同 劳动合同 密码 账户 帐户 学号"
_LOOSE_WORDS = frozenset(_LOOSE.split())

_SEQUENCE = (
    r" ?第?(?:[ \n]?[0-9]){1,8} ?(?:[-—–][0-9]{1,4} ?)?号?(?:之[一二三四五六七八九十0-9]{1,2})?"
)
_YEAR = re.compile(r"[(\[〔【] ?(?:19|20)[0-9]{2} ?[)\]〕】]")
_COURT = re.compile(
    rf" ?[\u4e00-\u9fff] ?[0-9]{{0,4}} ?[\u4e00-\u9fff]{{1,10}} ?[0-9]{{0,2}}{_SEQUENCE}"
)
_COURT_WORDS = re.compile(
    r"[民刑行执商知赔破监申诉非裁认财][一二三四五]?(?:[初终再申执恢监辖特督破裁调保字前预他异复更]|人仲)|[初终再申执恢]字|执恢|仲案|人仲|劳仲|调书"
)
# Written without brackets, and often without its year: 渝0103民初1234号.
_BARE_COURT = re.compile(
    rf"(?<![0-9])(?:(?:19|20)[0-9]{{2}}年? ?)?[{PROVINCES}]"
    r" ?[0-9]{2,4} ?[民刑行执商知赔破财][一二三四五]?[初终再申执恢监辖特督破裁调保异复更]?字?第? ?[0-9]{1,8} ?号?"
)
_POLICE = re.compile(
    r"(?:(?:(?![的给了到据销出下作发为照向按是有执])[\u4e00-\u9fff]){0,5}\([\u4e00-\u9fff]{1,8}\))?(?:(?![的给了到据销出下作发为照向按是有执])[\u4e00-\u9fff]){0,6}?(?:(?:受案|立案|不立|撤案|受|立|拘|捕|传|释|取保|监居|侦|诉|罚决|罚|处|处决|决|行决|不罚|强戒|定|认|复认|鉴|复决|复受|复|仲案"
    r"|仲裁|仲|劳监|工伤|访|信|告知|告|调解|调|答|受理)字|受案|行罚决|罚决|复决|仲案|工伤认定?)$"
)
_POLICE_SEQUENCE = re.compile(_SEQUENCE)
_OLD_CASE = re.compile(
    r"(?<=[\u4e00-\u9fff])[初终执申再监破]字第? ?[0-9]{1,8} ?(?:-[0-9]{1,3})?号(?:之[一二三四五六])?"
)
_COURT_NAME = re.compile(r"(?:(?![的了按据以在收到])[\u4e00-\u9fff]){1,6}$")
_PROPERTY = re.compile(
    r"[(\[〔【] ?(?:19|20)[0-9]{2} ?[)\]〕】] ?[\u4e00-\u9fff]{2,12}不动产(?:权|证明)第? ?[0-9]{4,14}号?"
    r"|(?:房地?证|房权证|国用|集用|集建|房地权证)(?:[\u4e00-\u9fff0-9()\[\]〔〕]{0,16}?第 ?[0-9\-]{1,14} ?号|[\u4e00-\u9fff()\[\]〔〕]{0,8}?[0-9\-]{4,14} ?号?)"
)
_TRAVEL = re.compile(r"[EGDPSHMCKLWT](?<![0-9A-Za-z].)[A-Z]?[0-9]{7,8}(?![0-9A-Za-z])")
_VEHICLE = re.compile(r"L(?<![0-9A-Za-z].)[A-HJ-NPR-Z0-9]{10}[0-9]{6}(?![0-9A-Za-z])")
_PARCEL = re.compile(r"(?:SF|YT|JD|JT|ZTO|EMS|STO)[A-Z]{0,3}(?:[ -]?[0-9]){10,15}(?![0-9A-Za-z])")
_HONG_KONG = re.compile(r"[A-Z](?<![0-9A-Za-z].)[A-Z]? ?[0-9]{6} ?\([0-9A]\)")
_TAIWAN = re.compile(r"[A-Z](?<![0-9A-Za-z].)[12][0-9]{8}(?![0-9A-Za-z])")
_TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO"
_CREDIT = re.compile(
    r"9[ \-]?2(?<![0-9A-Za-z]..)(?:[ \-\n]{0,2}[0-9]){6}(?:[ \-\n]{0,2}[0-9A-Za-z]){10}(?![0-9A-Za-z])"
)
_CODE_WORD = re.compile(r"编号|型号|文号|批号|标号|代码$|网址|版本|[A-Za-z0-9/]$")


def find_registered(folded: Folded) -> Iterator[Hit]:
    """Yield numbers behind the words that announce them, and numbers with a form of their own."""
    view = folded.plain
    position = 0
    for cue in _CUE.finditer(folded.lower):
        if cue.start() < position:
            continue
        hit = _value_behind(view, cue)
        if hit is not None:
            yield hit
            position = hit.end
    for kind, pattern in (
        (FindingKind.REGISTER_NUMBER, _PROPERTY),
        (FindingKind.REGISTER_NUMBER, _PARCEL),
        (FindingKind.CASE_NUMBER, _BARE_COURT),
        (FindingKind.DOCUMENT, _VEHICLE),
        (FindingKind.DOCUMENT, _HONG_KONG),
    ):
        for match in pattern.finditer(view):
            start = match.start()
            # 川（2019）成都市不动产权第…号: the province belongs to it.
            if match[0][0] in "([〔【" and start and view[start - 1] in PROVINCES:
                start -= 1
            yield Hit(kind, start, match.end(), COVER)
    for year in _YEAR.finditer(view):
        court = _COURT.match(view, year.end())
        if court and _COURT_WORDS.search(court[0]):
            yield Hit(FindingKind.CASE_NUMBER, year.start(), court.end(), COVER)
            continue
        sequence = _POLICE_SEQUENCE.match(view, year.end())
        police = sequence and _POLICE.search(view, max(0, year.start() - 14), year.start())
        if sequence and police:
            yield Hit(FindingKind.CASE_NUMBER, police.start(), sequence.end(), COVER)
    for match in _OLD_CASE.finditer(view):
        court_name = _COURT_NAME.search(view, max(0, match.start() - 6), match.start())
        start = court_name.start() if court_name else match.start()
        yield Hit(FindingKind.CASE_NUMBER, start, match.end(), COVER)
    for match in _TRAVEL.finditer(view):
        if not _CODE_WORD.search(before(view, match.start(), 6)):
            yield Hit(FindingKind.DOCUMENT, match.start(), match.end(), COVER)
    for match in _TAIWAN.finditer(view):
        if _is_taiwanese(match[0]):
            yield Hit(FindingKind.DOCUMENT, match.start(), match.end(), COVER)
    for match in _CREDIT.finditer(view):
        yield Hit(FindingKind.DOCUMENT, match.start(), match.end(), COVER)


def _value_behind(view: str, cue: re.Match[str]) -> Hit | None:
    word = cue[0]
    kind = _KINDS[word]
    start = skip(_FILLER, view, cue.end())
    value = _VALUE.match(view, start)
    if value is None:
        if kind is not FindingKind.REGISTER_NUMBER or "证" not in view[cue.start() : start]:
            return None
        value = _CERTIFICATE.match(view, start)
        certified = value is not None and "费" not in value[0] and "元" not in value[0]
        return Hit(kind, value.start(), value.end(), COVER) if value and certified else None
    digits = sum(char.isdigit() for char in value[0])
    if _DECIMAL.fullmatch(value[0]):
        return None
    if digits < _FEWEST_DIGITS + (2 if word in _LOOSE_WORDS else 0):
        return None
    if _DATE.fullmatch(value[0]):
        return None
    if _UNIT.match(view, value.end()) or _HOTLINES.match(view, value.start()):
        return None
    if "信用代码" in word or word in {"注册号", "执照号", "税号"}:
        return _registration(value)
    return Hit(kind, value.start(), value.end(), COVER)


def _registration(value: re.Match[str]) -> Hit | None:
    """Return a hit for the number of a one-person firm; companies stand in a public register."""
    number = uscc.compact(re.sub(r"[^0-9A-Za-z]", "", value[0])).upper()
    of_one_person = number.startswith("92") if len(number) == 18 else number[6:7] in "6789"
    if len(number) not in (15, 18) or not of_one_person:
        return None
    return Hit(FindingKind.DOCUMENT, value.start(), value.end(), COVER)


def _is_taiwanese(number: str) -> bool:
    code = _TAIWAN_LETTERS.index(number[0]) + 10
    digits = [code // 10, code % 10, *map(int, number[1:])]
    weights = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)
    return sum(a * b for a, b in zip(digits, weights, strict=True)) % 10 == 0
