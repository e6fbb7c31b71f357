"""The form of a new letter: its fields and the messages of their errors."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from portal.domain.errors import N_
from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.letters.states import PERSON_NAME_MAX, TEXT_MAX, TITLE_MAX
from portal.services.letters.submission import NewLetter
from portal.web.core import fields
from portal.web.core.language import page_locale
from portal.web.core.typed import WORDS_MAX
from portal.web.submission.files_field import FilesField
from portal.web.submission.form import SubmissionForm
from portal.web.submission.message_choice import (
    NO_MESSAGES,
    chosen_channel,
    offer_channels,
    refuse_without_contact,
)


class WriteForm(SubmissionForm):
    """A new letter."""

    fallback = "text"
    none = N_("不清楚，由信箱办分办")
    may_be_unknown = True

    kind = fields.EnumField(
        _l("这封信是"),
        Kind,
        _l("请选一个类别；拿不准就选“咨询”。"),
        hints={kind: kind.hint for kind in Kind},
    )
    organisation = fields.ListField(_l("写给哪个单位"), validate_choice=False, default="")
    organisation_words = fields.LineField(_l("或写出单位名称"), most=WORDS_MAX)
    organisation_meant = fields.OneOfField(_l("您要写给的单位"), choices=[], validate_choice=False)
    title = fields.LineField(_l("标题"), _l("请写一个标题，一句话说明是什么事。"), TITLE_MAX)
    text = fields.TextField(_l("正文"), _l("请写下要反映的情况，空白的信无法办理。"), TEXT_MAX)
    files = FilesField(_l("照片和文件"))
    name = fields.LineField(
        _l("姓名"), _l("请填写姓名，承办单位联系您时需要知道怎么称呼。"), PERSON_NAME_MAX
    )
    phone = fields.PhoneField(_l("电话"))
    email = fields.MailField(_l("电子邮箱"))
    messages = fields.OneOfField(
        _l("办理有进展时通知您"), choices=[], validate_choice=False, default=NO_MESSAGES
    )
    consent = fields.TickField(_l("办结后，同意把隐去个人信息的信件和答复公示出来，供其他人参考"))
    form_token = fields.HiddenTextField()

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        offer_channels(self.messages)

    def validate_messages(self, field: Field) -> None:
        """Require the contact that messages go to."""
        refuse_without_contact(field, self.phone.data, self.email.data)

    def validate_organisation(self, field: Field) -> None:
        """Refuse what is no id; the service checks whether the organisation takes letters."""
        if field.data and self.organisation_id is None:
            raise ValidationError(_("没有这个单位，请重新选择。"))

    def validate_phone(self, field: Field) -> None:
        """Require a telephone number or an e-mail address."""
        if not (field.data or self.email.data):
            raise ValidationError(_("请留下电话或电子邮箱中的一项，方便我们联系您。"))

    @property
    def consents(self) -> bool:
        """Whether the letter may be published; a report of wrongdoing never may."""
        kind = self.kind.data
        return self.consent.data and (kind is None or KINDS[kind].publishable)

    def carried(self) -> dict[str, str]:
        """Return every field as hidden values for the preview, in the order of the page."""
        return {**super().carried(), "consent": "y" if self.consents else ""}

    def letter(self) -> NewLetter:
        """Return the input as the service takes it."""
        return NewLetter(
            kind=self.kind.value,
            title=self.title.data,
            text=self.text.data,
            name=self.name.data,
            phone=self.phone.data,
            email=self.email.data,
            consent=self.consents,
            organisation_id=self.organisation_id,
            organisation_words=self.words_not_found,
            messages=chosen_channel(self.messages),
            language=page_locale(),
        )
