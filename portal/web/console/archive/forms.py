"""Forms of publication: propose, settle a finding, mask a phrase, decide, unpublish."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _l
from wtforms.validators import AnyOf, Length

from portal.domain.letters.states import (
    STORED_TITLE_MAX,
    EarlierVersions,
    RefusalReason,
    UnpublishReason,
)
from portal.domain.redaction import Decision, PublicField
from portal.models import db
from portal.queries.archive.corrections import texts_of
from portal.queries.archive.table import public_entry
from portal.services.archive.publication import CORRECTED_MAX, CorrectedTexts
from portal.services.archive.redacting import REASON_MAX
from portal.web.console.letters.forms import NoteForm, StepForm
from portal.web.console.versioned_forms import reason_field
from portal.web.core.fields import (
    EnumField,
    HiddenTextField,
    LineField,
    TextField,
    TickField,
    VerbatimField,
    VersionField,
)


class ProposeForm(NoteForm):
    """A note to the reviewer."""

    reason = reason_field(_l("给审核人的说明"), most=REASON_MAX, rows=2)


class CorrectionForm(StepForm):
    """Other words for the public texts, which it begins with, and why."""

    title = LineField(_l("标题"), _l("请填写标题。"), STORED_TITLE_MAX)
    text = TextField(_l("来信"), _l("请填写来信的公开内容。"), CORRECTED_MAX, render_kw={"rows": 8})
    question = TextField(
        _l("请来信人补充"),
        _l("请填写请来信人补充的公开内容。"),
        CORRECTED_MAX,
        render_kw={"rows": 4},
    )
    supplement = TextField(
        _l("来信人补充"),
        _l("请填写来信人补充的公开内容。"),
        CORRECTED_MAX,
        render_kw={"rows": 4},
    )
    reply = TextField(
        _l("答复"), _l("请填写答复的公开内容。"), CORRECTED_MAX, render_kw={"rows": 12}
    )
    reason = reason_field(_l("更正的理由"), _l("请写明为什么更正。"), REASON_MAX, rows=2)
    hides_earlier = TickField(
        _l("以前的内容不再显示"),
        description=_l("更正是为了删去个人信息时勾选：以前各版的文字会从公示页和订阅里清除。"),
    )

    def prepare(self) -> None:
        """Begin with what the public reads now; what the entry does not have is not asked for."""
        entry = public_entry(db.session(), self.subject)
        texts = texts_of(entry) if entry else {}
        for field in (PublicField.QUESTION, PublicField.SUPPLEMENT):
            if not texts.get(field):
                delattr(self, field.value)
        if not self.bound:
            for field, text in texts.items():
                if field.value in self:
                    self[field.value].data = text

    def given(self) -> tuple[CorrectedTexts, str, EarlierVersions]:
        """Return what the service takes."""
        hides = self.hides_earlier.data
        texts = {each.value: self[each.value].data for each in PublicField if each.value in self}
        return (
            CorrectedTexts(**texts),
            self.reason.data,
            EarlierVersions.HIDDEN if hides else EarlierVersions.KEPT,
        )


class SettleForm(StepForm):
    """Mask a finding, or keep it with a reason."""

    decision = HiddenTextField(validators=[AnyOf([Decision.MASK, Decision.KEEP])])
    reason = LineField(_l("保留的理由"), most=REASON_MAX)

    @property
    def address(self) -> str:
        """The address of the finding, whose number ends the name of the form."""
        mask_id = self.slug.rpartition("-")[2]
        return url_for("console.settle", number=self.subject.number, mask_id=mask_id)

    def given(self) -> tuple[Decision, str]:
        """Return what the service takes."""
        return Decision(self.decision.value), self.reason.data


class MaskForm(StepForm):
    """A phrase to mask wherever it occurs in one of the texts."""

    field = EnumField(_l("在哪里"), PublicField, _l("请选择一项。"), default=PublicField.TEXT)
    phrase = VerbatimField(
        _l("要脱敏的文字"),
        _l("请从原文复制要脱敏的文字。"),
        [Length(max=REASON_MAX, message=_l("最多 %(n)s 字，请分几次标记。", n=REASON_MAX))],
        description=_l("从原文复制，出现几次就脱敏几次。"),
    )

    def given(self) -> tuple[PublicField, str]:
        """Return what the service takes."""
        return self.field.value, self.phrase.value


class PublishForm(StepForm):
    """The redaction as the reviewer saw it."""

    proposal_version = VersionField()

    def prepare(self) -> None:
        """Carry the version of what is proposed now."""
        proposal = self.subject.open_proposal
        if not self.bound and proposal is not None:
            self.proposal_version.carry(proposal.version)

    def given(self) -> tuple[int]:
        """Return what the service takes."""
        return (self.proposal_version.seen,)


class RefuseForm(StepForm):
    """A coded reason against publication, with words of one's own."""

    code = EnumField(_l("理由"), RefusalReason, _l("请选择一项理由。"))
    reason = reason_field(_l("说明"), most=REASON_MAX, rows=2)

    def given(self) -> tuple[RefusalReason, str]:
        """Return what the service takes."""
        return self.code.value, self.reason.data


class UnpublishForm(StepForm):
    """A coded reason to unpublish an entry, with an explanation."""

    code = EnumField(_l("理由"), UnpublishReason, _l("请选择一项理由。"))
    reason = reason_field(_l("说明"), _l("请写明为什么撤下。"), REASON_MAX, rows=2)

    def given(self) -> tuple[UnpublishReason, str]:
        """Return what the service takes."""
        return self.code.value, self.reason.data
