"""Forms of the actions on a letter."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from portal.domain.errors import N_
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import TEXT_MAX, Action, DeclineReason
from portal.domain.whole_numbers import whole_number
from portal.models import Letter, Organisation, db
from portal.queries.letters.due import letter_rule
from portal.queries.office.people import handlers_of
from portal.queries.staffing import without_staff
from portal.queries.targets import find, named, target_condition, usual_targets
from portal.services.office.organisations import NAME_MAX
from portal.web.console.subject_page import in_brackets
from portal.web.console.versioned_forms import VersionedForm, reason_field
from portal.web.core.clock import today
from portal.web.core.fields import (
    EnumField,
    EnumListField,
    LineField,
    ListField,
    OneOfField,
    TickField,
    WholeNumber,
)
from portal.web.core.language import label, say
from portal.web.core.typed import one_line

NUMBER_MAX = 40
"""Characters of the number of a letter that an address may name."""


class StepForm(VersionedForm[Letter, Action]):
    """A form of a letter."""

    @property
    def address(self) -> str:
        """The address of the step."""
        return url_for(f"console.{self.slug.replace('-', '_')}", number=self.subject.number)


class PlainForm(StepForm):
    """Nothing but the button."""

    def given(self) -> tuple[()]:
        """Return what the service takes."""
        return ()


class NoteForm(StepForm):
    """A note that may be left empty."""

    reason = reason_field(_l("说明"))

    def given(self) -> tuple[str]:
        """Return what the service takes."""
        return (self.reason.data,)


class ReasonForm(NoteForm):
    """A reason that must be given."""

    reason = reason_field(_l("理由"), _l("请写明理由。"))


class DeclineForm(StepForm):
    """A coded reason, shown with the advice the citizen will read, and own words for this letter."""

    code = EnumField(
        _l("不予受理的理由"),
        DeclineReason,
        _l("请选择一项理由。"),
        hints={code: code.hint for code in DeclineReason},
    )
    reason = reason_field(_l("补充说明（来信人会看到）"))

    def given(self) -> tuple[DeclineReason, str]:
        """Return what the service takes."""
        return self.code.value, self.reason.data


class OrganisationForm(StepForm):
    """An organisation, chosen from the list or, without script, typed by name or code."""

    organisation = ListField(_l("单位"), validate_choice=False)
    words = LineField(
        _l("或输入单位名称"),
        most=NAME_MAX,
        description=_l("列表中没有的单位，可在这里输入名称或代码。"),
    )

    def prepare(self) -> None:
        """Offer the likeliest organisations, and whatever was chosen before."""
        self._offer(usual_targets(db.session(), self.subject, self.action, today()))

    def _offer(self, organisations: Sequence[Organisation]) -> None:
        empty = without_staff(db.session(), organisations)
        self.organisation.choices = [("", _("请选择"))] + [
            (str(o.id), _("%(name)s（暂无人员）", name=o.name) if o.id in empty else o.name)
            for o in organisations
        ]

    def validate_organisation(self, field: Field) -> None:
        """Find the organisation meant; several that fit become the list to choose from."""
        if field.data:
            if whole_number(field.data) is None:
                raise ValidationError(_("没有这个单位，或它已停用，请重新选择。"))
            return
        if not self.words.data:
            raise ValidationError(_("请选择单位。"))
        within = target_condition(self.subject, self.action, today())
        found = named(db.session(), within, self.words.data)
        if not found:
            meant = find(db.session(), within, self.words.data)
            if meant:
                self._offer(meant)
                raise ValidationError(_("没有叫这个名称的单位，请在列表中选择。"))
            raise ValidationError(_("没有找到可选的单位，请换个名称。"))
        if len(found) > 1:
            self._offer(found)
            raise ValidationError(_("有几个单位符合，请在列表中选择。"))
        field.data = str(found[0].id)

    @property
    def organisation_id(self) -> int:
        """The organisation chosen; only after the form was found valid."""
        return int(self.organisation.value)


class DispatchForm(OrganisationForm):
    """The organisation that becomes responsible, with a note that may be empty."""

    reason = reason_field(_l("交办意见"))

    def given(self) -> tuple[int, str]:
        """Return what the service takes."""
        return self.organisation_id, self.reason.data


class TransferForm(DispatchForm):
    """The receiving organisation, with the reason."""

    reason = reason_field(_l("理由"), _l("请写明理由，接收单位会看到。"))


class InviteForm(OrganisationForm):
    """The organisation asked for help, and the matter."""

    text = reason_field(_l("请对方协助什么"), _l("请写明需要对方协助的事项。"), TEXT_MAX, rows=5)

    def given(self) -> tuple[int, str]:
        """Return what the service takes."""
        return self.organisation_id, self.text.data


class AskForm(StepForm):
    """A question to the citizen."""

    text = reason_field(
        _l("请来信人补充什么"), _l("请写明需要来信人补充的内容。"), TEXT_MAX, rows=5
    )

    def given(self) -> tuple[str]:
        """Return what the service takes."""
        return (self.text.data,)


class ContributeForm(AskForm):
    """The contribution of a helping organisation."""

    text = reason_field(_l("协办意见"), _l("请写明协办意见。"), TEXT_MAX, rows=5)


class MergeForm(StepForm):
    """The letter that this one is merged into."""

    parent_number = LineField(
        _l("主信编号"),
        _l("请填写主信的编号。"),
        description=_l("并入哪一封信，填写那封信的编号。"),
        render_kw={"inputmode": "numeric"},
    )
    reason = reason_field(_l("说明"))
    sure = TickField(_l("两封信反映的确实是同一问题"))

    @property
    def begun(self) -> bool:
        """Whether the address of the page names the letter to merge into."""
        return not self.bound and bool(self.parent_number.data)

    @property
    def shown(self) -> list[Field]:
        """The fields that a person fills in; the box only once it was asked for."""
        asked = self.sure.errors or self.sure.data
        return [each for each in super().shown if each is not self.sure or asked]

    def prepare(self) -> None:
        """Begin with the letter that the address of the page names."""
        if not self.bound:
            self.parent_number.data = one_line(request.args.get("merge_into", ""))[:NUMBER_MAX]

    def given(self) -> tuple[str, str, bool]:
        """Return what the service takes."""
        return self.parent_number.data, self.reason.data, self.sure.data


class AssignForm(StepForm):
    """The handler of the letter."""

    assignee = ListField(_l("经办人"), validate_choice=False)

    def prepare(self) -> None:
        """Offer the handlers of the organisation that holds the letter."""
        people = handlers_of(db.session(), self.subject.organisation_id)
        self.assignee.choices = [("", _("不指定"))] + [(str(p.id), p.name) for p in people]
        if not self.bound:
            self.assignee.data = str(self.subject.assignee_id or "")

    def given(self) -> tuple[int | None]:
        """Return the person chosen, nobody, or 0 for what is no person at all."""
        return (whole_number(self.assignee.data) or 0 if self.assignee.data else None,)


class KindForm(StepForm):
    """Another kind, with the reason."""

    kind = EnumListField(_l("改为"), Kind, N_("请选择"), _l("请选择类别。"))
    reason = reason_field(_l("理由"), _l("请写明理由。"))

    def prepare(self) -> None:
        """Offer the other kinds."""
        others = [kind for kind in Kind if kind is not self.subject.kind]
        self.kind.choices = [("", _("请选择"))] + [(kind.value, label(kind)) for kind in others]

    def given(self) -> tuple[Kind, str]:
        """Return what the service takes."""
        return self.kind.value, self.reason.data


class ExtensionForm(StepForm):
    """Further days, which the service limits by the rule, with the reason."""

    days = WholeNumber(_l("延长天数"), _l("请填写天数。"), render_kw={"inputmode": "numeric"})
    reason = reason_field(_l("理由"), _l("请写明为什么需要延期。"))

    def prepare(self) -> None:
        """State the days that the rule allows."""
        rule = letter_rule(db.session(), self.subject)
        most = say(rule.span(rule.extension_days))
        self.days.description = _(
            "按规定最多延长 %(most)s（%(source)s）。", most=most, source=say(rule.source)
        )

    def given(self) -> tuple[int, str]:
        """Return what the service takes."""
        return self.days.value, self.reason.data


class AppealForm(StepForm):
    """Taken over or not; that it stays declined needs a word, which the sender reads."""

    accepted = OneOfField(_l("复核决定"), _l("请选择受理或维持不予受理。"))
    note = reason_field(_l("理由（维持时必填，来信人会看到）"))

    def prepare(self) -> None:
        """Offer both answers."""
        self.accepted.choices = [
            ("yes", _("予以受理，由本单位办理")),
            ("no", _("维持不予受理")),
        ]

    def given(self) -> tuple[bool, str]:
        """Return what the service takes."""
        return self.accepted.data == "yes", self.note.data


class DecisionForm(StepForm):
    """Granted or not; a refusal needs a word."""

    granted = OneOfField(_l("批复"), _l("请选择同意或不同意。"))
    note = reason_field(_l("批复意见（不同意时必填）"))

    def prepare(self) -> None:
        """State the requested extension, and offer both answers."""
        if asked := self.subject.pending_extension:
            span = say(letter_rule(db.session(), self.subject).span(asked.days))
            days = _("申请延长 %(days)s", days=span)
            who = in_brackets(days, asked.requester.name if asked.requester else "")
            self.granted.description = _("%(asked)s：%(why)s", asked=who, why=asked.reason)
        self.granted.choices = [("yes", _("同意延期")), ("no", _("不同意延期"))]

    def given(self) -> tuple[bool, str]:
        """Return what the service takes."""
        return self.granted.data == "yes", self.note.data
