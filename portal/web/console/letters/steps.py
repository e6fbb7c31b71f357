"""The table of steps: which actions a form serves, who may send it and which service it calls."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.domain.letters.states import Action
from portal.models import Letter
from portal.services.letters import appeals, cooperation, handling, merging, replying
from portal.web.console.letters import forms
from portal.web.console.steps import Step

STEPS: tuple[Step[Letter, Action], ...] = (
    Step(
        "accept",
        (Action.ACCEPT,),
        forms.PlainForm,
        handling.accept,
        _l("已受理，由本单位办理。"),
        _l("由本单位直接办理这封信。"),
    ),
    Step(
        "dispatch",
        (Action.DISPATCH,),
        forms.DispatchForm,
        handling.dispatch,
        _l("已交办，等待对方签收。"),
        _l("交给下级单位办理。"),
    ),
    Step(
        "sign-for",
        (Action.SIGN_FOR,),
        forms.PlainForm,
        handling.sign_for,
        _l("已签收，可以开始办理。"),
        _l("确认由本单位办理；不属于本单位职责的请退回。"),
    ),
    Step(
        "recall-dispatch",
        (Action.RECALL_DISPATCH,),
        forms.NoteForm,
        handling.recall_dispatch,
        _l("已收回，信件回到交办前的状态。"),
        _l("对方签收前可以收回：不算退回，来信人不会看到，办理时限照常计算。"),
    ),
    Step(
        "rule",
        (Action.RULE,),
        forms.TransferForm,
        handling.rule,
        _l("已裁定交办，承办单位不能再退回。"),
        _l("退回次数已达上限，请裁定由谁承办。"),
    ),
    Step(
        "sign",
        (Action.SIGN, Action.SIGN_FOLLOW_UP),
        forms.PlainForm,
        replying.sign,
        _l("已签发，答复已送达来信人。"),
        _l("签发后，来信人立即可以看到这份答复。"),
    ),
    Step(
        "send-back",
        (Action.SEND_BACK, Action.REFUSE_FOLLOW_UP),
        forms.ReasonForm,
        replying.send_back,
        _l("已退回起草人修改。"),
    ),
    Step(
        "extension-decision",
        (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION),
        forms.DecisionForm,
        cooperation.decide_extension,
        _l("延期申请已批复。"),
        name=_l("批复延期"),
    ),
    Step(
        "appeal-decision",
        (Action.TAKE_OVER, Action.CONFIRM_DECLINE),
        forms.AppealForm,
        appeals.decide_appeal,
        _l("已复核，来信人会看到结果。"),
        _l("来信人不同意下级单位不予受理。受理后由本单位办理，也可以再交办；办理时限重新计算。"),
        name=_l("复核异议"),
    ),
    Step(
        "contribute",
        (Action.CONTRIBUTE,),
        forms.ContributeForm,
        cooperation.contribute,
        _l("协办意见已提交给牵头单位。"),
    ),
    Step(
        "return",
        (Action.RETURN,),
        forms.ReasonForm,
        handling.return_letter,
        _l("已退回交办单位。"),
        _l("不属于本单位职责时退回交办单位，请写明理由和建议的承办单位。"),
    ),
    Step(
        "ask",
        (Action.ASK_CITIZEN,),
        forms.AskForm,
        handling.ask_citizen,
        _l("已请来信人补充，办理时限暂停计算。"),
        _l("来信人补充之前，办理时限暂停计算。"),
    ),
    Step(
        "transfer",
        (Action.TRANSFER,),
        forms.TransferForm,
        handling.transfer,
        _l("已转办，等待对方签收。"),
        _l("属于其他单位职责时转给对方。"),
    ),
    Step(
        "invite",
        (Action.INVITE,),
        forms.InviteForm,
        cooperation.invite,
        _l("已请对方协办，仍由本单位答复。"),
        _l("请其他单位提供意见，仍由本单位答复来信人。"),
    ),
    Step(
        "extend",
        (Action.REQUEST_EXTENSION,),
        forms.ExtensionForm,
        cooperation.request_extension,
        _l("已申请延期，等待批复。"),
    ),
    Step(
        "assign",
        (Action.ASSIGN,),
        forms.AssignForm,
        handling.assign,
        _l("经办人已更新。"),
    ),
    Step(
        "recall",
        (Action.RECALL_SIGNOFF,),
        forms.PlainForm,
        replying.recall,
        _l("已撤回，可以继续修改答复。"),
        _l("撤回后可以继续修改，改好再送审签。"),
    ),
    Step(
        "merge",
        (Action.MERGE,),
        forms.MergeForm,
        lambda i, seen, number, why, sure, a, at: merging.merge(
            i, seen, number, why, a, at, sure=sure
        ),
        _l("已并案，将随主信一并答复。"),
        _l("与另一封信反映同一问题时，并入那封信一起答复。"),
    ),
    Step(
        "separate",
        (Action.SEPARATE,),
        forms.NoteForm,
        merging.separate,
        _l("已拆分，恢复单独办理。"),
    ),
    Step(
        "kind",
        (Action.CHANGE_KIND,),
        forms.KindForm,
        lambda i, seen, kind, why, a, at: handling.change_kind(i, seen, kind, why, a, at),
        _l("类别已更改，办理时限按新类别计算。"),
        _l(
            "改为举报的，以承办单位为被举报单位：信件移交其上级单位，"
            "承办单位及其下级不再能看到，也不会公示。"
        ),
    ),
    Step(
        "supervise",
        (Action.SUPERVISE,),
        forms.ReasonForm,
        handling.supervise,
        _l("已列入督办。"),
    ),
    Step(
        "end-supervision",
        (Action.END_SUPERVISION,),
        forms.PlainForm,
        handling.end_supervision,
        _l("已解除督办。"),
    ),
    Step(
        "decline",
        (Action.DECLINE,),
        forms.DeclineForm,
        handling.decline,
        _l("已不予受理，来信人会看到理由和建议。"),
        _l("来信人会看到理由、向哪里反映的建议和您写的补充说明。"),
    ),
    Step(
        "rule-decline",
        (Action.RULE_DECLINE,),
        forms.DeclineForm,
        handling.decline,
        _l("已裁定不予受理。"),
        _l("来信人会看到理由、向哪里反映的建议和您写的补充说明。"),
    ),
)
"""In the order in which they are offered below the next thing to do."""

REPLY_ACTIONS = frozenset({Action.REQUEST_SIGNOFF, Action.PROPOSE_FOLLOW_UP})
"""Actions with a page of their own: the reply editor."""
