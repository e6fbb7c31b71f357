"""Forms of publication: propose, settle a finding, mark a phrase, decide, withdraw from the web."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms.validators import AnyOf, Length

from portal.domain.letters.states import RefusalReason
from portal.domain.redaction import Decision, PublicField
from portal.services.archive.redacting import REASON_MAX as KEEP_MAX
from portal.web.console.letters.action_forms import StepForm
from portal.web.console.versioned_forms import VersionField, reason_field
from portal.web.core.fields import EnumField, HiddenTextField, LineField, OneOfField, VerbatimField

FIELD_WORDS = {
    PublicField.TITLE: _l("标题"),
    PublicField.TEXT: _l("来信"),
    PublicField.REPLY: _l("答复"),
}


class ProposeForm(StepForm):
    """A note to the reviewer."""

    reason = reason_field(_l("给审核人的说明"), most=KEEP_MAX)


class SettleForm(StepForm):
    """Mask a finding, or keep it with a reason."""

    decision = HiddenTextField(validators=[AnyOf([Decision.MASK, Decision.KEEP])])
    reason = LineField(_l("保留的理由"), most=KEEP_MAX)


class MarkForm(StepForm):
    """A phrase to mask wherever it occurs in one of the texts."""

    field = OneOfField(_l("在哪里"), _l("请选择一项。"))
    phrase = VerbatimField(
        _l("要脱敏的文字"),
        _l("请从原文复制要脱敏的文字。"),
        [Length(max=KEEP_MAX, message=_l("最多 %(n)s 字，请分几次标记。", n=KEEP_MAX))],
    )

    def prepare(self) -> None:
        """Offer the texts of the copy."""
        self.field.choices = [(each.value, words) for each, words in FIELD_WORDS.items()]
        if self.field.data is None:
            self.field.data = PublicField.TEXT.value


class PublishForm(StepForm):
    """The redaction as the reviewer saw it."""

    proposal_version = VersionField()

    def prepare(self) -> None:
        """Carry the version of what is proposed now."""
        proposal = self.letter.open_proposal
        if not self.proposal_version.raw_data and proposal is not None:
            self.proposal_version.data = proposal.version

    @property
    def seen_proposal(self) -> int:
        """The version of the proposal that was looked at."""
        return -1 if self.proposal_version.data is None else self.proposal_version.data


class RefuseForm(StepForm):
    """A coded reason against publication, with words of one's own."""

    code = EnumField(_l("理由"), RefusalReason, _l("请选择一项理由。"))
    reason = reason_field(_l("说明"), most=KEEP_MAX)


class WithdrawForm(RefuseForm):
    """A coded reason to unpublish an entry, with an explanation."""

    reason = reason_field(_l("说明"), _l("请写明为什么撤下。"), most=KEEP_MAX)
