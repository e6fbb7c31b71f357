"""E-mail addresses, accounts of social networks and their addresses.

Source of the address form: RFC 5321 (local part at most 64, domain at most 255 characters), RFC 6531
(Chinese local parts and domains); spelled-out forms (at, 艾特, 点) and names of networks as people
write them to escape programs.
"""

import re
from collections.abc import Iterator

from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit, before, skip
from portal.domain.redaction.kinds import KEEP_OFFICE_MAIL, FindingKind, PublicField
from portal.domain.redaction.masks import COVER, mask_email

_LOCAL_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-")
_LONGEST_LABEL = 60
_BROKEN_LOCAL = re.compile(
    r"(?:(?<=[\u4e00-\u9fff:])|(?<=: )|(?<=邮箱 ))([A-Za-z0-9][A-Za-z0-9._\-]{0,20})\n$|(?<![A-Za-z0-9._\-])([A-Za-z0-9][A-Za-z0-9._\-]{0,19}[0-9._\-])\n$"
)
_LONGEST_LOCAL, _LONGEST_CHINESE_LOCAL = 64, 4
_BLANK = r"[ \t\r\n]{0,2}"
_DOT = rf"(?:{_BLANK}\.{_BLANK}|,(?=(?:com|cn|net)(?![a-z]))| dot |{_BLANK}(?:[(\[]dot[)\]]|点|。){_BLANK})"
_DOT_SIGN = re.compile(_DOT)
_PROVIDERS = (
    r"qq|163|126|139|189|sina|sohu|foxmail|gmail|hotmail|outlook|aliyun|yeah|icloud|tom|21cn"
)
_LABEL = r"[A-Za-z0-9\-\u4e00-\u9fff]"
_TOP = r"(?:[A-Za-z]{2,12}(?![A-Za-z0-9])|中国|公司|网络|在线|集团|政务|公益|网址|香港|台湾)"
_DOMAIN = re.compile(
    rf"{_BLANK}([A-Za-z0-9][A-Za-z0-9\-]{{0,62}}(?:{_DOT}[A-Za-z0-9\-]{{1,63}}){{0,3}}{_DOT}[A-Za-z]{{2,12}}"
    rf"|{_LABEL}{{1,20}}?(?:{_DOT}{_LABEL}{{1,20}}?){{0,3}}{_DOT}{_TOP})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
# z h a n g @ q q . c o m: every character by itself.
_SPACED_DOMAIN = re.compile(
    r"((?: [A-Za-z0-9\-]){1,30}(?: \.(?: [A-Za-z0-9\-]){2,12}){1,3})(?![A-Za-z0-9])"
)
_FEWEST_SPACED = 3
_AT = re.compile(
    rf"@|[(\[{{<]at?[)\]}}>]|(?<=[A-Za-z0-9 ])at(?= )|[(\[]?艾特[)\]]?|[#*](?=(?:{_PROVIDERS})\.)",
    re.IGNORECASE,
)
_LEADS_TO_ADDRESS = re.compile(r"[是为箱址到至发寄:,]|邮件")

# In small letters; what begins with a Latin letter begins a word.
_NETWORK = re.compile(
    r"微 ?[信❤♥💚💌] ?信?(?!公众|小程序|支付|群里)|[薇威维徽卫嶶崴][信芯❤]|卫星(?=[:号是])|wei ?xin|wei ?信|微xin|we ?chat|[wv] ?x(?![a-z])|[wv]x(?=[a-z_]{1,12}[0-9])"
    r"|v ?[❤♥💚信号]|v(?=[号:是为加 =0-9])|[加➕+] ?(?:[薇威徽]|v ?x?|q ?q?|微)|微我|q[号群]|绿泡泡|绿泡|绿色软件|绿信|绿书|企鹅号?|扣扣|叩叩|球球|蔻蔻|q ?q|q(?=[号:是为 =0-9])|扣(?=[:号是])"
    r"|抖音|快手|微博|小红书|钉钉|支付宝|陌陌|淘宝|旺旺|咸鱼|闲鱼|知乎|贴吧|b站|哔哩|telegram|电报|whatsapp|skype|facebook|脸书|推特|twitter|instagram"
    r"|(?:tg|line|ins)(?=[号:是 ])"
)
# qq.com: the name of a network in an address is no announcement.
_IN_DOMAIN = re.compile(r"\.[a-z]")
_FILLER = re.compile(
    r"(?:号码|帐号|账号|帐户|账户|用户名|名|号|昵称|邮箱|群|ID|is|同号|同步|手机|是|为|叫|我|加|请|搜索|搜|查找|联系|的|了|也|都|❤|♥"
    r"|[:=(\[“”\"'「『‘《<,.~ \t\r\n]){0,8}",
    re.IGNORECASE,
)
_HANDLE = re.compile(
    r"(?:[A-Za-z](?:[\-_ .]?[A-Za-z0-9_]){4,24}|[1-9](?:[ \-.\n]?[0-9]){4,11}|[1-9][0-9]{1,3}(?:[、,] ?[0-9]{2,4}){1,4})(?![A-Za-z0-9_@]|\.[A-Za-z]| ?[元万年月日号%])"
)
_NO_HANDLE = re.compile(
    r"(?:https?|www|app|wechat|weixin|qq|android|iphone|about|public|service|official|online|mini)(?![0-9])",
    re.IGNORECASE,
)
_PUBLIC_ACCOUNT = re.compile(
    r"公众号?|小程序|服务号|订阅号|官微|官方|视频号|政务|粉丝|转账|支付|红包|群聊"
)
# 微博@重庆小王: whatever stands behind the sign.
_AT_NAME = re.compile(
    r"(?:抖音|快手|微博|小红书|b站|哔哩哔哩|知乎|贴吧|头条|视频号|twitter|推特|instagram|ins|facebook|脸书|telegram|tiktok|weibo|douyin)"
    r"(?:账号|帐号|用户|号|名|上|搜|是|为|叫|的|[: ]){0,3}@ ?([a-z0-9_\-·.]{2,30}|[\u4e00-\u9fff][\u4e00-\u9fffa-z0-9_\-·.]{1,15})",
    re.IGNORECASE,
)
_OFFICE_NAME = re.compile(
    r"官方|官微|发布|政务|公安|警|日报|晚报|晨报|新闻|政府|平安|检察|法院|消防|气象|电视|广播|卫视|12345|信访|网信|共青团"
)
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.|m\.|v\.|t\.|user\.|space\.|u\.|qm\.)?(?:weibo\.(?:com|cn)|douyin\.com|kuaishou\.com|zhihu\.com/people"
    r"|xiaohongshu\.com|xhslink\.com|tieba\.baidu\.com/home|bilibili\.com|qzone\.qq\.com|qq\.com/cgi-bin/qm|wechat\.com|facebook\.com"
    r"|twitter\.com|(?<![a-z])x\.com|instagram\.com|t\.me|(?<![a-z])wa\.me|linkedin\.com/in|github\.com)/[!-~]{2,100}",
    re.IGNORECASE,
)
_ADDRESS_STARTS = re.compile(r"(?<=[a-z])\.(?:com|cn|me)/|xhslink", re.IGNORECASE)
_OFFICE_DOMAIN = re.compile(r"(?:^|\.)(?:gov\.cn|edu\.cn)$")


def find_contacts(folded: Folded, field: PublicField) -> Iterator[Hit]:
    """Yield e-mail addresses and QQ, WeChat and similar accounts."""
    if not folded.has_chinese and not folded.has_latin:
        return
    yield from _find_emails(folded.plain, field)
    if _ADDRESS_STARTS.search(folded.plain):
        for match in _ADDRESS.finditer(folded.plain):
            yield Hit(FindingKind.SOCIAL_ACCOUNT, match.start(), match.end(), COVER)
    if "@" in folded.plain:
        for match in _AT_NAME.finditer(folded.lower):
            if not _OFFICE_NAME.search(match[1]):
                yield Hit(FindingKind.SOCIAL_ACCOUNT, *match.span(1), COVER)
    position = 0
    for match in _NETWORK.finditer(folded.lower):
        if match.start() < position or _IN_DOMAIN.match(folded.lower, match.end()):
            continue
        if _is_inside_word(folded.lower, match.start()):
            continue
        for view in folded.views:
            hit = _account(view, match)
            if hit is not None:
                yield hit
                position = max(position, hit.end)


def _is_inside_word(text: str, start: int) -> bool:
    around = text[max(0, start - 1) : start + 1]
    return len(around) == 2 and around.isascii() and around.isalpha()


def _account(view: str, network: re.Match[str]) -> Hit | None:
    start = skip(_FILLER, view, network.end())
    handle = _HANDLE.match(view, start)
    if handle is None or _NO_HANDLE.match(handle[0]):
        return None
    if _PUBLIC_ACCOUNT.search(view, network.end(), start):
        return None
    return Hit(FindingKind.SOCIAL_ACCOUNT, handle.start(), handle.end(), COVER)


def _find_emails(view: str, field: PublicField) -> Iterator[Hit]:
    for at in _AT.finditer(view):
        match, end = _domain_at(view, at.end())
        if match is None:
            continue
        start = _spaced_start(view, _local_start(view, at.start()))
        local = "".join(view[start : at.start()].split())
        if not local:
            continue
        domain = _DOT_SIGN.sub(".", match[1].lower()).replace(" ", "")
        office = (
            field.by_office
            and _OFFICE_DOMAIN.search(domain)
            and not re.search(r"[您你其他她]|来信人|反映人|投诉人", before(view, start, 12))
        )
        keep = KEEP_OFFICE_MAIL if office else ""
        yield Hit(FindingKind.EMAIL, start, end, mask_email(local, domain), keep)


def _domain_at(view: str, start: int) -> tuple[re.Match[str] | None, int]:
    """Return the domain behind the sign and where it ends; the end of a line may stand in it."""
    match = _DOMAIN.match(view, start) or _SPACED_DOMAIN.match(view, start)
    if match is not None:
        return match, match.end()
    line = view.find("\n", start, start + _LONGEST_LABEL)
    if line <= start:
        return None, start
    match = _DOMAIN.match(view[start:line] + view[line + 1 : line + _LONGEST_LABEL])
    return match, start + match.end() + 1 if match else start


def _spaced_start(view: str, start: int) -> int:
    """Return where characters begin that stand by themselves in front of a local part."""
    first, floor = start, max(1, start - 2 * _LONGEST_LOCAL)
    while first > floor and view[first - 1] == " " and view[first - 2] in _LOCAL_CHARACTERS:
        if first > 2 and view[first - 3] in _LOCAL_CHARACTERS:
            break
        first -= 2
    return first if start - first >= 2 * (_FEWEST_SPACED - 1) else start


def _local_start(view: str, sign: int) -> int:
    """Return where the local part in front of the sign begins; walking back keeps this linear."""
    end = sign
    while end > max(0, sign - 2) and view[end - 1] in " \t\r\n":
        end -= 1
    start = end
    floor = max(0, start - _LONGEST_LOCAL)
    while start > floor and view[start - 1] in _LOCAL_CHARACTERS:
        start -= 1
        # liu点wei: a dot in words between Latin letters.
        if view[start - 1] == "点" and view[max(0, start - 2)] in _LOCAL_CHARACTERS:
            start -= 1
    # Its beginning may be the end of the line before: 邮箱zhang⏎san@qq.com.
    broken = None
    if start < end and view[max(0, start - 1)] == "\n":
        broken = _BROKEN_LOCAL.search(view, max(0, start - 24), start)
    if broken is not None:
        start = broken.start(broken.lastindex or 0)
    floor = max(0, start - _LONGEST_CHINESE_LOCAL)
    chinese = start
    while chinese > floor and "\u4e00" <= view[chinese - 1] <= "\u9fff":
        if _LEADS_TO_ADDRESS.match(view[chinese - 1]):
            break
        chinese -= 1
    # Chinese characters belong to the local part where nothing else does.
    start = chinese if start == end else start
    while start < end and view[start] in "._%+-":
        start += 1
    return start if start < end else sign
