"""Whether a reply says anything itself, or only that the letter was received or passed on.

A reply is taken apart into clauses. What is left without salutations, thanks, dates, the receipt of
the letter, who it was passed to and that an answer will follow is what the reply itself says.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

PASSAGE_MOST = 60
"""Characters of the longest clause that may do no more than pass a letter on."""

_OFFICE = "单位|部门|局|委|办|厅|院|所|站|队|处|科|室|街道|镇|乡|村|社区|区|县|市|省|公司|集团|中心|学校|政府|法院|银行|医院|机关"
_CLAUSE = re.compile(r"[^。!?\n;,:]+")
_DATE = re.compile(r"(?:[0-9]{2,4} ?[年./-] ?)?[0-9]{1,2} ?[月./-] ?[0-9]{1,2} ?[日号]?$")
_NAME = re.compile(r"^[“”\"]?[a-z]{1,2}[0-9*]{4,}[“”\"]?")
_HANDED = "(?:转|交(?!警|通|费|房|易|流|管|付|款|纳|代))"
"""Handed over; not one of the other words with this character."""
_PASSED_ON = re.compile(
    rf"(?:转|移)(?:交|办|至|到|给|送|呈|发|由|请|有关|相关|对应)|(?:交|批|报|转)(?:由|办|送|有关|相关)|"
    rf"呈送|呈报|汇报给|反馈给|反馈至|向(?:有关|相关).{{0,6}}反映|[已己]将?.{{0,16}}{_HANDED}.{{0,24}}(?:{_OFFICE})|"
    rf"{_HANDED}.{{0,24}}(?:{_OFFICE}).{{0,8}}(?:核|调查|处理|处置|办|答复|回复|落实)|"
    rf"(?:问题|情况|来信|留言|诉求|事项).{{0,24}}(?:{_OFFICE}).{{0,4}}已经?(?:答复|回复|办理)"
)
_EMPTY = (
    # Salutations, with the name that a site gives its readers.
    re.compile(
        r"^(?:尊敬的|亲爱的)?.{0,4}?(?:网友|网民|市民|群众|朋友|先生|女士|同志|来信人|家长|业主)+们?"
        r"(?:[“\"].{0,20}[”\"])?(?:网友|同志|先生|女士)?们?(?:您|你)?们?好?$"
    ),
    re.compile(r"^(?:尊敬的)?(?:您|你|大家|各位)?们?好$"),
    re.compile(r"^[“\"].{0,20}[”\"](?:网友)?(?:您|你)?好?$"),
    # The receipt of the letter.
    re.compile(r".{0,36}(?:收悉|已阅|收到|知悉|关注到)[了后]?$"),
    re.compile(
        r"^(?:关于|针对|就|对于|对)?.{0,30}(?:问题|情况|建议|意见|留言|内容|诉求|事项|事宜|来信|来帖|帖文)$"
    ),
    re.compile(r"^现?(?:将|就)?.{0,24}(?:回复|答复|说明)(?:您|你)?如下$"),
    # Thanks, and wishing well.
    re.compile(
        r"(?:感谢|谢谢|多谢).{0,50}$|^.{0,24}(?:支持|关注|关心|理解|监督|配合)$|^(?:再次)?祝(?:您|你|大家)|^(?:敬请|请)?(?:见谅|谅解|理解)$|^特此.{0,6}$"
    ),
    re.compile(r"^(?:希望|很高兴)能.{0,16}$"),
    # Telephones, addresses, dates.
    re.compile(
        r"^(?:联系|咨询|监督|办公|值班|服务)?(?:人|电话|地址|方式|热线)?[0-9 ()\-—/.]*$|^链接|^https?$|^//"
    ),
    # That an answer will follow.
    re.compile(
        r"(?:后续|稍后|届时|进度|进展|结果|近期|如有|一旦|有(?:情况|消息)).{0,24}(?:回复|答复|反馈|告知|回告|联系|公布)|"
        r"(?:敬请|请|耐心|留意|继续).{0,6}(?:等待|关注|留意)|请勿重复|"
        r"(?:将|会|予以|及时|尽快|持续|积极|督促|要求).{0,12}(?:回复|答复|反馈|回告|办理|处理|落实|办复|跟进|调查|核实|跟踪|督办|关注)(?:您|你)?[的中]?$"
    ),
    re.compile(
        r"^(?:并|要求其|要求|予以|进行|按程序|依法|及时|尽快|严格|认真|及|和|其|将)*"
        r"(?:(?:核实|核查|核处|调查|处置|处理|办理|办复|办结|跟进|落实|督办|答复|回复|反馈|调处)[、 和并]?)+[了中]?$"
    ),
)
_ELSEWHERE = re.compile(
    r"^(?:您|你|如有疑问|如有问题)?(?:也|亦|还)?(?:可以?|请|建议您?)?.{0,10}(?:拨打|致电|电话|咨询|询问|联系).{0,30}$"
)


class Substance(StrEnum):
    """What a reply says of the matter itself."""

    ANSWER = "answer"
    PASSED_ON = "passed_on"
    EMPTY = "empty"


def substance(text: str) -> Substance:
    """Return whether a reply answers, only passes the letter on, or says nothing at all."""
    passed_on = elsewhere = False
    for clause in _clauses(text):
        if len(clause) <= PASSAGE_MOST and _PASSED_ON.search(clause):
            passed_on = True
        elif any(empty.search(clause) for empty in _EMPTY):
            continue
        elif _ELSEWHERE.search(clause):
            elsewhere = True
        else:
            return Substance.ANSWER
    if passed_on:
        return Substance.PASSED_ON
    # Where else to ask is an answer, if a poor one.
    return Substance.ANSWER if elsewhere else Substance.EMPTY


def _clauses(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).lower()
    found = (_DATE.sub("", clause.strip()).strip() for clause in _CLAUSE.findall(plain))
    clauses = (_NAME.sub("", clause).strip(' “”"·—-*#()') for clause in found)
    return [clause for clause in clauses if clause]
