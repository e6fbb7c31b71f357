"""What the rows of the audit trail are about, in words instead of codes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.domain.errors import N_
from portal.domain.events import Axis
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import Action
from portal.domain.messages.occasions import Occasion
from portal.domain.redaction.kinds import PublicField
from portal.queries.audit.trail import Trace
from portal.queries.letters.timeline import CODE_LABELS
from portal.web.core.language import label, say

_FILTERS = {
    "q": N_("关键词"),
    "kind": N_("类别"),
    "organisation": N_("单位"),
    "topic": N_("主题"),
    "received_from": N_("收到日期从"),
    "received_to": N_("收到日期到"),
    "number": N_("信件编号"),
    "person": N_("操作人"),
    "action": N_("操作"),
    "axis": N_("类别"),
    "address": N_("网络地址"),
    "first": N_("从"),
    "last": N_("到"),
    "found": N_("找到条数"),
}
"""The filters that stand in the trail, by their names there."""
_SUBJECTS = {
    "calendar": N_("工作日历"),
    "deadline_rule": N_("办理期限"),
    "disclosure": N_("公开申请"),
    "file": N_("附件"),
    "import": N_("导入"),
    "organisation": N_("单位"),
    "policy_change": N_("政策变动"),
    "reads": N_("查看记录"),
    "report": N_("年度报告"),
    "session": N_("会话"),
    "site_notice": N_("网站问题反馈"),
    "token": N_("接口令牌"),
    "trail": N_("审计记录"),
    "words": N_("同义词"),
}
"""What a subject is that begins with a word and a colon."""
_QUEUES = {
    "index": N_("更新索引"),
    "announce": N_("通知相关的人"),
    "mail": N_("电子邮件"),
    "sms": N_("短信"),
}
_JOB = re.compile(r"([0-9]+) (\S+)(?: (\S+))?", re.ASCII)
_KINDS = {str(kind): kind.label for kind in Kind}
_FIELDS = {str(field): field.label for field in PublicField}
_OCCASIONS = {str(occasion): occasion.label for occasion in Occasion}
_EXTENSIONS = frozenset({Action.REQUEST_EXTENSION, Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION})


def who(row: Trace) -> str:
    """Return who acted."""
    if row.username:
        return str(_("%(name)s（%(username)s）", name=row.name, username=row.username))
    return label(row.actor_kind) if row.actor_kind.label else "—"


def place(row: Trace) -> str:
    """Return from where somebody acted: address and session."""
    session = str(_("会话 %(n)s", n=row.session_id)) if row.session_id else ""
    return " · ".join(filter(None, (row.address, session)))


def what(names: Mapping[str, str], row: Trace) -> str:
    """Return the subject of a row; ``names`` are those of accounts by user name."""
    kind, _colon, rest = row.subject.partition(":")
    if kind == "user" and rest in names:
        return str(_("%(name)s（%(username)s）", name=names[rest], username=rest))
    if kind == "user" and rest == "?":
        return str(_("没有这个用户"))
    if row.subject == "session:*":
        return str(_("其他所有会话"))
    if kind == "rest":
        return str(ngettext("其余 %(num)s 处", "其余 %(num)s 处", int(rest)))
    if kind in _FIELDS:
        places = ngettext("%(num)s 处", "%(num)s 处", int(rest)) if rest.isdecimal() else ""
        return f"{say(_FIELDS[kind])} {places}".strip()
    if kind in _SUBJECTS:
        return f"{say(_SUBJECTS[kind])} {rest}".strip()
    if job := _JOB.fullmatch(row.subject):
        return _job(*job.groups(""))
    return row.subject


def _job(number: str, queue: str, occasion: str) -> str:
    kind, _colon, name = queue.partition(":")
    named = say(_QUEUES[queue]) if queue in _QUEUES else _("系统接口 %(name)s", name=name or kind)
    about = say(_OCCASIONS[occasion]) if occasion in _OCCASIONS else ""
    return " · ".join(filter(None, (str(_("任务 %(n)s", n=number)), str(named), about)))


def why(row: Trace) -> str:
    """Return the reason of an event, or what was searched for with the names of filters."""
    if row.axis is not Axis.READING:
        return row.reason or _code(row.action, row.reason_code)
    parts = (each.partition("=") for each in row.reason.split("; "))
    named = [(say(_FILTERS.get(name, name)), value) for name, _sign, value in parts]
    return "; ".join(str(_("%(name)s：%(detail)s", name=n, detail=v)) if v else n for n, v in named)


def _code(action: str, code: str) -> str:
    if action in _EXTENSIONS and code:
        return str(ngettext("%(num)s 天", "%(num)s 天", int(code)))
    if action in (Action.SUBMIT, Action.CHANGE_KIND):
        return " → ".join(say(_KINDS.get(part, part)) for part in code.split(">"))
    return say(CODE_LABELS.get(code, code))
