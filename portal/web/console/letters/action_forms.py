"""Forms of the actions on a letter."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.domain.errors import N_
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import TEXT_MAX, Action, DeclineReason
from portal.domain.whole_numbers import whole_number
from portal.models import Extension, Letter, Organisation, db
from portal.queries.letters.due import letter_rule
from portal.queries.office.people import handlers_of
from portal.queries.targets import named, target_condition, usual_targets
from portal.web.console.versioned_forms import VersionedForm, complain, reason_field
from portal.web.console.wording import in_brackets
from portal.web.core.clock import today
from portal.web.core.fields import (
    EnumField,
    EnumListField,
    LineField,
    ListField,
    OneOfField,
    WholeNumber,
)
from portal.web.core.language import label, say

WORDS_MAX = 100


class StepForm(VersionedForm):
    """The base of the forms of a letter."""

    action: Action

    def __init__(self, slug: str, letter: Letter, action: Action, **given: object) -> None:
        """Read what was sent, or with ``formdata=None`` begin an empty form for the letter."""
        self.letter = letter
        super().__init__(slug, letter, action, **given)


class PlainForm(StepForm):
    """Nothing but the button."""


class NoteForm(StepForm):
    """A note that may be left empty."""

    reason = reason_field(_l("说明"))


class ReasonForm(StepForm):
    """A reason that must be given."""

    reason = reason_field(_l("理由"), _l("请写明理由。"))


class DeclineForm(StepForm):
    """A coded reason with advice, and own words for this letter."""

    code = EnumField(_l("不予受理的理由"), DeclineReason, _l("请选择一项理由。"))
    reason = reason_field(_l("补充说明（来信人会看到）"))

    def prepare(self) -> None:
        """Show each coded reason with the advice the citizen will read."""
        self.advice = {code.value: _(code.hint) for code in DeclineReason}


class OrganisationForm(StepForm):
    """An organisation, chosen from the list or, without script, typed by name or code."""

    organisation = ListField(_l("单位"), validate_choice=False)
    words = LineField(_l("或输入单位名称"), most=WORDS_MAX)

    def prepare(self) -> None:
        """Offer the likeliest organisations, and whatever was chosen before."""
        self._offer(usual_targets(db.session(), self.letter, self.action, today()))

    def _offer(self, organisations: Sequence[Organisation]) -> None:
        self.organisation.choices = [("", _("请选择"))] + [
            (str(each.id), each.name) for each in organisations
        ]

    def validate(self) -> bool:
        """Find the organisation meant; several that fit become the list to choose from."""
        fits = super().validate()
        if self.organisation.data:
            return fits and self._numbered()
        if not self.words.data:
            complain(self.organisation, _("请选择单位。"))
            return False
        within = target_condition(self.letter, self.action, today())
        found = named(db.session(), within, self.words.data)
        if len(found) == 1:
            self.organisation.data = str(found[0].id)
            return fits
        self._offer(found or usual_targets(db.session(), self.letter, self.action, today()))
        complain(
            self.organisation,
            _("有几个单位符合，请在列表中选择。")
            if found
            else _("没有找到可选的单位，请换个名称。"),
        )
        return False

    def _numbered(self) -> bool:
        if whole_number(self.organisation.data) is not None:
            return True
        complain(self.organisation, _("没有这个单位，或它已停用，请重新选择。"))
        return False

    @property
    def organisation_id(self) -> int:
        """The organisation chosen; only after the form was found valid."""
        return int(self.organisation.value)


class DispatchForm(OrganisationForm):
    """The organisation that becomes responsible, with a note that may be empty."""

    reason = reason_field(_l("交办意见"))


class TransferForm(OrganisationForm):
    """The receiving organisation, with the reason."""

    reason = reason_field(_l("理由"), _l("请写明理由，接收单位会看到。"))


class InviteForm(OrganisationForm):
    """The organisation asked for help, and the matter."""

    text = reason_field(_l("请对方协助什么"), _l("请写明需要对方协助的事项。"), TEXT_MAX)


class AskForm(StepForm):
    """A question to the citizen."""

    text = reason_field(_l("请来信人补充什么"), _l("请写明需要来信人补充的内容。"), TEXT_MAX)


class ContributeForm(StepForm):
    """The contribution of a helping organisation."""

    text = reason_field(_l("协办意见"), _l("请写明协办意见。"), TEXT_MAX)


class MergeForm(StepForm):
    """The letter that this one is merged into."""

    parent_number = LineField(_l("主信编号"), _l("请填写主信的编号。"))
    reason = reason_field(_l("说明"))


class AssignForm(StepForm):
    """The handler of the letter."""

    assignee = ListField(_l("经办人"), validate_choice=False)

    def prepare(self) -> None:
        """Offer the handlers of the organisation that holds the letter."""
        people = handlers_of(db.session(), self.letter.organisation_id)
        self.assignee.choices = [("", _("不指定"))] + [(str(p.id), p.name) for p in people]
        if not self.bound:
            self.assignee.data = str(self.letter.assignee_id or "")

    @property
    def user_id(self) -> int | None:
        """The person chosen, nobody, or 0 for what is no person at all."""
        return whole_number(self.assignee.data) or 0 if self.assignee.data else None


class KindForm(StepForm):
    """Another kind, with the reason."""

    kind = EnumListField(_l("改为"), Kind, N_("请选择"), _l("请选择类别。"))
    reason = reason_field(_l("理由"), _l("请写明理由。"))

    def prepare(self) -> None:
        """Offer the other kinds."""
        others = [kind for kind in Kind if kind is not self.letter.kind]
        self.kind.choices = [("", _("请选择"))] + [(kind.value, label(kind)) for kind in others]


class ExtensionForm(StepForm):
    """Further working days, with the reason."""

    days = WholeNumber(_l("延长天数"), _l("请填写天数。"))
    reason = reason_field(_l("理由"), _l("请写明为什么需要延期。"))

    def prepare(self) -> None:
        """State the days that the rule allows."""
        rule = letter_rule(db.session(), self.letter)
        self.allowance = _(
            "按规定最多延长 %(n)s 个工作日（%(source)s）。",
            n=rule.extension_days,
            source=say(rule.source),
        )


def _asked(extension: Extension) -> str:
    """Return the requested extension as a sentence, with the requester where known."""
    days = _("申请延长 %(n)s 个工作日", n=extension.days)
    who = in_brackets(days, extension.requester.name if extension.requester else "")
    return str(_("%(asked)s：%(why)s", asked=who, why=extension.reason))


class DecisionForm(StepForm):
    """Granted or not; a refusal needs a word."""

    granted = OneOfField(_l("批复"), _l("请选择同意或不同意。"))
    note = reason_field(_l("批复意见（不同意时必填）"))

    def prepare(self) -> None:
        """State the requested extension, and offer both answers."""
        asked = self.letter.pending_extension
        self.asked = _asked(asked) if asked else ""
        self.granted.choices = [("yes", _("同意延期")), ("no", _("不同意延期"))]
