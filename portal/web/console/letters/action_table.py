"""The table of steps: which actions a form serves, who may send it and which service it calls."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.domain.letters.states import Action
from portal.models import Letter
from portal.services.letters import cooperation, handling, merging, replying
from portal.web.console.letters import action_forms as forms
from portal.web.core.steps import Offer, Step, offers_of

STEPS: tuple[Step[Action], ...] = (
    Step(
        "accept",
        (Action.ACCEPT,),
        forms.PlainForm,
        lambda i, f, a, at: handling.accept(i, f.seen, a, at),
        _l("已受理，由本单位办理。"),
        _l("由本单位直接办理这封信。"),
    ),
    Step(
        "dispatch",
        (Action.DISPATCH,),
        forms.DispatchForm,
        lambda i, f, a, at: handling.dispatch(i, f.seen, f.organisation_id, f.reason.data, a, at),
        _l("已交办，等待对方签收。"),
        _l("交给下级单位办理。"),
    ),
    Step(
        "sign-for",
        (Action.SIGN_FOR,),
        forms.PlainForm,
        lambda i, f, a, at: handling.sign_for(i, f.seen, a, at),
        _l("已签收，可以开始办理。"),
        _l("确认由本单位办理；不属于本单位职责的请退回。"),
    ),
    Step(
        "rule",
        (Action.RULE,),
        forms.TransferForm,
        lambda i, f, a, at: handling.rule(i, f.seen, f.organisation_id, f.reason.data, a, at),
        _l("已裁定交办，承办单位不能再退回。"),
        _l("退回次数已达上限，请裁定由谁承办。"),
    ),
    Step(
        "sign",
        (Action.SIGN, Action.SIGN_FOLLOW_UP),
        forms.PlainForm,
        lambda i, f, a, at: replying.sign(i, f.seen, a, at),
        _l("已签发，答复已送达来信人。"),
        _l("签发后，来信人立即可以看到这份答复。"),
    ),
    Step(
        "send-back",
        (Action.SEND_BACK, Action.REFUSE_FOLLOW_UP),
        forms.ReasonForm,
        lambda i, f, a, at: replying.send_back(i, f.seen, f.reason.data, a, at),
        _l("已退回起草人修改。"),
    ),
    Step(
        "extension-decision",
        (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION),
        forms.DecisionForm,
        lambda i, f, a, at: cooperation.decide_extension(
            i, f.seen, f.granted.data == "yes", f.note.data, a, at
        ),
        _l("延期申请已批复。"),
    ),
    Step(
        "contribute",
        (Action.CONTRIBUTE,),
        forms.ContributeForm,
        lambda i, f, a, at: cooperation.contribute(i, f.seen, f.text.data, a, at),
        _l("协办意见已提交给牵头单位。"),
    ),
    Step(
        "return",
        (Action.RETURN,),
        forms.ReasonForm,
        lambda i, f, a, at: handling.return_letter(i, f.seen, f.reason.data, a, at),
        _l("已退回交办单位。"),
        _l("不属于本单位职责时退回交办单位，请写明理由和建议的承办单位。"),
    ),
    Step(
        "ask",
        (Action.ASK_CITIZEN,),
        forms.AskForm,
        lambda i, f, a, at: handling.ask_citizen(i, f.seen, f.text.data, a, at),
        _l("已请来信人补充，办理时限暂停计算。"),
        _l("来信人补充之前，办理时限暂停计算。"),
    ),
    Step(
        "transfer",
        (Action.TRANSFER,),
        forms.TransferForm,
        lambda i, f, a, at: handling.transfer(i, f.seen, f.organisation_id, f.reason.data, a, at),
        _l("已转办，等待对方签收。"),
        _l("属于其他单位职责时转给对方。"),
    ),
    Step(
        "invite",
        (Action.INVITE,),
        forms.InviteForm,
        lambda i, f, a, at: cooperation.invite(i, f.seen, f.organisation_id, f.text.data, a, at),
        _l("已请对方协办，仍由本单位答复。"),
        _l("请其他单位提供意见，仍由本单位答复来信人。"),
    ),
    Step(
        "extend",
        (Action.REQUEST_EXTENSION,),
        forms.ExtensionForm,
        lambda i, f, a, at: cooperation.request_extension(
            i, f.seen, f.days.value, f.reason.data, a, at
        ),
        _l("已申请延期，等待批复。"),
    ),
    Step(
        "assign",
        (Action.ASSIGN,),
        forms.AssignForm,
        lambda i, f, a, at: handling.assign(i, f.seen, f.user_id, a, at),
        _l("经办人已更新。"),
    ),
    Step(
        "recall",
        (Action.RECALL_SIGNOFF,),
        forms.PlainForm,
        lambda i, f, a, at: replying.recall(i, f.seen, a, at),
        _l("已撤回，可以继续修改答复。"),
        _l("撤回后可以继续修改，改好再送审签。"),
    ),
    Step(
        "merge",
        (Action.MERGE,),
        forms.MergeForm,
        lambda i, f, a, at: merging.merge(i, f.seen, f.parent_number.data, f.reason.data, a, at),
        _l("已并案，将随主信一并答复。"),
        _l("与另一封信反映同一问题时，并入那封信一起答复。"),
    ),
    Step(
        "separate",
        (Action.SEPARATE,),
        forms.NoteForm,
        lambda i, f, a, at: merging.separate(i, f.seen, f.reason.data, a, at),
        _l("已拆分，恢复单独办理。"),
    ),
    Step(
        "kind",
        (Action.CHANGE_KIND,),
        forms.KindForm,
        lambda i, f, a, at: handling.change_kind(i, f.seen, f.kind.value, f.reason.data, a, at),
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
        lambda i, f, a, at: handling.supervise(i, f.seen, f.reason.data, a, at),
        _l("已列入督办。"),
    ),
    Step(
        "end-supervision",
        (Action.END_SUPERVISION,),
        forms.PlainForm,
        lambda i, f, a, at: handling.end_supervision(i, f.seen, a, at),
        _l("已解除督办。"),
    ),
    Step(
        "decline",
        (Action.DECLINE,),
        forms.DeclineForm,
        lambda i, f, a, at: handling.decline(i, f.seen, f.code.value, f.reason.data, a, at),
        _l("已不予受理，来信人会看到理由和建议。"),
        _l("来信人会看到理由、向哪里反映的建议和您写的补充说明。"),
    ),
    Step(
        "rule-decline",
        (Action.RULE_DECLINE,),
        forms.DeclineForm,
        lambda i, f, a, at: handling.decline(i, f.seen, f.code.value, f.reason.data, a, at),
        _l("已裁定不予受理。"),
        _l("来信人会看到理由、向哪里反映的建议和您写的补充说明。"),
    ),
)
"""In the order in which they are offered below the next thing to do."""

REPLY_ACTIONS = frozenset({Action.REQUEST_SIGNOFF, Action.PROPOSE_FOLLOW_UP})
"""Actions with a page of their own: the reply editor."""


def offers(letter: Letter, allowed: list[Action], sent: forms.StepForm | None) -> list[Offer]:
    """Return the steps possible now; ``sent`` takes the place of its own empty form."""
    return offers_of(STEPS, letter, allowed, sent)
