"""What a name looks like: surname and given name, or parts with dots between them."""

import re
from collections.abc import Iterator

from portal.domain.redaction.hits import Hit
from portal.domain.redaction.kinds import FindingKind
from portal.domain.redaction.masks import mask_name
from portal.domain.redaction.names.given import GIVEN, TRANSCRIBED
from portal.domain.redaction.names.surnames import (
    COMMON_WORDS,
    COMPOUND_SURNAMES,
    NOT_GIVEN,
    NOT_LAST,
    PARTICLE_SURNAMES,
    SURNAMES,
    TITLES,
)

TITLE = re.compile("|".join(sorted(TITLES, key=len, reverse=True)))
_TITLE_FIRSTS = frozenset(title[0] for title in TITLES)
_CAN_BE_GIVEN = re.compile(f"(?:(?![{''.join(sorted(NOT_GIVEN))}])[\u4e00-\u9fff])+")
DOTTED = re.compile("[·•‧・.∙●⋅]")
MINORITY = re.compile(r"[\u4e00-\u9fff]{1,8}(?:[·•‧・.∙●⋅][\u4e00-\u9fff]{1,8}){1,3}")
_USUAL_PART = 4
_LONGEST_UNDOTTED = 8
_USUAL_SHARE = 0.7
_SPACED = re.compile(
    r"[\u4e00-\u9fff](?:[ \t_.\-*/|,·]{1,3}[\u4e00-\u9fff]){1,3}(?![\u4e00-\u9fff])"
)
_HALVED = re.compile(r"[\u4e00-\u9fff]{1,2}[ \t]{1,3}[\u4e00-\u9fff]{2}(?![\u4e00-\u9fff])")
_WRAPPED = re.compile(r"[\u4e00-\u9fff]{1,2}[\r\n]{1,2}[\u4e00-\u9fff]{1,2}(?![\u4e00-\u9fff])")
# What neighbours call somebody whose place in the family or childhood name they know.
_FAMILIAR = re.compile("[老阿小][一二三四五六七八九大幺满]|[二三小大狗幺满][狗苟牛娃毛蛋妹]")
# Words that follow a name in a sentence, and hardly ever belong to one.
FOLLOWING = frozenset(
    "在与和跟及被因于今现已将说是的去从到对住患得有来向找要曾经每就也都还没不给把让称表反等先昨前后同以受却仍又本自属入"
    "毕死病出收买租打欠借丢遭遇驾骑坐做用或所称某男女几您你我他她它这那其此为该至未能会可应须需再只正刚上下推骂踢撞抢骗砍踹殴抓摔跌砸拿跑追偷喊叫伤，"
)
_ENDS = re.compile(
    r"\s*(?:[,。;:!?、()\[\]】〉》”\"'」』\n/]|$|[0-9]|先生|女士|同志|同学|网友|现年|今年|男|女|身份证|电话|手机|住|家住|系|因|于|[一二两三四五六七八九十]{1,3}岁|(?:[汉壮侗苗瑶彝藏回满白黎]|土家|蒙古|维吾尔|布依|朝鲜|哈萨克)族"
    r"|的(?:身份|电话|手机|信|来信|留言|女儿|儿子|孩子|父|母|爸|妈|妻|丈夫|老公|老婆|爱人|家属|孙|哥|弟|姐|妹|邻居|同事))"
)
_NOT_GIVEN_NAMES = (
    "老人 家人 小孩 水岸 家 城 府 园 业 教 公安 政府 商城 公司 法院 信访 工会 党支 支部 学校 医院"
)
_NOT_ALONE = frozenset(_NOT_GIVEN_NAMES.split())
_OTHER_WORDS = (
    "本人 自己 同上 村民 居民 业主 家属 网友 群众 市民 物业 社区 公司 单位 个人 企业 法人 户主 不详 匿名 保密 无名 没有 全体 大家"
    " 某某 领导 政府 老师 学生 家长 用户 客户 顾客 游客 乘客 司机 车主 先生 女士 村委 居委 部门 开发商 承包商 施工方 派出所 居委会"
    " 村委会 业委会 物业公司 物管 城管 交警 警察 医生 护士 老板 员工 职工 工人 农民 商户 住户 租户 房东 租客 父母 父亲 母亲 丈夫"
    " 妻子 儿子 女儿 孩子 爷爷 奶奶 外公 外婆"
)
_NO_NAME = frozenset(_OTHER_WORDS.split())


def name_hit(start: int, end: int, surname: str) -> Hit:
    """Return a hit that leaves the surname to read."""
    return Hit(FindingKind.NAME, start, end, mask_name(surname))


def surname_at(text: str, start: int) -> str:
    """Return the surname that begins at ``start``, or nothing."""
    if text[start : start + 2] in COMPOUND_SURNAMES:
        return text[start : start + 2]
    return text[start] if text[start : start + 1] in SURNAMES else ""


def is_name(text: str, start: int, end: int) -> bool:
    """Return whether the characters can be a full name and are no other word or a title."""
    surname = surname_at(text, start)
    if not surname or end > len(text) or not 1 <= end - start - len(surname) <= 2:
        return False
    if len(surname) == 1 and text[start : start + 2] in COMMON_WORDS:
        return False
    given = text[start + len(surname) : end]
    if _CAN_BE_GIVEN.fullmatch(given) is None:
        return False
    if text[start:end] in _NO_NAME or given in _NO_NAME or given in _NOT_ALONE:
        return False
    if given in COMMON_WORDS and not all(char in GIVEN for char in given):
        return False
    for at in range(start + 1, end):
        if text[at] in _TITLE_FIRSTS and TITLE.match(text, at):
            return False
    return True


def is_common(text: str, start: int, end: int) -> bool:
    """Return whether two characters that follow each other in the range are a word that is no name."""
    return any(text[at : at + 2] in COMMON_WORDS for at in range(start, end - 1))


def is_usual(text: str, start: int, end: int) -> bool:
    """Return whether a possible name has a surname and given name as most people have."""
    surname = surname_at(text, start)
    given = text[start + len(surname) : end]
    if surname in PARTICLE_SURNAMES:
        return False
    return all(char in GIVEN for char in given) or _FAMILIAR.fullmatch(given) is not None


def ends_at(text: str, end: int, *, freely: bool = False) -> bool:
    """Return whether a name may end at ``end``; ``freely`` also in front of a verb or preposition."""
    if freely and (text[end : end + 1] in FOLLOWING or TITLE.match(text, end)):
        return True
    return _ENDS.match(text, end) is not None


def lengths_at(text: str, start: int) -> Iterator[int]:
    """Yield the ends of the names that may begin at ``start``, the longest first."""
    surname = surname_at(text, start)
    behind = start + len(surname)
    # 张某某: no name goes on so.
    if surname and text[behind : behind + 1] not in NOT_GIVEN:
        yield from range(min(start + len(surname) + 2, len(text)), start + len(surname), -1)


def name_at(text: str, start: int) -> Hit | None:
    """Return the name behind a cue that nothing but a name can follow."""
    dotted = minority_at(text, start)
    if dotted is not None:
        return dotted
    for end in lengths_at(text, start):
        if not is_name(text, start, end):
            continue
        usual = surname_at(text, start) not in PARTICLE_SURNAMES
        if ends_at(text, end) or usual and text[end - 1] not in NOT_LAST:
            return name_hit(start, end, surname_at(text, start))
    return spaced_at(text, start)


def weak_name_at(text: str, start: int) -> Hit | None:
    """Return the name behind a cue that other words may follow as well: it must end as names do."""
    dotted = minority_at(text, start, weak=True)
    if dotted is not None:
        return dotted
    for end in lengths_at(text, start):
        if not is_name(text, start, end):
            continue
        surname = surname_at(text, start)
        closed = ends_at(text, end) and (surname not in PARTICLE_SURNAMES or end - start > 2)
        if closed or is_usual(text, start, end) and ends_at(text, end, freely=True):
            return name_hit(start, end, surname)
    return spaced_at(text, start)


def usual_name_ending_at(text: str, end: int) -> Hit | None:
    """Return the name of usual characters that ends at ``end`` and begins no other word."""
    for start in (end - 3, end - 2):
        if start < 0 or not is_name(text, start, end):
            continue
        alone = start == 0 or not "\u4e00" <= text[start - 1] <= "\u9fff"
        full = alone and end - start == 3 and all(char in GIVEN for char in text[start + 1 : end])
        if not full and not is_usual(text, start, end):
            continue
        if alone or end - start == 3 and text[start - 1 : start + 1] not in COMMON_WORDS:
            return name_hit(start, end, surname_at(text, start))
    return None


def filled_in_at(text: str, start: int) -> Hit | None:
    """Return what was written into the field of a form (姓名：…), whatever the surname."""
    end = start
    while end < len(text) and end - start < 5 and "\u4e00" <= text[end] <= "\u9fff":
        end += 1
    word = text[start:end]
    if not 2 <= len(word) <= 3 or not ends_at(text, end) or word in _NO_NAME:
        return None
    if word in COMMON_WORDS or any(char in NOT_GIVEN for char in word) or TITLE.search(word):
        return None
    return name_hit(start, end, word[0])


def introduced_at(text: str, start: int) -> Hit | None:
    """Return what follows 我叫 and ends the clause, though it begins as another word does (高兴国).

    Three characters of usual given names, the parts of one set apart by blanks, or a transcribed name.
    """
    spaced = _SPACED.match(text, start)
    if spaced is not None:
        return spaced_at(text, start)
    end = start + 3
    if end > len(text) or not ends_at(text, end):
        return None
    usual = text[start] in SURNAMES and all(char in GIVEN for char in text[start + 1 : end])
    transcribed = all(char in TRANSCRIBED for char in text[start:end])
    return name_hit(start, end, text[start]) if usual or transcribed else None


def minority_at(text: str, start: int, *, weak: bool = False) -> Hit | None:
    """Return a name with dots between its parts; where a ``weak`` cue leads to it, a usual one."""
    match = MINORITY.match(text, start)
    if match is None:
        return None
    if weak or "." in match[0]:
        parts = DOTTED.split(match[0])
        letters = "".join((*parts[:-1], parts[-1][:2]))
        usual = sum(char in TRANSCRIBED for char in letters)
        if weak and "." in match[0] or usual < _USUAL_SHARE * len(letters):
            return None
    end, tail = match.end(), max(match[0].rfind(dot) for dot in "·•‧・.∙●⋅")
    for at in range(start + tail + 2, end):
        if text[at] not in TRANSCRIBED and (
            text[at] in FOLLOWING or at - start - tail > _USUAL_PART
        ):
            end = at
            break
    return name_hit(start, end, match[0][0])


def undotted_at(text: str, start: int) -> Hit | None:
    """Return a transcribed name written as one word (卓玛央宗), where it ends as names do."""
    end = start
    while end < len(text) and end - start < _LONGEST_UNDOTTED and text[end] in TRANSCRIBED:
        end += 1
    if end - start < _USUAL_PART or not ends_at(text, end, freely=True):
        return None
    return name_hit(start, end, text[start])


def spaced_at(text: str, start: int) -> Hit | None:
    """Return a name with a blank or mark between its characters, or broken by the end of a line."""
    match = next(
        filter(None, (shape.match(text, start) for shape in (_SPACED, _HALVED, _WRAPPED))), None
    )
    if match is None:
        return None
    marks = {char for char in match[0] if not "\u4e00" <= char <= "\u9fff"}
    letters = [at for at in range(start, match.end()) if "\u4e00" <= text[at] <= "\u9fff"]
    name = "".join(text[at] for at in letters)
    for length in range(len(name), 1, -1):
        if is_name(name, 0, length) and not ({",", "/"} & marks and length < 3):
            return name_hit(start, letters[length - 1] + 1, surname_at(name, 0))
    return None
