"""The words of a letter's life: states, actions and coded reasons, with their page names.

The one table of what may follow what is in :mod:`portal.domain.letters.transitions`. Handling and
publication are two axes that never mix.
"""

from __future__ import annotations

from enum import StrEnum

from portal.domain.errors import N_

TITLE_MAX = 60
"""Characters of a title a citizen may write."""
STORED_TITLE_MAX = 100
"""Characters of a title taken over from another system."""
TEXT_MAX = 5_000
"""Characters of a letter, supplement or reply."""
PERSON_NAME_MAX = 50
"""Characters of the name of a sender, or of a person who agreed to something."""
RETURN_LIMIT = 2
"""Returns after which only the common superior can place the letter (裁定)."""
SUPPLEMENT_DAYS = 15
"""Calendar days a citizen has to supplement before the letter closes with a notice."""


class State(StrEnum):
    """Where the handling of a letter stands."""

    SUBMITTED = "submitted"
    AWAITING_CITIZEN = "awaiting_citizen"
    MERGED = "merged"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    IN_PROGRESS = "in_progress"
    AWAITING_SIGNOFF = "awaiting_signoff"
    CLOSED = "closed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


FINAL_STATES = frozenset({State.DECLINED, State.WITHDRAWN})
ENDED_STATES = FINAL_STATES | {State.CLOSED}
CONCLUDED_STATES = frozenset({State.CLOSED, State.DECLINED})
"""States in which the handling has ended with an answer or a notice."""
OPEN_STATES = frozenset(State) - ENDED_STATES
PAUSED_STATES = frozenset({State.AWAITING_CITIZEN, State.MERGED})
"""States that a letter leaves for the one it came from; the clock stands still meanwhile."""
CLOCK_STATES = OPEN_STATES - PAUSED_STATES
"""States in which the due date runs against the office."""


class Publication(StrEnum):
    """Where the publication of a letter stands."""

    NOT_PROPOSED = "not_proposed"
    PROPOSED = "proposed"
    PUBLISHED = "published"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """Everything that can happen to a letter, on either axis."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    DECLINE = "decline"
    DISPATCH = "dispatch"
    TRANSFER = "transfer"
    SIGN_FOR = "sign_for"
    RETURN = "return"
    RULE = "rule"
    RULE_DECLINE = "rule_decline"
    ASK_CITIZEN = "ask_citizen"
    SUPPLEMENT = "supplement"
    TIME_OUT = "time_out"
    MERGE = "merge"
    SEPARATE = "separate"
    CLOSE_MERGED = "close_merged"
    RELEASE_MERGED = "release_merged"
    ASSIGN = "assign"
    CHANGE_KIND = "change_kind"
    REQUEST_EXTENSION = "request_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    INVITE = "invite"
    CONTRIBUTE = "contribute"
    REQUEST_SIGNOFF = "request_signoff"
    RECALL_SIGNOFF = "recall_signoff"
    SEND_BACK = "send_back"
    SIGN = "sign"
    RATE = "rate"
    REDO = "redo"
    PROPOSE_FOLLOW_UP = "propose_follow_up"
    SIGN_FOLLOW_UP = "sign_follow_up"
    REFUSE_FOLLOW_UP = "refuse_follow_up"
    WITHDRAW = "withdraw"
    SUPERVISE = "supervise"
    END_SUPERVISION = "end_supervision"
    PROPOSE = "propose"
    RECALL_PROPOSAL = "recall_proposal"
    PUBLISH = "publish"
    REFUSE = "refuse"
    UNPUBLISH = "unpublish"
    PROPOSE_CORRECTION = "propose_correction"
    CORRECT = "correct"
    REFUSE_CORRECTION = "refuse_correction"
    REVOKE_CONSENT = "revoke_consent"
    GIVE_CONSENT = "give_consent"


class CloseReason(StrEnum):
    """How a closed letter came to be closed."""

    ANSWERED = "answered"
    MERGED = "merged"
    NO_SUPPLEMENT = "no_supplement"


CLOSE_REASONS: dict[Action, CloseReason] = {
    Action.SIGN: CloseReason.ANSWERED,
    Action.CLOSE_MERGED: CloseReason.MERGED,
    Action.TIME_OUT: CloseReason.NO_SUPPLEMENT,
}
"""How the actions that close a letter close it."""


class DeclineReason(StrEnum):
    """Why a letter is not accepted (不予受理); each carries advice where to turn."""

    OTHER_AUTHORITY = "other_authority"
    LITIGATION = "litigation"
    DISCLOSURE_REQUEST = "disclosure_request"
    PETITION_CONCLUDED = "petition_concluded"
    VAGUE_OR_ADVERTISING = "vague_or_advertising"
    UNLAWFUL = "unlawful"


class RefusalReason(StrEnum):
    """Why a letter is not published (不予公示)."""

    SENDERS_CHOICE = "senders_choice"
    PRIVACY = "privacy"
    BUSINESS_SECRET = "business_secret"  # noqa: S105
    STATE_SECRET = "state_secret"  # noqa: S105
    WRONGDOING = "report"
    THIRD_PARTY = "third_party"
    NO_VALUE = "no_value"


class ConsentBasis(StrEnum):
    """On what ground a letter may be published."""

    NONE = "none"
    SENDER = "sender"
    PUBLISHED_AT_SOURCE = "published_at_source"


class Source(StrEnum):
    """How a letter reached the letterbox."""

    WEB = "web"
    IMPORT = "import"
    DEMO = "demo"
    SIMULATION = "simulation"


STATE_LABELS: dict[State, str] = {
    State.SUBMITTED: N_("待受理"),
    State.AWAITING_CITIZEN: N_("待补充"),
    State.MERGED: N_("已并案"),
    State.DISPATCHED: N_("待签收"),
    State.RETURNED: N_("已退回"),
    State.IN_PROGRESS: N_("办理中"),
    State.AWAITING_SIGNOFF: N_("待审签"),
    State.CLOSED: N_("已办结"),
    State.DECLINED: N_("不予受理"),
    State.WITHDRAWN: N_("已撤回"),
}

PUBLICATION_LABELS: dict[Publication, str] = {
    Publication.NOT_PROPOSED: N_("未提请公示"),
    Publication.PROPOSED: N_("待公示审核"),
    Publication.PUBLISHED: N_("已公示"),
    Publication.REFUSED: N_("不予公示"),
    Publication.WITHDRAWN: N_("已撤下"),
}

ACTION_LABELS: dict[Action, str] = {
    Action.SUBMIT: N_("寄出信件"),
    Action.ACCEPT: N_("受理"),
    Action.DECLINE: N_("不予受理"),
    Action.DISPATCH: N_("交办"),
    Action.TRANSFER: N_("转办"),
    Action.SIGN_FOR: N_("签收"),
    Action.RETURN: N_("退回"),
    Action.RULE: N_("裁定交办"),
    Action.RULE_DECLINE: N_("裁定不予受理"),
    Action.ASK_CITIZEN: N_("请来信人补充"),
    Action.SUPPLEMENT: N_("补充材料"),
    Action.TIME_OUT: N_("逾期未补充，办结"),
    Action.MERGE: N_("并案"),
    Action.SEPARATE: N_("拆分"),
    Action.CLOSE_MERGED: N_("随主信办结"),
    Action.RELEASE_MERGED: N_("解除并案"),
    Action.ASSIGN: N_("指定经办人"),
    Action.CHANGE_KIND: N_("更改类别"),
    Action.REQUEST_EXTENSION: N_("申请延期"),
    Action.GRANT_EXTENSION: N_("同意延期"),
    Action.REFUSE_EXTENSION: N_("不同意延期"),
    Action.INVITE: N_("请求协办"),
    Action.CONTRIBUTE: N_("提交协办意见"),
    Action.REQUEST_SIGNOFF: N_("送审签"),
    Action.RECALL_SIGNOFF: N_("撤回送审"),
    Action.SEND_BACK: N_("退回修改"),
    Action.SIGN: N_("签发答复"),
    Action.RATE: N_("满意度评价"),
    Action.REDO: N_("申请重办"),
    Action.PROPOSE_FOLLOW_UP: N_("拟补充答复"),
    Action.SIGN_FOLLOW_UP: N_("签发补充答复"),
    Action.REFUSE_FOLLOW_UP: N_("退回补充答复"),
    Action.WITHDRAW: N_("撤回信件"),
    Action.SUPERVISE: N_("督办"),
    Action.END_SUPERVISION: N_("解除督办"),
    Action.PROPOSE: N_("提请公示"),
    Action.RECALL_PROPOSAL: N_("撤回公示提请"),
    Action.PUBLISH: N_("公示"),
    Action.REFUSE: N_("不予公示"),
    Action.UNPUBLISH: N_("撤下"),
    Action.PROPOSE_CORRECTION: N_("提请更正公示件"),
    Action.CORRECT: N_("更正公示件"),
    Action.REFUSE_CORRECTION: N_("不予更正"),
    Action.REVOKE_CONSENT: N_("收回公示同意"),
    Action.GIVE_CONSENT: N_("改为同意公示"),
}

DECLINE_LABELS: dict[DeclineReason, tuple[str, str]] = {
    DeclineReason.OTHER_AUTHORITY: (
        N_("属于其他机关的职权范围"),
        N_("请向有权处理的机关反映，或拨打 12345 咨询应向哪个单位提出。"),
    ),
    DeclineReason.LITIGATION: (
        N_("应当通过诉讼、仲裁或行政复议途径解决"),
        N_("请依法向人民法院、仲裁机构或行政复议机关提出。"),
    ),
    DeclineReason.DISCLOSURE_REQUEST: (
        N_("属于政府信息公开申请"),
        N_("请改为提交政府信息公开申请，可以在本站网上填写。"),
    ),
    DeclineReason.PETITION_CONCLUDED: (
        N_("信访事项已经终结"),
        N_("该事项已出具复核意见，如有新的事实请向原办理机关说明。"),
    ),
    DeclineReason.VAGUE_OR_ADVERTISING: (
        N_("内容不明确或属于广告"),
        N_("请写明时间、地点、经过和诉求后重新来信。"),
    ),
    DeclineReason.UNLAWFUL: (
        N_("内容违反法律法规"),
        N_("请修改为合法、文明的表述后重新来信。"),
    ),
}

REFUSAL_LABELS: dict[RefusalReason, str] = {
    RefusalReason.SENDERS_CHOICE: N_("来信人不同意公示"),
    RefusalReason.PRIVACY: N_("涉及个人隐私"),
    RefusalReason.BUSINESS_SECRET: N_("涉及商业秘密"),
    RefusalReason.STATE_SECRET: N_("涉及国家秘密或敏感工作"),
    RefusalReason.WRONGDOING: N_("属于举报信件"),
    RefusalReason.THIRD_PARTY: N_("第三方不同意公开"),
    RefusalReason.NO_VALUE: N_("对他人没有参考价值"),
}

CLOSE_LABELS: dict[CloseReason, str] = {
    CloseReason.ANSWERED: N_("已答复"),
    CloseReason.MERGED: N_("随主信答复"),
    CloseReason.NO_SUPPLEMENT: N_("来信人逾期未补充"),
}
