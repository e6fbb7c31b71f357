"""The table of steps on a request for disclosure: form, service, and messages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.domain.disclosure.requests import DisclosureAction
from portal.models import DisclosureRequest
from portal.services.disclosure import erasure
from portal.services.disclosure import requests as disclosure
from portal.web.console.disclosure import forms
from portal.web.console.steps import Step

REQUEST_STEPS: tuple[Step[DisclosureRequest, DisclosureAction], ...] = (
    Step(
        "lapse",
        (DisclosureAction.LAPSE,),
        forms.PlainForm,
        disclosure.lapse,
        name=_l("视为放弃，终止处理"),
        done=_l("已终止处理，申请人会看到原因。"),
        explanation=_l(
            "补正期限已过，申请人没有补正。没有正当理由的，视为放弃申请（条例第三十条）。"
        ),
    ),
    Step(
        "completed",
        (DisclosureAction.COMPLETE,),
        forms.CompletedForm,
        lambda i, seen, text, a, at: disclosure.complete(i, text, a, at, seen),
        name=_l("登记补正"),
        done=_l("已登记补正，答复期限从今天起重新计算。"),
        explanation=_l("申请人在网上补正的自动登记；当面、来信、来电补正的在这里登记。"),
    ),
    Step(
        "answer",
        (DisclosureAction.ANSWER,),
        forms.AnswerForm,
        disclosure.answer,
        name=_l("答复"),
        done=_l("答复已送出，申请人现在可以看到。"),
        explanation=_l(
            "先核对，再送出。送出后申请人立即可以看到，不能修改；救济途径会自动附在后面。"
        ),
        button=_l("核对答复"),
    ),
    Step(
        "completion",
        (DisclosureAction.ASK_COMPLETION,),
        forms.CompletionNoticeForm,
        disclosure.ask_completion,
        name=_l("通知补正"),
        done=_l("已通知申请人补正，答复期限待补正后重新计算。"),
        explanation=_l("申请内容不明确时，在期限内一次告知；只能通知一次（条例第三十条）。"),
    ),
    Step(
        "extension",
        (DisclosureAction.EXTEND,),
        forms.ExtensionForm,
        disclosure.extend,
        name=_l("延长答复期限"),
        done=_l("答复期限已延长，申请人会看到理由。"),
        explanation=_l(
            "在期限内不能答复时，到期前可以延长一次，须经政府信息公开工作机构负责人同意"
            "（条例第三十三条）。提交后，申请人在进度里看到新的期限和理由，即为告知。"
        ),
    ),
    Step(
        "withdrawal",
        (DisclosureAction.WITHDRAW,),
        forms.WithdrawalForm,
        lambda i, seen, why, a, at: disclosure.withdraw(i, a, at, seen, why),
        name=_l("登记撤回"),
        done=_l("已登记撤回，不再处理。"),
        explanation=_l("申请人表示撤回时登记；撤回的申请不计入收到。"),
    ),
    Step(
        "erasure",
        (DisclosureAction.ERASE,),
        forms.PlainForm,
        erasure.grant_erasure,
        name=_l("同意删除个人信息"),
        done=_l("申请人的个人信息已经删除。"),
        explanation=_l(
            "申请人申请删除姓名、证件、联系方式和申请、答复的内容。删除后无法恢复；办理经过和统计数字不受影响。"
        ),
        button=_l("同意并删除"),
    ),
    Step(
        "refusal",
        (DisclosureAction.REFUSE_ERASURE,),
        forms.ErasureRefusalForm,
        erasure.refuse_erasure,
        name=_l("不同意删除"),
        done=_l("已告知申请人没有同意的理由。"),
        explanation=_l("只有法律要求保存的才能不同意，理由会告知申请人。"),
    ),
)
"""In the order in which they come first: what a page offers on top is the first that is allowed."""
