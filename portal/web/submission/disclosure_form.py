"""The application for disclosure as a form: on the web by its applicant, at the counter by staff."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field
from wtforms.validators import ValidationError

from portal.domain.disclosure.application import (
    ADDRESS_MAX,
    DESCRIPTION_MAX,
    DOCUMENT_MAX,
    NAME_MAX,
    TITLE_MAX,
    ApplicantKind,
    Application,
    Delivery,
    WishedForm,
    identity_fault,
    plain_identity,
)
from portal.domain.errors import N_
from portal.web.core import fields
from portal.web.core.typed import WORDS_MAX
from portal.web.submission.files_field import FilesField
from portal.web.submission.form import ChosenOrTyped, SubmissionForm


class ApplicationForm(SubmissionForm):
    """An application with the contents that Art. 29 requires."""

    fallback = "description"
    none = N_("请选择")

    organisation = fields.ListField(
        _l("向哪个行政机关申请"),
        validators=[ChosenOrTyped(_l("请选择向哪个行政机关申请。"))],
        validate_choice=False,
        default="",
    )
    organisation_words = fields.LineField(_l("或写出行政机关的名称"), most=WORDS_MAX)
    organisation_meant = fields.OneOfField(
        _l("您要申请的行政机关"), choices=[], validate_choice=False
    )
    title = fields.LineField(
        _l("信息名称"),
        _l("请写出要哪份文件、哪项数据，不知道准确名称可以概括地写。"),
        TITLE_MAX,
    )
    document_number = fields.LineField(_l("文号"), most=DOCUMENT_MAX)
    description = fields.TextField(
        _l("内容描述"),
        _l("请描述要的信息，例如时间、地点、事项，方便查找。"),
        DESCRIPTION_MAX,
    )
    files = FilesField(_l("照片和文件"))
    wished_form = fields.EnumField(_l("要什么形式"), WishedForm, _l("请选择信息的形式。"))
    delivery = fields.EnumField(_l("怎样获取"), Delivery, _l("请选择获取信息的方式。"))
    applicant_kind = fields.EnumField(
        _l("申请人"), ApplicantKind, _l("请选择以个人还是以单位的名义申请。")
    )
    applicant = fields.LineField(
        _l("姓名或单位名称"), _l("请填写申请人的姓名或单位名称。"), NAME_MAX
    )
    identity = fields.LineField(
        _l("证件号码"),
        _l("请填写证件号码；条例要求申请附身份证明。"),
        render_kw={"data-draft-skip": ""},
    )
    phone = fields.PhoneField(_l("电话"))
    email = fields.MailField(_l("电子邮箱"))
    address = fields.LineField(_l("通信地址"), most=ADDRESS_MAX)
    form_token = fields.HiddenTextField()

    def filter_identity(self, text: str) -> str:
        """Return the number of a paper without blanks and dashes."""
        return plain_identity(text)

    def validate_identity(self, field: Field) -> None:
        """Refuse a number that does not fit its kind of paper."""
        kind = self.applicant_kind.data
        if kind and (fault := identity_fault(kind, field.data)):
            raise ValidationError(_(fault))

    def validate_phone(self, field: Field) -> None:
        """Require a telephone number, an e-mail address or a postal address."""
        if not (field.data or self.email.data or self.address.data):
            raise ValidationError(_("请留下电话、电子邮箱、通信地址中的一项。"))

    def validate_email(self, field: Field) -> None:
        """Require an e-mail address where the answer is to be sent to it."""
        if not field.data and self.delivery.data is Delivery.EMAIL:
            raise ValidationError(_("要用电子邮件获取，请填写电子邮箱。"))

    def application(self) -> Application:
        """Return the input as the service takes it."""
        return Application(
            organisation_id=self.organisation_id,
            applicant_kind=self.applicant_kind.value,
            applicant=self.applicant.data,
            identity=self.identity.data,
            phone=self.phone.data,
            email=self.email.data,
            address=self.address.data,
            title=self.title.data,
            document_number=self.document_number.data,
            description=self.description.data,
            wished_form=self.wished_form.value,
            delivery=self.delivery.value,
        )
