"""Names of people: introduced by a cue (我叫…, 联系人：…), by kinship, by a title, in an enumeration or signature.

张先生 and 王主任 name nobody and stay; 王建国主任 becomes 王某某主任. Who holds a public office
(区委书记…) carries a keep reason. Names without any cue are in ``doubts``.
"""

import re
from collections.abc import Iterable, Iterator

from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit
from portal.domain.redaction.kinds import KEEP_OFFICIAL, FindingKind
from portal.domain.redaction.masks import COVER
from portal.domain.redaction.names.lists import find_listed
from portal.domain.redaction.names.pinyin import find_pinyin_names
from portal.domain.redaction.names.shapes import (
    TITLE,
    ends_at,
    filled_in_at,
    introduced_at,
    is_name,
    is_usual,
    lengths_at,
    name_at,
    name_hit,
    surname_at,
    undotted_at,
    usual_name_ending_at,
    weak_name_at,
)
from portal.domain.redaction.names.surnames import (
    COMMON_WORDS,
    COMPOUND_SURNAMES,
    FREQUENT_SURNAMES,
    PARTICLE_SURNAMES,
    RARE_SURNAMES,
    SURNAMES,
)
from portal.domain.redaction.names.tagging import is_word, tagged_given_at, tagged_name_at

_LONGEST_NAME = 4
# 我是柳叶湖管委会的居民: what follows is a place as often as a person.
_ABOUT_PLACES = ("我是", "本人是", "居民", "村民", "市民", "业主", "尊敬的", "还有", "包括")
_PLACE_LAST = frozenset("村岭庄场镇路线营塘城网")
_PLACE_BEHIND = re.compile(
    r"[小中]学(?![一-龥]{0,3}[年班])|驾校|幼儿园|电器|超市|[酒饭商药]店|医院|贸城|自然村|[镇乡](?!里|上|长|政府的)|路口|街道|社区|管委会|胡同|村(?!民|里|上|委|支)|总部|[集总分]?公司"
    r"|区|国际|大道|府|客服|项目|楼盘|道边|[一二三0-9]期"
)
_PLACE_ENDS = frozenset("湖家村路桥镇山河江岭园坝沟湾")
_PLACE = re.compile(
    r"管委会|街道|社区|[村镇乡路街桥湖区县市]|大道|小区|学校|公司|广场|花园|公园|医院|水库|度假"
)
KIN = (
    "父亲 母亲 爸爸 妈妈 老爸 老妈 爸 妈 爹 娘 丈夫 妻子 老公 老婆 爱人 先生 太太 媳妇 女婿 儿媳妇 儿媳 配偶 对象 男友 女友 男朋友 女朋友"
    " 未婚夫 未婚妻 前夫 前妻 儿子 女儿 大儿子 小儿子 大女儿 小女儿 孩子 小孩 娃娃 娃儿 娃 闺女 宝宝 宝贝 养子 养女 继子 继女 长子 次子 长女"
    " 次女 独子 独女 双胞胎 爷爷 奶奶 外公 外婆 姥姥 姥爷 祖父 祖母 外祖父 外祖母 孙子 孙女 外孙 外孙女 孙儿 曾孙 哥哥 弟弟 姐姐 妹妹 大哥"
    " 二哥 大姐 二姐 哥 弟 姐 妹 姐夫 妹夫 嫂子 弟媳 弟妹 表哥 表弟 表姐 表妹 堂哥 堂弟 堂姐 堂妹 堂兄 表兄 兄弟 姐妹 叔叔 伯父 伯伯 姑姑 姑妈"
    " 姨妈 小姨 舅舅 舅妈 婶婶 姑父 姨父 侄子 侄女 侄儿 外甥 外甥女 岳父 岳母 公公 婆婆 丈人 丈母娘 亲家 亲戚 家属 家人 监护人 老人 崽 幺儿 幺女 老汉 堂客 婆娘 老头子 老伴 老爷子 仔 囡囡 姨 叔 舅 姑 伯"
    " 婶 嫂 侄 大嫂 小叔子 小姑子 小舅子 大舅子 妯娌 连襟 养父 养母 继父 继母 生父 生母 干妈 干爹 干儿子 干女儿 堂叔 表叔 伯母 叔父 前男友 前女友 孙媳妇 独生子 叔公 伯公 舅公 舅母 姨婆 姑婆 姑爷 幺叔 幺爸 幺舅 幺舅母 幺舅妈 幺姑 婶娘 舅子 老丈人 孙孙 大伯子 大侄子 小侄子 大侄女 重孙 伯娘 舅娘 姨夫 姑夫"
)
_OTHERS = (
    "邻居 同事 同学 同桌 室友 舍友 房东 租客 租户 房客 住户 合租人 朋友 好友 老乡 战友 工友 徒弟 师傅 保姆 护工 月嫂 中介 业主 网友 居民 村民 市民"
    " 原告 被告 被告人 原告人 上诉人 被上诉人 第三人 当事人 嫌疑人 犯罪嫌疑人 受害人 受害者 被害人 死者 伤者 肇事者 目击者 证人 债主 债务人 债权人"
    " 患者 病人 病患 产妇 孕妇 婴儿 学生 学员 考生 幼儿 小朋友 女生 男生 老板 老板娘 包工头 工头 承包人 负责人 股东 会计 出纳 店主 摊主 司机 车主"
    " 还有 另有 分别是 分别为 分别叫 包括 乘客 买家 卖家 买方 卖方 甲方 乙方 户主 职工 工人 员工 农民 农民工 教师 党员 群众 会员 客户 用户 顾客 社员 志愿者 叫 贫困户 低保户 五保户 残疾人 楼上 楼下 隔壁 对门 旁边 房主"
    " 闺蜜 发小 园长 班长 社长 总监 工友 家长代表 业主代表 共有人 购房人 购买人 领款人 使用人 抄表员 驾驶员 安全员 保洁员 收费员 快递员 外卖员 售票员 服务员 营业员 收银员 业务员 销售员 催收员 调解员"
    " 路人 街坊 患儿 医师 护理员 社工 陪护 保安 保洁 门卫 店长 领班 主管 财务 麻醉师 药师 技师 主刀 管床医生 主治医生 楼长 栋长"
)
_STRONG_WORDS = (
    "我叫 我名叫 我的名字叫 名字叫做 名叫 名字叫 名字是 名字为 叫做 取名 化名 真名 原名 本名 曾用名 别名 小名 姓名 全名 大名 学名 乳名 中文名 英文名 署名 落款 签名 签字 签名人"
    " 收件人 收款人 持卡人 开户名 户名 投保人 被保险人 法人代表 法定代表人 法人 承办人 经办人 户主 房主 死者 伤者 受害人 当事人 投诉人 反映人 举报人"
    " 申请人 来信人 写信人 报告人 陈述人 诉求人 求助人 反馈人 留言人 上访人 信访人 委托人 代理人 监护人 见证人 担保人 借款人 出借人 出租人 承租人 买受人"
    " 出卖人 转让人 受让人 继承人 被继承人 紧急联系人 联系人 身份证姓名 用户名 学生姓名 患者姓名 考生姓名 孩子姓名 乘车人 购票人 订票人 寄件人 投稿人"
    " 原告 被告 被告人 原告人 上诉人 被上诉人 嫌疑人 犯罪嫌疑人 租客叫 也叫 都叫 人叫"
)


# Who does something is named behind the word: 被执行人罗志强.
_DOES = (
    "执行 填表 填写 签收 陪护 护理 举报 检举 控告 申诉 起诉 证明 经手 收货 发货 收款 付款 汇款 抵押 赠与 推荐 介绍 发包 承包 施工 肇事 报警 报案"
    " 受伤 遇难 失踪 走失 涉案 涉事 发起 操作 驾驶 中标 注册 实控 控制 申请 投诉 反映 联系 负责 管理 租赁 出资 转账 送货 收件 寄件 目击 知情 索赔"
)


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(set(words), key=len, reverse=True))


def _begins(*words: str) -> str:
    """Return a look ahead at the first characters of ``words``: most places are none of them."""
    return f"(?=[{''.join(sorted({word[0] for word in words}))}])"


# Where somebody lives or stands: 楼上的李国富, 3栋的王建军.
_WHERE = "楼上 楼下 隔壁 对门 对面 旁边 前面 后面 门口 单元 栋 幢 楼 层 室 号 组 队 村 社 院 院子 湾 坝 坪 沟 屋基 老屋 家 负责 值班 在场 那个 这个 姓名"


_STRONG_CUE = re.compile(
    rf"{_begins(*_STRONG_WORDS.split(), '人')}(?:{_any(_STRONG_WORDS.split())}|(?<=[\u4e00-\u9fff])人(?=:))(?:姓名|名称|名字|名|叫做|叫|好像|大概|可能|是|为|系|:|,|\(|\[|\"|“|\s){{0,4}}"
)
_RELATIONS = frozenset((*KIN.split(), *_OTHERS.split()))
_WEAK_CUE = re.compile(
    rf"{_begins('我', '本', '鄙', '尊', '员', *_RELATIONS, *_DOES.split())}(?:我是|本人是|本人|鄙人|尊敬的|{_any(_RELATIONS)}|(?:{_any(_DOES.split())})[人者]|(?<!人)员)(?:姓名|名字|名叫|叫做|叫|是|为|系|:|\(|,|\s|“|\"){{0,3}}"
)
_PLACED = re.compile(rf"(?:{_any(_WHERE.split())})的")
_INTRODUCED = re.compile(
    r"我 ?叫 {0,2}(?=[\u4e00-\u9fff])|我 是 (?=[\u4e00-\u9fff] )|(?:名叫|叫做|名字[叫是为]|姓名[:是为])"
)
# 父王大力，母李小红; 我儿王小军.
_SHORT_KIN = re.compile(
    r"(?:(?<![\u4e00-\u9fff])|(?<=[其我他她之与和及]))(?:父(?![母亲子辈])|母(?![亲子女婴校])|妻(?![子女儿小妹])|夫(?![妻妇人])|子(?![女孙弟公])|女(?![方士性人生子工儿婿友孩])|兄(?![弟长妹])|弟(?![弟妹子媳])|姐(?![姐妹夫])|妹(?![妹夫])|媳(?!妇)|婿|儿(?![童子女科孙媳]))(?=[\u4e00-\u9fff]{2})"
)
# 写的是我王小明。
_MYSELF = re.compile(r"(?<![和跟与帮给对向])我[,、]?(?=[\u4e00-\u9fff]{3})")
_NICKNAME = re.compile(
    r"(?:小名儿?|乳名|昵称|外号|绰号|诨名)(?![誉单额])(?:[就又也]?[叫是为]|:|\"|“|\s){0,3}"
    r"((?:[\u4e00-\u9fff](?<![的了在是我你他她它们这那不])){2,4})"
)
_CALLS = frozenset("个位名人孩妹弟哥姐女男子儿娃我他她")
_CALLED = re.compile(r"(?:叫|小名|乳名)[是为: ]{0,2}$")
# Hands laid on somebody: 打了王小明耳光.
_HARMED = re.compile(
    r"(?:打|骂|踢|推|撞|砍|咬|抓|捅|辱骂|殴打|冤枉|欺负|威胁)[了伤](?=[\u4e00-\u9fff]{2})"
)
_KIN_CUE = re.compile(rf"(?:{_any(KIN.split())}|车主|租客|房客|租户|工友|同桌|室友)")
# 区 is a surname behind a relative, in a list and in a form, and a district elsewhere (居民区太远).
_BEFORE_OU = frozenset("亲妈母爸父弟哥姐妹子女儿婆公叫名:、")
_CLEAR_COMPOUNDS = COMPOUND_SURNAMES - frozenset(
    ["东方", "西门", "南宫", "第五", "百里", "东郭", "长孙"]
)
_CLEAR_SURNAMES = FREQUENT_SURNAMES | RARE_SURNAMES
_NAMED = re.compile(r"(?:名叫|叫做|叫|姓名|名字)[是为:\s]{0,2}$")
# Money and goods change hands with people: 收了王大力5000元.
_DEALING = re.compile(
    r"(?=[收借欠向从付转打汇给赔支卖租起告举殴找跟和与被由帮替是])(?:收了|收取|收到|借给|借了|欠了|欠|向|从|付给|转给|转账给|打给|汇给|给了|赔给|赔了|支付给|卖给|租给|打伤|起诉|告诉|举报|殴打|找|跟|和|与|被|由|帮|替|是)"
)
_AMOUNT = re.compile(r"(?:人民币|现金|押金|定金|货款|工资|借款)?[0-9.]{1,10} ?(?:元|万|块)")
_DEALT_WITH = re.compile(
    r"(?:手[中上里])?(?:借|买|租|签|讨|索|催|协商|理论|吵|发生|打架|要求|付款)"
)
_WHOSE = re.compile(
    rf"(?=[的妈爸家父母奶爷外小一夫之])(?:的(?:{_any(KIN.split())}|家属|家里|房子|住宅|手机|电话|身份证|银行卡|户口|车)(?!人?们)|(?:妈妈|爸爸|家长|父亲|母亲|奶奶|爷爷|外婆|小朋友|一家|夫妇|夫妻|之子|之女|之妻|之夫|之父|之母)(?!们))"
)
_DESCRIBED = re.compile(
    r"[ ,(:]{0,2}(?:联系电话|联系方式|电话号?码?|手机号?码?)[:是 ]|[ ]?[,(:][ ]?(?:男|女|现年|今年[0-9]|[0-9]{1,3}岁|身份证|身份证号|手机|电话|联系电话|系|(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{0,2}日?(?:出?生|生于)|汉族|[\u4e00-\u9fff]族)"
    r"|[ ]?\((?=[^)\n]{0,20}(?:班|年级|学生|[0-9]岁|村民|业主|住))|[ ]?\([男女]|[ ,:]{0,2}(?:身份证号?|手机号?|联系电话|电话号?码?)?[: ]{0,2}1[3-9][0-9][0-9*\- ]{8,12}(?![0-9])"
)
_SIGNATURE = re.compile(
    r"(?:敬礼|敬上|此致|谨上|拜托|谢谢|感谢|致敬|盼复|跪求)[!。~,\s]{1,8}(?:一个|您的)?(?:市民|村民|业主|居民|群众)?[:\s]{0,2}"
)
_LAST_LINE = re.compile(r"\n[ \t]*(?=[^\n]{2,7}(?:\n\s*[0-9年月日.\-/ ]{6,14}\s*)?\s*\Z)")
# Name and date on the line that ends the text.
_DATED_LINE = re.compile(
    r"[\n。!?;~][ \t]*(?=[\u4e00-\u9fff]{2,4}[ \t,]{1,4}[0-9]{2,4}[年.\-/][0-9]{1,2}[月.\-/]"
    r"[0-9]{1,2}日?\s*\Z)"
)
_GREETED = re.compile(r"(?:\A|\n)[ \t]{0,8}(?=[\u4e00-\u9fff]{2,4}[:,] ?[您你]们?好)")
_NOT_A_TITLE = re.compile(
    r"(?<=[业车户房雇店失债船地东])主任(?:何|意|性)|主任(?:务|课|教)|[长](?:江|安|春|沙|寿|期|年|效|度|大|久|远|城|宁|征|虹|兴|乐|治|假|途|租|达|廊)"
)
_OFFICE = re.compile(
    r"(?:副?(?:市|县|区|省|州|镇|乡|厅|局|部)长|副?书记|副?主席|检察长|常委|市委|县委|区委|省委|政委|委员长|总理)"
)
_IN_OFFICE = re.compile(
    r"(?:(?:人大|政协)副?主席|[市县区省州镇乡厅局]长|[市县区省州镇乡]委书记|党委书记|检察长)$"
)
_OFFICE_PLACE = re.compile(r"[市县区省州镇乡厅局部委党府院]|常委|第一")
_IS_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def find_names(folded: Folded) -> Iterator[Hit]:
    """Yield full names of people other than the sender, as far as the words around them show it."""
    text = folded.plain
    if folded.has_latin:
        yield from find_pinyin_names(text)
    if not folded.has_chinese:
        return
    found = [hit for hit in (*_cued(text), *_titled(text), *_owners(text)) if _is_person(text, hit)]
    yield from found
    for hit in find_listed(text, found):
        if _is_person(text, hit):
            yield hit


def _is_person(text: str, hit: Hit) -> bool:
    """Return whether a hit is no place (黄财镇, 马坡岭) and, without its office, no official."""
    if hit.keep_reason:
        return True
    if text[hit.start] == "区" and text[max(0, hit.start - 1) : hit.start] not in _BEFORE_OU:
        return False
    if _PLACE_BEHIND.match(text, hit.end) or text[hit.end - 1] in _PLACE_LAST:
        return False
    if _IN_OFFICE.search(text, max(0, hit.start - 5), hit.start):
        return False
    title = TITLE.match(text, hit.end)
    return title is None or _OFFICE.fullmatch(title[0]) is None


def _matches(cue: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of a cue that stand in front of no mask: 我叫张某某 is looked at again."""
    for match in cue.finditer(text):
        if not text.startswith("某某", match.end() + 1):
            yield match


def _cued(text: str) -> Iterator[Hit]:
    named: dict[int, Hit | None] = {}
    for match in _matches(_STRONG_CUE, text):
        hit = named[match.end()] = name_at(text, match.end())
        if hit is None and match[0].endswith(":"):
            hit = filled_in_at(text, match.end())
        if hit is None:
            hit = tagged_name_at(text, match.start(), match.end())
        if hit is not None:
            yield hit
    for match in _matches(_WEAK_CUE, text):
        if not _NAMED.search(match[0]):
            hit = weak_name_at(text, match.end())
        elif match.end() in named:
            hit = named[match.end()]
        else:
            hit = name_at(text, match.end())
        if hit is None and not match[0].startswith(_ABOUT_PLACES):
            hit = _usual_name_at(text, match.end())
        called = _CALLED.search(match[0]) is not None
        kin = called or _KIN_CUE.match(match[0]) is not None
        # 什么叫…: without a person in front the word says nothing.
        vague = match[0].startswith("叫") and text[match.start() - 1] not in _CALLS
        kin = kin and not vague
        if hit is None and kin:
            hit = undotted_at(text, match.end())
            # 弟弟明明知道: two words, and no name.
            if hit is not None and all(
                is_word(text[at : at + 2]) for at in range(hit.start, hit.end - 1, 2)
            ):
                hit = None
        if hit is None and not vague and not match[0].startswith(("我是", "本人是")):
            hit = tagged_name_at(text, match.start(), match.end(), sure=kin)
        if hit is None and kin:
            hit = tagged_given_at(text, match.start(), match.end(), called=called)
        if hit is not None:
            yield hit
    for match in _SHORT_KIN.finditer(text):
        hit = weak_name_at(text, match.end())
        hit = hit or tagged_name_at(text, match.start(), match.end(), sure=True)
        if hit is not None:
            yield hit
    for match in _MYSELF.finditer(text):
        hit = _usual_name_at(text, match.end())
        if hit is not None and ends_at(text, hit.end):
            yield hit
    for match in _NICKNAME.finditer(text):
        if ends_at(text, match.end()) and match[1] not in COMMON_WORDS:
            yield Hit(FindingKind.NAME, match.start(1), match.end(), COVER)
    for match in _HARMED.finditer(text):
        hit = _usual_name_at(text, match.end())
        hit = hit or tagged_name_at(text, match.start(), match.end())
        if hit is not None:
            yield hit
    for match in _PLACED.finditer(text):
        hit = _usual_name_at(text, match.end()) or weak_name_at(text, match.end())
        # 朱家 is a family.
        person = hit is not None and hit.end - hit.start > 2 and text[hit.start + 1] != "家"
        if hit is not None and person and is_usual(text, hit.start, hit.end):
            yield hit
    for match in _INTRODUCED.finditer(text):
        hit = introduced_at(text, match.end())
        if hit is not None:
            yield hit
    for cue in (_SIGNATURE, _LAST_LINE, _DATED_LINE, _GREETED):
        for match in cue.finditer(text):
            hit = weak_name_at(text, match.end())
            if hit is not None:
                yield hit
    for match in _DEALING.finditer(text):
        at = match.end()
        for end in lengths_at(text, at):
            dealt = _AMOUNT.match(text, end) or end > at + 2 and _DEALT_WITH.match(text, end)
            if dealt and is_name(text, at, end) and is_usual(text, at, end):
                yield name_hit(at, end, surname_at(text, at))
                break


def _usual_name_at(text: str, start: int) -> Hit | None:
    """Return a name of three characters as most people have one, whatever follows it."""
    compound = text[start : start + 2] in _CLEAR_COMPOUNDS
    end = start + 3 + compound
    if not (compound or text[start : start + 1] in _CLEAR_SURNAMES) or not is_name(
        text, start, end
    ):
        return None
    parts = (text[end - 2 : end], text[end - 1 : end + 1], text[start : start + 2])
    if not is_usual(text, start, end) or any(part in COMMON_WORDS for part in parts):
        return None
    if text[end - 1] in _PLACE_ENDS or _PLACE.match(text, end):
        return None
    return name_hit(start, end, surname_at(text, start))


def _titled(text: str) -> Iterator[Hit]:
    for match in TITLE.finditer(text):
        start, end = match.span()
        if _NOT_A_TITLE.match(text, end - 2) or _NOT_A_TITLE.match(text, end - 1):
            continue
        official = _OFFICE.fullmatch(match[0]) is not None
        before = _name_ending_at(text, start)
        if before is not None:
            yield before._replace(keep_reason=KEEP_OFFICIAL) if official else before
            continue
        behind = _name_behind_title(text, start, end)
        if behind is not None:
            office = official and _OFFICE_PLACE.search(text, max(0, start - 3), end - 1)
            yield behind._replace(keep_reason=KEEP_OFFICIAL) if office else behind


def _name_behind_title(text: str, cue: int, start: int) -> Hit | None:
    for end in (start + 3, start + 2):
        if is_name(text, start, end) and is_usual(text, start, end):
            free = end - start == 3
            if ends_at(text, end, freely=free):
                return name_hit(start, end, surname_at(text, start))
    return _usual_name_at(text, start) or tagged_name_at(text, cue, start, sure=True)


def _owners(text: str) -> Iterator[Hit]:
    """Yield names with what describes them behind them: 张三丰的女儿, 李小红（女）."""
    for pattern in (_WHOSE, _DESCRIBED):
        for match in pattern.finditer(text):
            hit = usual_name_ending_at(text, match.start())
            if hit is not None:
                yield hit


def _name_ending_at(text: str, end: int) -> Hit | None:
    for length in (_LONGEST_NAME, 3, 2):
        start = end - length
        if start < 0 or not is_name(text, start, end):
            continue
        surname = surname_at(text, start)
        leading = text[start - 1] if start else ""
        inside_word = bool(leading) and text[start - 1 : start + 1] in COMMON_WORDS
        doubtful = surname in PARTICLE_SURNAMES and (
            _IS_CHINESE.match(leading) or end - start == len(surname) + 1
        )
        # 张 in 和张经理 is a surname with a title, not the end of a name.
        swallowed = text[end - 1] in SURNAMES and surname in PARTICLE_SURNAMES
        if not (inside_word or doubtful or swallowed):
            return name_hit(start, end, surname)
    return None
