"""Forms of the actions on a request for disclosure, of its registration and of its list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from portal.domain.disclosure.application import COMPLETION_DAYS, COMPLETION_DAYS_MOST
from portal.domain.disclosure.requests import DisclosureAction, DisclosureOutcome
from portal.domain.letters.states import PERSON_NAME_MAX, TEXT_MAX
from portal.models import DisclosureRequest, Organisation, db
from portal.queries.disclosure.due import latest_extended, rule_of
from portal.queries.rules import deadline_rules
from portal.services.disclosure.requests import REFERRED_MAX, Answer
from portal.web.console.versioned_forms import VersionedForm, reason_field
from portal.web.core.clock import today
from portal.web.core.fields import DayField, EnumField, LineField, ListField, WholeNumber
from portal.web.core.forms import FilterForm
from portal.web.core.language import day

WORDS_MAX = 60


class RequestForm(VersionedForm):
    """The base of the forms of a request; without fields of its own nothing but the button."""

    action: DisclosureAction

    def __init__(
        self, slug: str, request: DisclosureRequest, action: DisclosureAction, **given: object
    ) -> None:
        """Read what was sent, or with ``formdata=None`` begin an empty form for the request."""
        self.request = request
        super().__init__(slug, request, action, **given)


class CompletionNoticeForm(RequestForm):
    """All points that the applicant must clear up, and the last day for it."""

    text = reason_field(
        _l("需要补正的事项"), _l("请一次写明需要补正的全部事项和补正的办法。"), TEXT_MAX
    )
    complete_by = DayField(_l("补正期限"), _l("请填写补正的最后一天。"))

    def prepare(self) -> None:
        """Set the usual last day and state the most days allowed."""
        self.time_allowed = _("给申请人合理的时间，最长 %(n)s 日。", n=COMPLETION_DAYS_MOST)
        if not self.bound:
            self.complete_by.data = today() + timedelta(days=COMPLETION_DAYS)


class CompletedForm(RequestForm):
    """The completion that the applicant handed in on paper or by word of mouth."""

    text = reason_field(_l("补正的内容"), _l("请写下申请人补正的内容。"), TEXT_MAX)


class ExtensionForm(RequestForm):
    """Further working days, with the reason and who agreed."""

    days = WholeNumber(_l("延长几个工作日"), _l("请填写延长几个工作日。"))
    reason = reason_field(_l("理由（申请人会看到）"), _l("请写明为什么需要延期。"))
    consent = LineField(
        _l("同意延期的负责人"),
        _l("请填写同意延期的政府信息公开工作机构负责人。"),
        PERSON_NAME_MAX,
    )

    def prepare(self) -> None:
        """State the days that the law allows, and the due date with all of them."""
        read = db.session()
        self.rule = rule_of(deadline_rules(read), self.request)
        self.allowance = _(
            "最多 %(n)s 个工作日，接着现在的期限往后算；延满是 %(day)s。",
            n=self.rule.extension_days,
            day=day(latest_extended(read, self.request)),
        )

    def validate_days(self, field: Field) -> None:
        """Refuse more days than the law allows, as the service does."""
        if field.data is not None and not 1 <= field.data <= self.rule.extension_days:
            most = self.rule.extension_days
            raise ValidationError(_("请填 1 到 %(n)s 之间的整数。", n=most))


class AnswerForm(RequestForm):
    """The outcome, the text, and who has the information instead."""

    outcome = EnumField(_l("答复结果"), DisclosureOutcome, _l("请选择答复的结果。"))
    text = reason_field(_l("答复内容"), _l("请写下答复。"), TEXT_MAX)
    referred_to = LineField(_l("负责公开的机关和联系方式"), most=REFERRED_MAX)

    def prepare(self) -> None:
        """Set the hint of each outcome."""
        self.hints = {o.value: _(o.hint) for o in DisclosureOutcome}

    def answer(self) -> Answer:
        """Return the input as the service takes it."""
        return Answer(self.outcome.value, self.text.data, self.referred_to.data)

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


class WithdrawalForm(RequestForm):
    """How and when the applicant withdrew the request."""

    reason = reason_field(_l("申请人怎样表示撤回"), _l("请写明申请人怎样、何时表示撤回。"))


class RequestFilterForm(FilterForm):
    """The filters of the list of requests."""

    q = LineField(_l("编号、名称或文号"))
    organisation = ListField(_l("被申请机关（含下级）"), validate_choice=False)

    def offer(self, organisations: Sequence[Organisation]) -> None:
        """Offer ``organisations`` to choose from."""
        self.organisation.choices = [("", _("全部单位"))] + [
            (str(each.id), each.name) for each in organisations
        ]
