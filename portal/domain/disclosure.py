"""Requests for disclosure of government information (依申请公开): states, outcomes, figures.

They are no letters: they have a law, limits and counts of their own, stand outside the letterbox's
rates and are never published. Source: 政府信息公开条例, State Council orders 492 (2008) and 711
(2019); the outcomes are those by which the annual report of 2016 counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.domain.errors import N_, ActionNotAllowed
from portal.domain.rates import Definition, Rate

LIMIT_CODE, COMPLETION_CODE = "disclosure", "disclosure_completion"


class DisclosureState(StrEnum):
    """Where a request stands."""

    OPEN = "open"
    AWAITING_COMPLETION = "awaiting_completion"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class DisclosureOutcome(StrEnum):
    """How a request was answered."""

    DISCLOSED = "disclosed"
    NOT_OURS = "not_ours"
    NONEXISTENT = "nonexistent"
    UNCLEAR = "unclear"


class DisclosureAction(StrEnum):
    """What can happen to a request; each leaves an event."""

    FILE = "disclosure_file"
    ASK_COMPLETION = "disclosure_ask"
    COMPLETE = "disclosure_complete"
    EXTEND = "disclosure_extend"
    ANSWER = "disclosure_answer"
    WITHDRAW = "disclosure_withdraw"


STATE_LABELS: dict[DisclosureState, str] = {
    DisclosureState.OPEN: N_("待答复"),
    DisclosureState.AWAITING_COMPLETION: N_("待补正"),
    DisclosureState.ANSWERED: N_("已答复"),
    DisclosureState.WITHDRAWN: N_("申请人撤回"),
}
OUTCOME_LABELS: dict[DisclosureOutcome, str] = {
    DisclosureOutcome.DISCLOSED: N_("公开"),
    DisclosureOutcome.NOT_OURS: N_("不属于本行政机关公开"),
    DisclosureOutcome.NONEXISTENT: N_("信息不存在"),
    DisclosureOutcome.UNCLEAR: N_("申请内容不明确或转其他途径"),
}
ACTION_LABELS: dict[DisclosureAction, str] = {
    DisclosureAction.FILE: N_("收到公开申请"),
    DisclosureAction.ASK_COMPLETION: N_("通知补正"),
    DisclosureAction.COMPLETE: N_("申请人补正"),
    DisclosureAction.EXTEND: N_("延长答复期限"),
    DisclosureAction.ANSWER: N_("答复公开申请"),
    DisclosureAction.WITHDRAW: N_("申请人撤回"),
}
_S, _A = DisclosureState, DisclosureAction
_TABLE: dict[DisclosureAction, tuple[frozenset[DisclosureState], DisclosureState]] = {
    _A.ASK_COMPLETION: (frozenset({_S.OPEN}), _S.AWAITING_COMPLETION),
    _A.COMPLETE: (frozenset({_S.AWAITING_COMPLETION}), _S.OPEN),
    _A.EXTEND: (frozenset({_S.OPEN}), _S.OPEN),
    _A.ANSWER: (frozenset({_S.OPEN, _S.AWAITING_COMPLETION}), _S.ANSWERED),
    _A.WITHDRAW: (frozenset({_S.OPEN, _S.AWAITING_COMPLETION}), _S.WITHDRAWN),
}


def next_state(state: DisclosureState, action: DisclosureAction) -> DisclosureState:
    """Return the state after ``action``; raise :class:`ActionNotAllowed` where it cannot be."""
    sources, target = _TABLE[action]
    if state not in sources:
        raise ActionNotAllowed(N_("公开申请当前的状态不允许这项操作。"))
    return target


@dataclass(frozen=True)
class DisclosureFigures:
    """Requests received in a period, and of them those answered by the as-of moment, by outcome."""

    received: int = 0
    on_time: int = 0
    outcomes: Mapping[DisclosureOutcome, int] = field(default_factory=dict)

    @property
    def answered(self) -> int:
        """How many were answered, whatever the outcome."""
        return sum(self.outcomes.values())

    @property
    def answer_rate(self) -> Rate:
        """Answered of received (答复率)."""
        return Rate(self.answered, self.received)

    @property
    def timeliness(self) -> Rate:
        """Answered in time of answered (按时答复率)."""
        return Rate(self.on_time, self.answered)

    def share(self, outcome: DisclosureOutcome) -> Rate:
        """The part of ``outcome`` in all that were answered."""
        return Rate(self.outcomes.get(outcome, 0), self.answered)


DISCLOSURE_DEFINITION = Definition(
    N_("依申请公开"),
    N_(
        "依申请公开另行登记和统计，不计入来信的收到、办结和公示。申请人撤回的不计入收到；"
        "答复率为已答复件数 ÷ 收到件数，各类结果的比例以已答复件数为分母。"
    ),
)
