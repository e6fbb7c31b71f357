"""Names of people: introduced by a cue (我叫…, 联系人：…), by kinship, by a title, or in a signature.

张先生 and 王主任 name nobody and stay; 王建国主任 becomes 王某某主任. Names of third parties without
any cue are left to the person who reviews.
"""

import re
from collections.abc import Iterator

from portal.domain.redaction.folding import Folded
from portal.domain.redaction.hits import Hit
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import mask_name
from portal.domain.redaction.surnames import (
    COMMON_WORDS,
    COMPOUND_SURNAMES,
    NOT_GIVEN,
    NOT_LAST,
    PARTICLE_SURNAMES,
    SURNAMES,
    TITLES,
)

_LONGEST_NAME = 4
# The name follows at once, and the cue alone is enough.
_STRONG_CUE = re.compile(
    r"(?:我叫|我名叫|名叫|名字叫|名字是|叫做|姓名|署名|落款|联系人|收件人|收款人|持卡人|投保人|被保险人|法人代表|法定代表人|"
    r"负责人|承办人|经办人|户主|房主|车主|患者|死者|伤者|受害人|当事人|投诉人|反映人|举报人|申请人|来信人|写信人|"
    r"身份证姓名|用户名|考生|学生姓名)(?:姓名|叫|是|为|系|:|\(|\[|\s){0,3}"
)
# The cue is a common word: the name must also end where a name ends.
_WEAK_CUE = re.compile(
    r"(?:我是|本人|鄙人|居民|村民|市民|业主|网友|尊敬的|"
    r"父亲|母亲|丈夫|妻子|老公|老婆|儿子|女儿|爱人|爷爷|奶奶|外公|外婆|孙子|孙女|哥哥|弟弟|姐姐|妹妹|媳妇|女婿|"
    r"邻居|同事|房东|嫌疑人|被告|原告|老板|包工头)(?:姓名|名叫|叫|是|为|系|:|\(|\s){0,3}"
)
_MINORITY = re.compile(r"[\u4e00-\u9fff]{2,8}(?:[·•‧・.][\u4e00-\u9fff]{2,8}){1,3}")
_NAME_ENDS = re.compile(
    r"\s*(?:[,。;:!?、)\]】〉》”\"'\n]|$|[0-9]|先生|女士|同志|同学|网友|现年|今年|男|女|身份证|电话|手机|住|家住|系|因|于|的(?:身份|电话|手机|信|来信|留言))"
)
_SIGNATURE = re.compile(
    r"(?:敬礼|敬上|此致|谨上|拜托|谢谢|感谢)[!。~,\s]{1,8}(?:一个|您的)?(?:市民|村民|业主|居民|群众)?[:\s]{0,2}"
)
_LAST_LINE = re.compile(r"\n[ \t]*(?=[^\n]{2,5}(?:\n\s*[0-9年月日.\-/ ]{6,14}\s*)?\s*$)")
# Name and date on the line that ends the text.
_DATED_LINE = re.compile(
    r"(?:^|[\n。!?;~])[ \t]*(?=[\u4e00-\u9fff]{2,4}[ \t,]{1,4}[0-9]{2,4}[年.\-/][0-9]{1,2}[月.\-/]"
    r"[0-9]{1,2}日?\s*$)"
)
_TITLE = re.compile("|".join(sorted(TITLES, key=len, reverse=True)))
_NOT_A_TITLE = re.compile(
    r"主任(?:何|意|性|务|课|教)|[长](?:江|安|春|沙|寿|期|年|效|度|大|久|远|城|宁|征|虹|兴|乐|治|假|途|租|达|廊)"
)
_STOPS_BEFORE_NAME = re.compile(r"[\u4e00-\u9fff]")


def find_names(folded: Folded) -> Iterator[Hit]:
    """Yield full names of people other than the sender, as far as the words around them show it."""
    text = folded.plain
    for match in _STRONG_CUE.finditer(text):
        minority = _MINORITY.match(text, match.end())
        if minority:
            yield _hit(minority.start(), minority.end(), minority[0][0])
        else:
            yield from _name_at(text, match.end(), strict=False)
    for cue in (_WEAK_CUE, _SIGNATURE, _LAST_LINE, _DATED_LINE):
        for match in cue.finditer(text):
            yield from _name_at(text, match.end(), strict=True)
    for match in _TITLE.finditer(text):
        if not _NOT_A_TITLE.match(text, match.start() + len(match[0]) - 2) and not (
            _NOT_A_TITLE.match(text, match.end() - 1)
        ):
            yield from _name_ending_at(text, match.start())


def _hit(start: int, end: int, surname: str) -> Hit:
    return Hit(FindingKind.NAME, start, end, mask_name(surname))


def _surname_at(text: str, start: int) -> str:
    if text[start : start + 2] in COMPOUND_SURNAMES:
        return text[start : start + 2]
    return text[start] if text[start : start + 1] in SURNAMES else ""


def _is_given(part: str) -> bool:
    return bool(part) and all(
        "\u4e00" <= char <= "\u9fff" and char not in NOT_GIVEN for char in part
    )


def _is_name(text: str, start: int, end: int) -> bool:
    surname = _surname_at(text, start)
    if not surname or not 1 <= end - start - len(surname) <= 2:
        return False
    if len(surname) == 1 and text[start : start + 2] in COMMON_WORDS:
        return False
    given = text[start + len(surname) : end]
    return _is_given(given) and given not in COMMON_WORDS and not _is_title(text, start, end)


def _is_title(text: str, start: int, end: int) -> bool:
    """Return whether a title begins inside the candidate: 王主任, 张先生 are no full names."""
    return any(_TITLE.match(text, at) for at in range(start + 1, end))


def _name_at(text: str, start: int, *, strict: bool) -> Iterator[Hit]:
    surname = _surname_at(text, start)
    if not surname:
        return
    for end in range(min(start + len(surname) + 2, len(text)), start + len(surname), -1):
        if not _is_name(text, start, end):
            continue
        ended = _NAME_ENDS.match(text, end) is not None
        if strict:
            accepted = ended and (surname not in PARTICLE_SURNAMES or end - start > 2)
        else:
            accepted = ended or (surname not in PARTICLE_SURNAMES and text[end - 1] not in NOT_LAST)
        if accepted:
            yield _hit(start, end, surname)
            return


def _name_ending_at(text: str, end: int) -> Iterator[Hit]:
    for length in (_LONGEST_NAME, 3, 2):
        start = end - length
        if start < 0 or not _is_name(text, start, end):
            continue
        surname = _surname_at(text, start)
        if length == _LONGEST_NAME and len(surname) == 1:
            continue
        leading = text[start - 1] if start else ""
        inside_word = bool(leading) and text[start - 1 : start + 1] in COMMON_WORDS
        doubtful = surname in PARTICLE_SURNAMES and _STOPS_BEFORE_NAME.match(leading)
        # 张 in 和张经理 is a surname with a title, not the end of a name.
        swallowed = text[end - 1] in SURNAMES and surname in PARTICLE_SURNAMES
        if not (inside_word or doubtful or swallowed):
            yield _hit(start, end, surname)
            return
