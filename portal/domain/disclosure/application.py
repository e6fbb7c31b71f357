"""What an application for disclosure says (条例 Art. 29), and what an answer must add.

Who applies, how it came in, in which form the information is wanted and by which way; the
remedies of which every answer informs (Art. 51, and the laws it points to).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum.cn import ric, uscc

from portal.domain.disclosure.requests import DisclosureOutcome
from portal.domain.errors import N_
from portal.domain.letters.numbers import compact
from portal.domain.organisations import OrganisationKind
from portal.domain.translatable import Labelled

TITLE_MAX = 100
DOCUMENT_MAX = 60
DESCRIPTION_MAX = 2_000
NAME_MAX = 100
IDENTITY_MAX = 30
ADDRESS_MAX = 200
COMPLETION_DAYS = 15
"""Calendar days that a notice of completion offers; the law asks for a reasonable time."""
COMPLETION_DAYS_MOST = 60


class ApplicantKind(Labelled):
    """Who may apply (Art. 27)."""

    CITIZEN = "citizen", N_("公民")
    ORGANISATION = "organisation", N_("法人或其他组织")


class RequestSource(Labelled):
    """How a request came in; that says which day is the day of receipt (Art. 31)."""

    WEB = "web", N_("网上提交")
    COUNTER = "counter", N_("当面提交"), N_("提交之日为收到之日")
    POST = (
        "post",
        N_("邮寄"),
        N_("签收之日为收到之日；不用签收的平常信函，与申请人确认之日为收到之日"),
    )
    FAX = "fax", N_("传真"), N_("与申请人确认之日为收到之日")
    SIMULATION = "simulation", N_("模拟数据")


PAPER_SOURCES = (RequestSource.COUNTER, RequestSource.POST, RequestSource.FAX)
"""Ways on which a request reaches the office by itself and is registered there."""


class WishedForm(Labelled):
    """The form in which the information is wanted."""

    ELECTRONIC = "electronic", N_("电子文本")
    PAPER = "paper", N_("纸质文本")


class Delivery(Labelled):
    """The way on which the answer is wanted."""

    ONLINE = "online", N_("在本站查看")
    EMAIL = "email", N_("电子邮件")
    POST = "post", N_("邮寄")
    COLLECT = "collect", N_("当面领取")


@dataclass(frozen=True, slots=True)
class Application:
    """What an applicant hands in; texts are as typed, empty where nothing was given."""

    organisation_id: int | None
    applicant_kind: ApplicantKind
    applicant: str
    identity: str
    phone: str
    email: str
    address: str
    title: str
    document_number: str
    description: str
    wished_form: WishedForm
    delivery: Delivery


def takes_requests(kind: OrganisationKind) -> bool:
    """Return whether organisations of ``kind`` answer requests.

    Enterprises that serve the public follow rules of their own trade (Art. 55).
    """
    return kind is not OrganisationKind.KEY_ENTERPRISE


RECONSIDERATION_FIRST = date(2024, 1, 1)
"""Since when the law of 2023 holds: a refusal is reconsidered before it can be sued over (行政复议法
Art. 23), and governments reconsider what their departments did (Art. 24)."""


def remedies(outcome: DisclosureOutcome, answered_on: date) -> tuple[str, ...]:
    """Return the sentences on legal remedies that belong under an answer of that civil day.

    Every answer has them, that which discloses too: it may disclose a part. Source: 条例 Art. 51;
    行政复议法 Art. 20 (60 days), 23 and, since 2024, 24 (who reconsiders); 行政诉讼法 Art. 45 (15 days
    after the decision) and 46 (six months).
    """
    new_law = answered_on >= RECONSIDERATION_FIRST
    if outcome is DisclosureOutcome.REFUSED and new_law:
        ways = N_(
            "对不予公开的答复不服的，应当自收到答复之日起 60 日内先申请行政复议；"
            "对复议决定不服的，可以自收到复议决定书之日起 15 日内提起行政诉讼。"
        )
    else:
        ways = N_(
            "对这份答复不服的，可以自收到答复之日起 60 日内申请行政复议，"
            "或者 6 个月内直接提起行政诉讼。"
        )
    where = N_(
        "行政复议一般向作出答复的机关的本级人民政府申请；"
        "作出答复的是人民政府的，向上一级人民政府申请（行政复议法第二十四条）。"
    )
    return (
        ways,
        *((where,) if new_law else ()),
        N_("也可以向上一级行政机关或者政府信息公开工作主管部门投诉、举报（条例第五十一条）。"),
    )


_CARD_LENGTH = 18
_OTHER_PAPER = re.compile(r"[A-Z0-9()]{5,30}")


def plain_identity(text: str) -> str:
    """Return the number of a paper without spaces and dashes, in capital letters."""
    return compact(text).upper()


def identity_fault(kind: ApplicantKind, number: str) -> str | None:
    """Return what is wrong with the number of a paper that proves who applies, if anything is.

    A citizen gives an identity card (18 characters with a check digit) or another paper; an
    organisation its unified social credit code (GB 32100, 18 characters with a check character).
    """
    if kind is ApplicantKind.ORGANISATION:
        fits = uscc.is_valid(number)
        return None if fits else N_("统一社会信用代码是 18 位数字和大写字母，请对照证照核对。")
    if len(number) == _CARD_LENGTH and not ric.is_valid(number):
        return N_("身份证号码有误，请对照证件核对；用其他证件的，请填写该证件的号码。")
    if not _OTHER_PAPER.fullmatch(number):
        return N_("请填写身份证号码，或者护照、居住证等证件的号码。")
    return None
