"""Forms of the actions on a request for disclosure, of its registration and of its list."""

from __future__ import annotations

from datetime import date, timedelta

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from portal.domain.disclosure.application import COMPLETION_DAYS, COMPLETION_DAYS_MOST
from portal.domain.disclosure.requests import DisclosureAction, DisclosureOutcome
from portal.domain.letters.states import PERSON_NAME_MAX, TEXT_MAX
from portal.domain.privacy.erasure import ErasureRefusal
from portal.models import DisclosureRequest, db
from portal.queries.disclosure.due import latest_extended, rule_of
from portal.queries.rules import deadline_rules
from portal.services.disclosure.requests import REFERRED_MAX, Answer
from portal.web.console.versioned_forms import VersionedForm, reason_field
from portal.web.core.clock import today
from portal.web.core.fields import DayField, EnumField, EnumListField, LineField, WholeNumber
from portal.web.core.language import day, say


class RequestForm(VersionedForm[DisclosureRequest, DisclosureAction]):
    """A form of a request for disclosure."""

    @property
    def address(self) -> str:
        """The address of the step."""
        return url_for(f"console.disclosure_{self.slug}", request_number=self.subject.number)


class PlainForm(RequestForm):
    """Nothing but the button."""

    def given(self) -> tuple[()]:
        """Return what the service takes."""
        return ()


class CompletionNoticeForm(RequestForm):
    """All points that the applicant must clear up, and the last day for it."""

    text = reason_field(
        _l("需要补正的事项"), _l("请一次写明需要补正的全部事项和补正的办法。"), TEXT_MAX, rows=5
    )
    complete_by = DayField(_l("补正期限"), _l("请填写补正的最后一天。"))

    def prepare(self) -> None:
        """Set the usual last day and state the most days allowed."""
        most = COMPLETION_DAYS_MOST
        self.complete_by.description = _("给申请人合理的时间，最长 %(n)s 日。", n=most)
        if not self.bound:
            self.complete_by.data = today() + timedelta(days=COMPLETION_DAYS)

    def given(self) -> tuple[str, date]:
        """Return what the service takes."""
        return self.text.data, self.complete_by.value


class CompletedForm(RequestForm):
    """The completion that the applicant handed in on paper or by word of mouth."""

    text = reason_field(_l("补正的内容"), _l("请写下申请人补正的内容。"), TEXT_MAX, rows=5)

    def given(self) -> tuple[str]:
        """Return what the service takes."""
        return (self.text.data,)


class ExtensionForm(RequestForm):
    """Further days, with the reason and who agreed."""

    days = WholeNumber(_l("延长天数"), _l("请填写天数。"), render_kw={"inputmode": "numeric"})
    reason = reason_field(_l("理由（申请人会看到）"), _l("请写明为什么需要延期。"))
    consent = LineField(
        _l("同意延期的负责人"),
        _l("请填写同意延期的政府信息公开工作机构负责人。"),
        PERSON_NAME_MAX,
        description=_l("记入办理记录，申请人看不到。"),
        render_kw={"autocomplete": "off"},
    )

    def prepare(self) -> None:
        """State the days that the law allows, and the due date with all of them."""
        session = db.session()
        self.rule = rule_of(deadline_rules(session), self.subject)
        self.days.description = _(
            "最多 %(most)s，接着现在的期限往后算；延满是 %(day)s。",
            most=say(self.rule.span(self.rule.extension_days)),
            day=day(latest_extended(session, self.subject)),
        )

    def validate_days(self, field: Field) -> None:
        """Refuse more days than the law allows, as the service does."""
        most = self.rule.extension_days
        if field.data is not None and not 1 <= field.data <= most:
            raise ValidationError(_("请填 1 到 %(n)s 之间的整数。", n=most))

    def given(self) -> tuple[int, str, str]:
        """Return what the service takes."""
        return self.days.value, self.reason.data, self.consent.data


class AnswerForm(RequestForm):
    """The outcome, the text, and who has the information instead."""

    outcome = EnumField(
        _l("答复结果"),
        DisclosureOutcome,
        _l("请选择答复的结果。"),
        hints={each: each.hint for each in DisclosureOutcome},
    )
    text = reason_field(_l("答复内容"), _l("请写下答复。"), TEXT_MAX, rows=8)
    referred_to = LineField(
        _l("负责公开的机关和联系方式"),
        most=REFERRED_MAX,
        description=_l("结果是“不属于本行政机关公开”、能够确定由谁公开时填写，申请人会看到。"),
    )

    def given(self) -> tuple[Answer]:
        """Return what the service takes."""
        return (Answer(self.outcome.value, self.text.data, self.referred_to.data),)

    @property
    def referred(self) -> str:
        """Who has the information; only with the outcome that it is not the organisation's."""
        ours = self.outcome.data is not DisclosureOutcome.NOT_OURS
        return "" if ours else self.referred_to.data

    def carried(self) -> dict[str, str]:
        """Return every field as hidden values for the preview."""
        return {
            "version": str(self.seen),
            "outcome": str(self.outcome.data),
            "text": self.text.data,
            "referred_to": self.referred_to.data,
        }


class ErasureRefusalForm(RequestForm):
    """Why the applicant is not erased."""

    ground = EnumListField(_l("依据"), ErasureRefusal, _l("请选择"), _l("请选择依据。"))
    reason = reason_field(_l("给申请人的说明"), _l("请写明理由。"), rows=2)

    def given(self) -> tuple[ErasureRefusal, str]:
        """Return what the service takes."""
        return self.ground.value, self.reason.data


class WithdrawalForm(RequestForm):
    """How and when the applicant withdrew the request."""

    reason = reason_field(_l("申请人怎样表示撤回"), _l("请写明申请人怎样、何时表示撤回。"))

    def given(self) -> tuple[str]:
        """Return what the service takes."""
        return (self.reason.data,)
