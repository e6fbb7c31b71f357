"""Erasing what is kept about a sender (个人信息保护法 Art. 47): when it is possible, and how it is decided.

A letter's figures and events stay, the person does not: name, contacts, their hashes, and every text that is
not public.
"""

from __future__ import annotations

from datetime import date
from typing import Protocol

from portal.domain.errors import N_
from portal.domain.letters.states import ENDED_STATES, Publication, State
from portal.domain.translatable import Labelled

ERASED_TITLE = "（内容已删除）"
"""What stands in the place of the title."""


class ErasureGround(Labelled):
    """Why the person of a letter was erased."""

    REQUESTED = "erasure_requested", N_("来信人要求删除")
    PERIOD_OVER = "period_over", N_("保存期限已满")


class ErasureOutcome(Labelled):
    """How a sender's request for erasure stands."""

    PENDING = "pending", N_("等待处理")
    GRANTED = "granted", N_("已经删除")
    REFUSED = "refused", N_("没有删除")


class ErasureRefusal(Labelled):
    """Why a request is refused; the law lets the office keep what one of these demands."""

    STATUTORY_PERIOD = (
        "statutory_period",
        N_("法律、行政法规规定的保存期限未满"),
        N_("期限内只保存和保护，不再作其他使用；期限届满后删除（《个人信息保护法》第四十七条）。"),
    )
    PROCEEDINGS = (
        "proceedings",
        N_("复议、诉讼、监察或者其他法定程序需要"),
        N_("程序终结后可以再次申请（《个人信息保护法》第十三条第三项）。"),
    )
    PUBLIC_DUTY = (
        "public_duty",
        N_("履行法定职责仍然需要"),
        N_("需要结束后可以再次申请（《个人信息保护法》第十三条第三项、第三十四条）。"),
    )


class Erasable(Protocol):
    """What decides whether a letter's person can be erased."""

    @property
    def state(self) -> State: ...
    @property
    def publication(self) -> Publication: ...
    @property
    def erased(self) -> bool: ...
    @property
    def follow_up_pending(self) -> bool: ...
    @property
    def correction_pending(self) -> bool: ...
    @property
    def appeal_pending(self) -> bool: ...


def erasure_objection(letter: Erasable) -> str | None:
    """Return why the person of a letter cannot be erased at present, ``None`` where it can."""
    if letter.erased:
        return N_("来信人的信息已经删除。")
    if letter.state not in ENDED_STATES:
        return N_("信件还在办理，办结后才能删除来信人的信息。")
    if letter.publication is Publication.PROPOSED or letter.correction_pending:
        return N_("公示件正在审核，审核结束后才能删除来信人的信息。")
    if letter.follow_up_pending:
        return N_("补充答复正在审签，签发后才能删除来信人的信息。")
    if letter.appeal_pending:
        return N_("异议正在复核，有了结果才能删除来信人的信息。")
    return None


def ended_before(today: date, years: int) -> date:
    """Return the day such that what ended before it is older than ``years`` years."""
    try:
        return today.replace(year=today.year - years)
    except ValueError:  # 29 February
        return today.replace(year=today.year - years, day=28)
