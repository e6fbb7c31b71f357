"""The words of a letter's life: states, actions and coded reasons, with their page names.

The one table of what may follow what is in :mod:`portal.domain.letters.transitions`. Handling and
publication are two axes that never mix.
"""

from __future__ import annotations

from enum import StrEnum

from portal.domain.errors import N_
from portal.domain.translatable import Labelled

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
SCORES = range(1, 6)
"""What a citizen may give for attitude and for efficiency."""
SUPPLEMENT_DAYS = 15
"""Calendar days a citizen has to supplement before the letter closes with a notice."""
ADDITIONS_MAX = 10
"""Times that a sender may add something to a letter unasked."""
APPEAL_DAYS = 30
"""Calendar days after declining in which its sender may appeal.

As long as a petitioner has to ask for a review (信访工作条例 Art. 35).
"""


class State(Labelled):
    """Where the handling of a letter stands."""

    SUBMITTED = "submitted", N_("待受理")
    AWAITING_CITIZEN = "awaiting_citizen", N_("待补充")
    MERGED = "merged", N_("已并案")
    DISPATCHED = "dispatched", N_("待签收")
    RETURNED = "returned", N_("已退回")
    IN_PROGRESS = "in_progress", N_("办理中")
    AWAITING_SIGNOFF = "awaiting_signoff", N_("待审签")
    CLOSED = "closed", N_("已办结")
    DECLINED = "declined", N_("不予受理")
    WITHDRAWN = "withdrawn", N_("已撤回")


FINAL_STATES = frozenset({State.DECLINED, State.WITHDRAWN})
ENDED_STATES = FINAL_STATES | {State.CLOSED}
CONCLUDED_STATES = frozenset({State.CLOSED, State.DECLINED})
"""States in which the handling has ended with an answer or a notice."""
OPEN_STATES = frozenset(State) - ENDED_STATES
PAUSED_STATES = frozenset({State.AWAITING_CITIZEN, State.MERGED})
"""States that a letter leaves for the one it came from; the clock stands still meanwhile."""
REVERSIBLE_STATES = PAUSED_STATES | {State.DISPATCHED}
"""States in which a letter keeps the state it came from: it may go back there."""
CLOCK_STATES = OPEN_STATES - PAUSED_STATES
"""States in which the due date runs against the office."""


class Publication(Labelled):
    """Where the publication of a letter stands."""

    NOT_PROPOSED = "not_proposed", N_("未提请公示")
    PROPOSED = "proposed", N_("待公示审核")
    PUBLISHED = "published", N_("已公示")
    REFUSED = "refused", N_("不予公示")
    UNPUBLISHED = "withdrawn", N_("已撤下")


class Action(Labelled):
    """Everything that can happen to a letter, on either axis."""

    SUBMIT = "submit", N_("寄出信件")
    ACCEPT = "accept", N_("受理")
    DECLINE = "decline", N_("不予受理")
    DISPATCH = "dispatch", N_("交办")
    TRANSFER = "transfer", N_("转办")
    SIGN_FOR = "sign_for", N_("签收")
    RECALL_DISPATCH = "recall_dispatch", N_("收回")
    RETURN = "return", N_("退回")
    HAND_OVER = "hand_over", N_("移交承接单位")
    RULE = "rule", N_("裁定交办")
    RULE_DECLINE = "rule_decline", N_("裁定不予受理")
    APPEAL = "appeal", N_("对不予受理提出异议")
    TAKE_OVER = "take_over", N_("复核后予以受理")
    CONFIRM_DECLINE = "confirm_decline", N_("复核后维持不予受理")
    ASK_CITIZEN = "ask_citizen", N_("请来信人补充")
    SUPPLEMENT = "supplement", N_("补充材料")
    ADD = "add", N_("主动补充")
    CORRECT_CONTACTS = "correct_contacts", N_("更正联系方式")
    URGE = "urge", N_("催办")
    TIME_OUT = "time_out", N_("逾期未补充，办结")
    MERGE = "merge", N_("并案")
    SEPARATE = "separate", N_("拆分")
    CLOSE_MERGED = "close_merged", N_("随主信办结")
    RELEASE_MERGED = "release_merged", N_("解除并案")
    ASSIGN = "assign", N_("指定经办人")
    CHANGE_KIND = "change_kind", N_("更改类别")
    REQUEST_EXTENSION = "request_extension", N_("申请延期")
    GRANT_EXTENSION = "grant_extension", N_("同意延期")
    REFUSE_EXTENSION = "refuse_extension", N_("不同意延期")
    INVITE = "invite", N_("请求协办")
    CONTRIBUTE = "contribute", N_("提交协办意见")
    REQUEST_SIGNOFF = "request_signoff", N_("送审签")
    RECALL_SIGNOFF = "recall_signoff", N_("撤回送审")
    SEND_BACK = "send_back", N_("退回修改")
    SIGN = "sign", N_("签发答复")
    RATE = "rate", N_("满意度评价")
    REDO = "redo", N_("申请重办")
    PROPOSE_FOLLOW_UP = "propose_follow_up", N_("拟补充答复")
    SIGN_FOLLOW_UP = "sign_follow_up", N_("签发补充答复")
    REFUSE_FOLLOW_UP = "refuse_follow_up", N_("退回补充答复")
    WITHDRAW = "withdraw", N_("撤回信件")
    SUPERVISE = "supervise", N_("督办")
    END_SUPERVISION = "end_supervision", N_("解除督办")
    PROPOSE = "propose", N_("提请公示")
    RECALL_PROPOSAL = "recall_proposal", N_("撤回公示提请")
    PUBLISH = "publish", N_("公示")
    REFUSE = "refuse", N_("不予公示")
    UNPUBLISH = "unpublish", N_("撤下")
    PROPOSE_CORRECTION = "propose_correction", N_("提请更正公示件")
    CORRECT = "correct", N_("更正公示件")
    REFUSE_CORRECTION = "refuse_correction", N_("不予更正")
    REVOKE_CONSENT = "revoke_consent", N_("收回公示同意")
    GIVE_CONSENT = "give_consent", N_("改为同意公示")


AFTER_ERASURE = frozenset({Action.UNPUBLISH, Action.REVOKE_CONSENT, Action.END_SUPERVISION})
"""The actions that need nothing of what is erased with the person of a letter."""


class CloseReason(Labelled):
    """How a closed letter came to be closed."""

    ANSWERED = "answered", N_("已答复")
    MERGED = "merged", N_("随主信答复")
    NO_SUPPLEMENT = "no_supplement", N_("来信人逾期未补充")


CLOSE_REASONS: dict[Action, CloseReason] = {
    Action.SIGN: CloseReason.ANSWERED,
    Action.CLOSE_MERGED: CloseReason.MERGED,
    Action.TIME_OUT: CloseReason.NO_SUPPLEMENT,
}
"""How the actions that close a letter close it."""


class DeclineReason(Labelled):
    """Why a letter is not accepted (不予受理); each carries advice where to turn."""

    OTHER_AUTHORITY = (
        "other_authority",
        N_("属于其他机关的职权范围"),
        N_("请向有权处理的机关反映，或拨打 12345 咨询应向哪个单位提出。"),
    )
    LITIGATION = (
        "litigation",
        N_("应当通过诉讼、仲裁或行政复议途径解决"),
        N_("请依法向人民法院、仲裁机构或行政复议机关提出。"),
    )
    DISCLOSURE_REQUEST = (
        "disclosure_request",
        N_("属于政府信息公开申请"),
        N_("请改为提交政府信息公开申请，可以在本站网上填写。"),
    )
    PETITION_CONCLUDED = (
        "petition_concluded",
        N_("信访事项已经终结"),
        N_("该事项已出具复核意见，如有新的事实请向原办理机关说明。"),
    )
    VAGUE_OR_ADVERTISING = (
        "vague_or_advertising",
        N_("内容不明确或属于广告"),
        N_("请写明时间、地点、经过和诉求后重新来信。"),
    )
    UNLAWFUL = "unlawful", N_("内容违反法律法规"), N_("请修改为合法、文明的表述后重新来信。")


class RefusalReason(Labelled):
    """Why a letter is not published (不予公示)."""

    SENDERS_CHOICE = "senders_choice", N_("来信人不同意公示")
    PRIVACY = "privacy", N_("涉及个人隐私")
    BUSINESS_SECRET = "business_secret", N_("涉及商业秘密")  # noqa: S105
    STATE_SECRET = "state_secret", N_("涉及国家秘密或敏感工作")  # noqa: S105
    WRONGDOING = "report", N_("属于举报信件")
    THIRD_PARTY = "third_party", N_("第三方不同意公开")
    NO_VALUE = "no_value", N_("对他人没有参考价值")


class UnpublishReason(Labelled):
    """Why a public entry is taken off the web (撤下)."""

    WRONG_CONTENT = "wrong_content", N_("公示的内容有误")
    OUTDATED = "outdated", N_("内容已经过时")
    LAW_CHANGED = "law_changed", N_("法规或者政策已经改变")
    ORDERED = "ordered", N_("法院或者有关机关要求")
    SENDER_ASKED = "sender_asked", N_("来信人要求撤下")
    PRIVACY = "privacy", N_("涉及个人隐私")


class EarlierVersions(Labelled):
    """What becomes of the earlier versions of a public entry that is corrected by hand."""

    KEPT = "keep_earlier", N_("以前的内容继续显示")
    HIDDEN = "hide_earlier", N_("以前的内容不再显示")


class ConsentBasis(StrEnum):
    """On what ground a letter may be published."""

    NONE = "none"
    SENDER = "sender"
    PUBLISHED_AT_SOURCE = "published_at_source"


class Source(Labelled):
    """How a letter reached the letterbox."""

    WEB = "web", N_("网上写信")
    TELEPHONE = "telephone", N_("电话")
    PAPER = "paper", N_("信函")
    COUNTER = "counter", N_("窗口")
    HOTLINE = "hotline", N_("其他热线转来")
    API = "api", N_("其他系统")
    OPEN311 = "open311", N_("Open311 接口")
    IMPORT = "import", N_("导入")
    DEMO = "demo", N_("演示")
    SIMULATION = "simulation", N_("模拟")


REGISTERED_SOURCES = (Source.TELEPHONE, Source.PAPER, Source.COUNTER, Source.HOTLINE)
"""The ways in which a letter comes that a member of staff registers for its sender."""
