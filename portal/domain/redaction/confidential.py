"""Requests not to be shown: 请不要让…知道, 请保密, 匿名."""

import re
from collections.abc import Iterator

from portal.domain.redaction.hits import Hit
from portal.domain.redaction.kinds import FindingKind

_SHOWN = "公开|公示|公布|透露|泄露|泄漏|外泄|曝光|挂网|上网|发布|知道|知晓|得知|查到|告知|告诉|转给|暴露|实名|署名"
_OWN = "我|本人|姓名|名字|个人|电话|手机|身份|信息|隐私"
_REQUEST = re.compile(
    r"(?:请|望|希望|恳请|恳求|务必|麻烦|烦请|拜托|求|为我|替我|帮我|给我|对我|予以|给予|代为)[^,。!?;\n]{0,10}?保密"
    rf"|(?:不要|请勿|切勿|勿|不想|不愿意?|不希望|不同意|(?<![特级区个另分告])别(?=[把让给将跟告公说透泄再]))[^,。!?;\n]{{0,16}}?(?:{_SHOWN})(?!信息公开|的?义务)"
    rf"|(?:不能|不得|不可|不便|不宜|避免|防止)[^,。!?;\n]{{0,8}}?(?:{_OWN})[^,。!?;\n]{{0,8}}?(?:{_SHOWN})"
    rf"|(?:不能|不得|不可|不便|不宜|避免|防止)[^,。!?;\n]{{0,8}}?(?:{_SHOWN})[^,。!?;\n]{{0,4}}?(?:{_OWN})"
    r"|匿名|(?<!文)化名|隐去|隐藏(?:我|姓名|身份|个人)|隐姓埋名|打码|打马赛克|保护(?:好)?(?:我的?|举报人|投诉人|反映人|个人)(?:的)?(?:隐私|信息|身份)"
    r"|(?:怕|担心|害怕|恐)[^,。!?;\n]{0,10}?(?:报复|穿小鞋|打击|找麻烦)"
    r"|(?:keep|remain|stay)[^.!?\n]{0,40}?(?:confidential|anonymous|private|secret)|(?:do not|don't|don’t|please not|never)[^.!?\n]{0,30}?(?:publish|disclose|reveal|make[^.!?\n]{0,20}public|tell)"
    r"|anonymous(?:ly)?",
    re.IGNORECASE,
)


def find_requests(view: str) -> Iterator[Hit]:
    """Yield the words in which somebody asks not to be shown; nothing is masked for them."""
    for match in _REQUEST.finditer(view):
        yield Hit(FindingKind.CONFIDENTIAL, match.start(), match.end(), match[0])
