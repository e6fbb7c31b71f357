"""Promises of a reply that say no date, such as 将尽快处理, 近期安排 and 下一步将.

A promise is dated if its sentence, or the next one, has a date, a month or season, a number of hours,
days, weeks or months, or a deadline with a name.
"""

from __future__ import annotations

import re
from itertools import zip_longest

from portal.domain.letters.replies.sentences import sentences

_SOON = "尽快|尽早|早日|近期|近日|不日|择机|适时|抓紧|下一?步|下阶段|稍后|后期"
_WILL = "将|拟|予以|安排|(?<![不社机委学协大])会(?!议)"
_DONE = (
    "处理|处置|解决|办理|落实|整改|修复|维修|更换|清理|清运|整治|治理|实施|启动|推进|开展|组织|完成|建设|改造|"
    "施工|开工|拆除|安装|增设|恢复|核实|调查|查处|研究|出台|开通|发放"
)
_PROMISE = re.compile(
    rf"(?:{_WILL})[^,。]{{0,16}}(?:{_SOON})|(?:{_SOON})[^。]{{0,6}}(?:{_WILL})|"
    rf"(?:督促|要求|责成|责令|协调|我们|我[局委办区县市街镇乡])[^,。]{{0,16}}(?:{_SOON})[^。]{{0,24}}(?:{_DONE})"
)
_ASKED_OF_THE_CITIZEN = re.compile(r"(?:请|建议|望)(?:您|你|广大|大家|市民|各位)")
_DATED = re.compile(
    r"(?:[0-9]+|[一二两三四五六七八九十半几]+) ?个? ?(?:工作日|小时|天|日|周|星期|月|年)|"
    r"[0-9]{1,4} ?[./-] ?[0-9]{1,2}(?![0-9])|"
    r"[今明后本当年]年|年[底末内初中]|[本下当次]月|月[底末初中]|季度|[上下]半年|[上中下]旬|[本下]周|周末|"
    r"(?:周|星期)[一二三四五六日天]|[春夏秋冬][季天]|入[春夏秋冬]|汛期|春节|清明|五一|端午|中秋|国庆|元旦|"
    r"开学|[暑寒]假|[供采]暖季|[今明后][天日]|即日"
)


def undated_promises(text: str) -> list[str]:
    """Return the sentences of a reply that promise something and say no date, in their order."""
    each = sentences(text)
    return [
        sentence
        for sentence, following in zip_longest(each, each[1:], fillvalue="")
        if _PROMISE.search(sentence)
        and not _ASKED_OF_THE_CITIZEN.search(sentence)
        and not _DATED.search(f"{sentence}\n{following}")
    ]
