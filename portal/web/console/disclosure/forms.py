"""Forms of the actions on a request for disclosure, of its registration and of its list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice, enum_coerce
from wtforms.validators import DataRequired, InputRequired, Length, ValidationError

from portal.domain.disclosure.application import (
    COMPLETION_DAYS,
    COMPLETION_DAYS_MOST,
    PAPER_SOURCES,
    SOURCE_HINTS,
    RequestSource,
)
from portal.domain.disclosure.requests import OUTCOME_HINTS, DisclosureAction, DisclosureOutcome
from portal.domain.letters.states import TEXT_MAX
from portal.models import DisclosureRequest, db
from portal.queries.disclosure.due import latest_extended, rule_of
from portal.queries.rules import deadline_rules
from portal.services.disclosure.requests import REFERRED_MAX, Answer
from portal.web.console.versioned_forms import VersionedForm, reason_field
from portal.web.core.clock import today
from portal.web.core.disclosure_form import ApplicationForm
from portal.web.core.fields import DayField, WholeNumber
from portal.web.core.language import day, label
from portal.web.core.sent_form import Groups

WORDS_MAX = 60
CONSENT_MAX = 50


class RequestForm(VersionedForm):
    """What every action on a request sends; without fields of its own nothing but the button."""

    def __init__(
        self, slug: str, request: DisclosureRequest, action: DisclosureAction, **given: Any
    ) -> None:
        """Read what was sent, or with ``formdata=None`` begin an empty form for the request."""
        self.request = request
        super().__init__(slug, request, action, **given)


class CompletionNoticeForm(RequestForm):
    """What is unclear, all at once, and the days for it."""

    text = reason_field(
        _l("需要补正的事项"), _l("请一次写明需要补正的全部事项和补正的办法。"), TEXT_MAX
    )
    complete_by = DayField(_l("补正期限"), [InputRequired(_l("请填写补正的最后一天。"))])

    def prepare(self) -> None:
        """Offer the usual number of days and say how many there may be."""
        self.time_allowed = _("给申请人合理的时间，最长 %(n)s 日。", n=COMPLETION_DAYS_MOST)
        if not self.bound:
            self.complete_by.data = today() + timedelta(days=COMPLETION_DAYS)


class CompletedForm(RequestForm):
    """What the applicant handed in on paper or said."""

    text = reason_field(_l("补正的内容"), _l("请写下申请人补正的内容。"), TEXT_MAX)


class ExtensionForm(RequestForm):
    """How much longer, why, and who agreed."""

    days = WholeNumber(_l("延长几个工作日"), [InputRequired(_l("请填写延长几个工作日。"))])
    reason = reason_field(_l("理由（申请人会看到）"), _l("请写明为什么需要延期。"))
    consent = StringField(
        _l("同意延期的负责人"),
        [
            DataRequired(_l("请填写同意延期的政府信息公开工作机构负责人。")),
            Length(max=CONSENT_MAX, message=_l("姓名不超过 %(n)s 个字。", n=CONSENT_MAX)),
        ],
    )

    def prepare(self) -> None:
        """Say how many days the law allows, and which day that would be."""
        read = db.session()
        self.rule = rule_of(deadline_rules(read), self.request)
        self.allowance = _(
            "最多 %(n)s 个工作日，接着现在的期限往后算；延满是 %(day)s。",
            n=self.rule.extension_days,
            day=day(latest_extended(read, self.request)),
        )

    def validate_days(self, field: Field) -> None:
        """As many days as the law allows; the service asks the same."""
        if field.data is not None and not 1 <= field.data <= self.rule.extension_days:
            most = self.rule.extension_days
            raise ValidationError(_("请填 1 到 %(n)s 之间的整数。", n=most))


class AnswerForm(RequestForm):
    """The outcome, the text, and who has the information instead."""

    outcome = RadioField(
        _l("答复结果"),
        [DataRequired(_l("请选择答复的结果。"))],
        coerce=enum_coerce(DisclosureOutcome),
        validate_choice=False,
    )
    text = reason_field(_l("答复内容"), _l("请写下答复。"), TEXT_MAX)
    referred_to = StringField(
        _l("负责公开的机关和联系方式"),
        [Length(max=REFERRED_MAX, message=_l("内容太长，请删减到 %(n)s 字以内。", n=REFERRED_MAX))],
    )

    def prepare(self) -> None:
        """Offer the outcomes, each with what belongs to it."""
        self.outcome.choices = [SelectChoice(o.value, label(o)) for o in DisclosureOutcome]
        self.hints = {o.value: _(OUTCOME_HINTS[o]) for o in DisclosureOutcome}

    def answer(self) -> Answer:
        """Return what was typed, as the service takes it."""
        return Answer(self.outcome.data, self.text.data, self.referred_to.data or "")

    @property
    def referred(self) -> str:
        """Who has the information instead, where the outcome says that somebody else does."""
        ours = self.outcome.data is not DisclosureOutcome.NOT_OURS
        return "" if ours else self.referred_to.data or ""

    def carried(self) -> dict[str, str]:
        """Return every field as hidden values for the preview."""
        return {
            "version": str(self.seen),
            "outcome": str(self.outcome.data),
            "text": self.text.data,
            "referred_to": self.referred_to.data or "",
        }


class WithdrawalForm(RequestForm):
    """How the office learned of it."""

    reason = reason_field(_l("申请人怎样表示撤回"), _l("请写明申请人怎样、何时表示撤回。"))


class RegisterForm(ApplicationForm):
    """A request on paper: how and when it came, and what it says.

    The authorities to choose from are those of the person at work, few enough for a list.
    """

    organisation_words = organisation_meant = None
    source = RadioField(
        _l("怎样收到的"),
        coerce=enum_coerce(RequestSource),
        validators=[DataRequired(_l("请选择申请是怎样收到的。"))],
        validate_choice=False,
    )
    received_on = DayField(_l("收到日期"), [InputRequired(_l("请填写收到日期。"))])

    def prepare(self, groups: Groups, chosen: Any, unclear: str | None = None) -> None:
        """Offer organisations and ways; a request came today unless something else is said."""
        super().prepare(groups, chosen, unclear)
        self.source.choices = [SelectChoice(s.value, label(s)) for s in PAPER_SOURCES]
        self.hints = {s.value: _(SOURCE_HINTS[s]) for s in PAPER_SOURCES}
        if not self.is_submitted():
            self.received_on.data = today()


class RequestFilterForm(FlaskForm):  # type: ignore[misc]
    """What narrows the list; nothing here can fail, what is not understood is left out."""

    class Meta:
        """Reading needs no token."""

        csrf = False

    q = StringField(_l("编号、名称或文号"))
    organisation = SelectField(_l("被申请机关（含下级）"), validate_choice=False)

    def offer(self, organisations: list[Any]) -> None:
        """Offer ``organisations`` to choose from."""
        self.organisation.choices = [("", _("全部单位"))] + [
            (str(each.id), each.name) for each in organisations
        ]
