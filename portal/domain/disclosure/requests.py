"""Requests for disclosure of government information (依申请公开): states, outcomes, figures.

They are no letters: they have a law, deadlines and counts of their own, stand outside the letterbox's
rates and are never published. Source: 政府信息公开条例, State Council orders 492 (2008) and 711
(2019); the outcomes are those by which the annual report of 2016 counts, with refusal (不予公开,
Art. 36 (3)) beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from portal.domain.deadline_rules import DayUnit, DeadlineRule
from portal.domain.errors import N_
from portal.domain.statistics.rates import Definition, Rate
from portal.domain.translatable import Labelled

ANSWER_RULE, COMPLETION_RULE = "disclosure", "disclosure_completion"
"""Codes of the deadline rules for the answer and for the notice that asks for completion."""

_LAW_2008 = N_(
    "《政府信息公开条例》（国务院令第492号）第二十四条：15个工作日内答复，延长最长不超过15个工作日"
)
_LAW_2019 = N_(
    "《政府信息公开条例》（国务院令第711号）第三十三条：20个工作日内答复，延长最长不超过20个工作日"
)
_COMPLETION_2019 = N_(
    "《政府信息公开条例》（国务院令第711号）第三十条：收到申请之日起7个工作日内一次性告知补正"
)
_START_2008, _END_2008, _START_2019 = date(2008, 5, 1), date(2019, 5, 14), date(2019, 5, 15)

DISCLOSURE_RULES = (
    DeadlineRule(ANSWER_RULE, 15, DayUnit.WORKING, 15, _LAW_2008, _START_2008, _END_2008),
    DeadlineRule(ANSWER_RULE, 20, DayUnit.WORKING, 20, _LAW_2019, _START_2019),
    DeadlineRule(COMPLETION_RULE, 7, DayUnit.WORKING, 0, _COMPLETION_2019, _START_2019),
)
"""The deadline rules of the law, by their versions."""


class DisclosureState(Labelled):
    """Where a request stands."""

    OPEN = "open", N_("待答复")
    AWAITING_COMPLETION = "awaiting_completion", N_("待补正")
    ANSWERED = "answered", N_("已答复")
    LAPSED = "lapsed", N_("视为放弃")
    WITHDRAWN = "withdrawn", N_("申请人撤回")


PENDING_STATES = frozenset({DisclosureState.OPEN, DisclosureState.AWAITING_COMPLETION})


class DisclosureOutcome(Labelled):
    """How a request was answered."""

    DISCLOSED = (
        "disclosed",
        N_("公开"),
        N_(
            "全部或部分提供，或者已经主动公开、告知获取方式和途径（条例第三十六条第一、二项，第三十七条）"
        ),
    )
    NOT_OURS = (
        "not_ours",
        N_("不属于本行政机关公开"),
        N_("说明理由；能够确定由谁公开的，告知其名称和联系方式（第三十六条第五项）"),
    )
    NONEXISTENT = "nonexistent", N_("信息不存在"), N_("经检索没有所申请的信息（第三十六条第四项）")
    UNCLEAR = (
        "unclear",
        N_("申请内容不明确或转其他途径"),
        N_(
            "补正后仍不明确，重复申请，或属于信访、投诉、举报等应走其他途径的（第三十六条第六、七项，第三十九条）"
        ),
    )
    REFUSED = "refused", N_("不予公开"), N_("依法不予公开，说明理由（第三十六条第三项）")


REPORTED_OUTCOMES = tuple(o for o in DisclosureOutcome if o is not DisclosureOutcome.REFUSED)
"""The outcomes that the annual report of 2016 printed, in its order."""


class DisclosureAction(Labelled):
    """What can happen to a request; each leaves an event."""

    FILE = "disclosure_file", N_("收到公开申请")
    ASK_COMPLETION = "disclosure_ask", N_("通知补正")
    COMPLETE = "disclosure_complete", N_("申请人补正")
    EXTEND = "disclosure_extend", N_("延长答复期限")
    ANSWER = "disclosure_answer", N_("答复公开申请")
    LAPSE = "disclosure_lapse", N_("逾期不补正，视为放弃")
    WITHDRAW = "disclosure_withdraw", N_("申请人撤回")
    HAND_OVER = "disclosure_hand_over", N_("移交承接单位")
    REVEAL = "disclosure_reveal", N_("查看申请人身份和联系方式")
    EXPORT = "disclosure_export", N_("申请人下载个人信息")
    ASK_ERASURE = "disclosure_ask_erasure", N_("申请人申请删除个人信息")
    ERASE = "disclosure_erase", N_("删除申请人的个人信息")
    REFUSE_ERASURE = "disclosure_refuse_erasure", N_("不同意删除个人信息")


APPLICANT_ACTIONS = frozenset(
    {DisclosureAction.COMPLETE, DisclosureAction.WITHDRAW, DisclosureAction.ASK_ERASURE}
)
"""What the applicant may do; everything else is the office's."""
_S, _A = DisclosureState, DisclosureAction
_TABLE: dict[DisclosureAction, tuple[frozenset[DisclosureState], DisclosureState]] = {
    _A.ASK_COMPLETION: (frozenset({_S.OPEN}), _S.AWAITING_COMPLETION),
    _A.COMPLETE: (frozenset({_S.AWAITING_COMPLETION}), _S.OPEN),
    _A.EXTEND: (frozenset({_S.OPEN}), _S.OPEN),
    _A.ANSWER: (PENDING_STATES, _S.ANSWERED),
    _A.LAPSE: (frozenset({_S.AWAITING_COMPLETION}), _S.LAPSED),
    _A.WITHDRAW: (PENDING_STATES, _S.WITHDRAWN),
}
_OF_ERASURE = frozenset({_A.ASK_ERASURE, _A.ERASE, _A.REFUSE_ERASURE})
"""What is about the applicant's data and leaves the state as it is."""


class GuardedRequest(Protocol):
    """A request, as far as a decision on an action looks at it.

    ``complete_by`` is the last civil day for the completion, once it was asked for; ``due_on``
    that for the answer, ``None`` while the clock stands still.
    """

    @property
    def state(self) -> DisclosureState: ...
    @property
    def completion_asked(self) -> bool: ...
    @property
    def extension_days(self) -> int: ...
    @property
    def complete_by(self) -> date | None: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def erased(self) -> bool: ...
    @property
    def erasure_waits(self) -> bool: ...


def next_state(action: DisclosureAction, state: DisclosureState) -> DisclosureState:
    """Return the state after ``action`` in ``state``."""
    return state if action in _OF_ERASURE else _TABLE[action][1]


def erasure_objection(request: GuardedRequest) -> str | None:
    """Return why the applicant's data cannot be erased at present, ``None`` where they can."""
    if request.erased:
        return N_("申请人的信息已经删除。")
    if request.state in PENDING_STATES:
        return N_("申请还在办理，办结后才能删除申请人的信息。")
    return None


def _erasing(request: GuardedRequest, action: DisclosureAction) -> str | None:
    if said := erasure_objection(request):
        return said
    if action is _A.ASK_ERASURE:
        return N_("您已经申请过，正在等待处理。") if request.erasure_waits else None
    return None if request.erasure_waits else N_("申请人没有申请删除个人信息。")


def objection(
    request: GuardedRequest, action: DisclosureAction, today: date, completion_until: date | None
) -> str | None:
    """Return why ``action`` cannot be taken on civil day ``today``, or ``None`` where it can.

    ``completion_until`` is the last day of the notice of completion (Art. 30: within 7 working
    days, once); ``None`` where the law of that day knew no such deadline. A request lapses when the
    days that the notice gave are over (Art. 30). A deadline that has passed can neither be extended
    (Art. 33: an answer within the deadline, or a notice of extension to the applicant) nor be
    stopped by a notice of completion, whatever the law of the day said about one.
    """
    if action in _OF_ERASURE:
        return _erasing(request, action)
    if action not in _TABLE or request.state not in _TABLE[action][0]:
        return N_("公开申请当前的状态不允许这项操作。")
    if action is _A.ASK_COMPLETION:
        if request.completion_asked:
            return N_("补正应当一次性告知，这件申请已经通知过补正。")
        if completion_until is not None and today > completion_until:
            return N_("已超过通知补正的期限，应当直接答复。")
        if request.due_on is not None and today > request.due_on:
            return N_("答复期限已过，不能再通知补正，应当尽快答复。")
    if action is _A.EXTEND:
        if request.extension_days:
            return N_("答复期限只能延长一次。")
        if request.due_on is not None and today > request.due_on:
            return N_("答复期限已过，不能再延长，应当尽快答复。")
    if action is _A.LAPSE and (request.complete_by is None or today <= request.complete_by):
        return N_("补正期限还没有过。")
    return None


@dataclass(frozen=True)
class DisclosureFigures:
    """Requests received in a period, and of them those answered by the as-of moment, by outcome.

    ``not_due`` are those not answered whose deadline had not passed then, or stood still.
    """

    received: int = 0
    on_time: int = 0
    outcomes: Mapping[DisclosureOutcome, int] = field(default_factory=dict)
    not_due: int = 0

    @property
    def answered(self) -> int:
        """How many were answered, whatever the outcome."""
        return sum(self.outcomes.values())

    @property
    def overdue(self) -> int:
        """How many were not answered though their deadline had passed."""
        return self.received - self.answered - self.not_due

    @property
    def answerable(self) -> int:
        """How many had to be answered by then: answered, or their deadline passed."""
        return self.received - self.not_due

    @property
    def answer_rate(self) -> Rate:
        """Answered of those answered or due (答复率); the report of 2016 has 632 of 632."""
        return Rate(self.answered, self.answerable)

    @property
    def timeliness(self) -> Rate:
        """Answered in time of answered (按时答复率)."""
        return Rate(self.on_time, self.answered)

    @property
    def reported_outcomes(self) -> tuple[DisclosureOutcome, ...]:
        """The outcomes of the report of 2016, and refusal where there was any."""
        refused = self.outcomes.get(DisclosureOutcome.REFUSED, 0)
        return (*REPORTED_OUTCOMES, *((DisclosureOutcome.REFUSED,) if refused else ()))

    def share(self, outcome: DisclosureOutcome) -> Rate:
        """Return the part of ``outcome`` in all that were answered."""
        return Rate(self.outcomes.get(outcome, 0), self.answered)


DISCLOSURE_DEFINITION = Definition(
    N_("依申请公开"),
    N_(
        "依申请公开另行登记和统计，不计入来信的收到、办结和公示。申请人撤回的不计入收到；"
        "逾期不补正、视为放弃的，计入“申请内容不明确或转其他途径”；"
        "答复率为已答复件数 ÷ 应答复件数；应答复的是已经答复的和到期没有答复的，"
        "还在答复期限内、等申请人补正的另列，不算没有答复。各类结果的比例以已答复件数为分母。"
    ),
)
