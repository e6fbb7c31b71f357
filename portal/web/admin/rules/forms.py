"""Forms of the working calendar and of the deadline rules."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.deadline_rules import (
    LETTER,
    DayUnit,
    DeadlineRule,
    letter_code,
)
from portal.domain.disclosure.requests import ANSWER_RULE, COMPLETION_RULE
from portal.domain.errors import N_
from portal.domain.letters.kinds import Kind
from portal.queries.rules import BUILT_IN
from portal.services.office.calendar import DAYS_MOST, NOTE_MAX
from portal.services.office.deadline_rules import SOURCE_MAX, NewDeadlineRule
from portal.web.admin.forms import OrganisationField
from portal.web.core.fields import DayField, LineField, ListField, OneOfField, WholeNumber
from portal.web.core.forms import Form
from portal.web.core.language import label, say

REST, WORK, ANNOUNCED = "rest", "work", "announced"


class DaysForm(Form):
    """A range of days in the calendar, and whether they are working days."""

    first = DayField(_l("从"), _l("请填写日期。"))
    last = DayField(_l("到"), description=_l("只改一天时不填；一次最多 %(n)s 天。", n=DAYS_MOST))
    kind = OneOfField(
        _l("这几天"),
        _l("请选择这几天是什么日子。"),
        choices=[(REST, _l("放假休息")), (WORK, _l("上班")), (ANNOUNCED, _l("恢复公布的安排"))],
    )
    note = LineField(
        _l("说明"),
        most=NOTE_MAX,
        description=_l("例如：国庆节，国办发明电〔2026〕12号"),
    )

    @property
    def span(self) -> tuple[date, date]:
        """First and last day, both included; only after the form was found valid."""
        return self.first.value, self.last.data or self.first.value

    @property
    def working(self) -> bool | None:
        """Whether the office works on these days; ``None`` where the announcement holds."""
        return {REST: False, WORK: True}.get(self.kind.value)


_RULE_NAMES = {
    LETTER: N_("各类来信的答复"),
    ANSWER_RULE: N_("信息公开申请的答复"),
    COMPLETION_RULE: N_("信息公开申请的补正告知"),
}
_CODES = tuple(dict.fromkeys([LETTER, *(rule.code for rule in BUILT_IN)]))
_KINDS = {letter_code(kind): kind for kind in Kind}


def rule_name(code: str) -> str:
    """Return the purpose of the rule ``code`` in the language of the page."""
    if code in _KINDS:
        return str(_("%(kind)s来信的答复", kind=label(_KINDS[code])))
    return say(_RULE_NAMES[code])


class DeadlineRuleForm(Form):
    """A version of a rule to come."""

    organisation = OrganisationField(
        _l("适用的单位"), N_("所有单位"), description=_l("选了单位，就只管它和下属单位收到的来信。")
    )
    code = ListField(
        _l("规则"),
        _l("请选择规则。"),
        choices=lambda: [(code, rule_name(code)) for code in _CODES],
    )
    days = WholeNumber(_l("期限"), _l("请填写天数。"))
    unit = OneOfField(
        _l("计时单位"),
        _l("请选择天数的单位。"),
        choices=lambda: [(unit.value, _(unit.label)) for unit in DayUnit],
    )
    extension_days = WholeNumber(
        _l("最多可延长"), description=_l("与期限同一单位；不能延长就填 0。")
    )
    source = LineField(
        _l("依据"),
        _l("请填写依据。"),
        SOURCE_MAX,
        description=_l("文件名称和文号，会显示给来信人和经办人。"),
    )
    valid_from = DayField(
        _l("生效日期"),
        _l("请填写生效日期。"),
        description=_l("最早从明天起。这一天及以后收到的信件按新的期限计算，已收到的不变。"),
    )
    valid_to = DayField(_l("截止日期"), description=_l("不填表示长期有效。"))

    def __init__(self, rule: DeadlineRule | None) -> None:
        """Read what was sent, or begin with the values of ``rule``."""
        super().__init__(obj=rule, organisation=rule.organisation_id if rule else None)

    @property
    def rule(self) -> NewDeadlineRule:
        """The rule that was filled in; only after the form was found valid."""
        return NewDeadlineRule(
            self.code.value,
            self.days.value,
            DayUnit(self.unit.value),
            self.extension_days.data or 0,
            self.source.data,
            self.valid_from.value,
            self.valid_to.data,
            self.organisation.data,
        )
