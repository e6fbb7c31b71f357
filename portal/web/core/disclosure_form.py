"""The application for disclosure as a form: on the web by its applicant, at the counter by staff."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import enum_choices, enum_coerce
from wtforms.validators import DataRequired, Optional, ValidationError

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
from portal.queries.office.directory import Place
from portal.services.core.typed_text import clean
from portal.web.core.language import label
from portal.web.core.sent_form import Groups, SentForm
from portal.web.core.typed import at_most, one_line, plain_email, plain_phone
from portal.web.core.typed_place import WORDS_MAX, ChosenOrTyped


def _plain_identity(text: str | None) -> str:
    return plain_identity(text or "")


class ApplicationForm(SentForm, FlaskForm):  # type: ignore[misc]
    """What Art. 29 asks for; the fields stand in the order of the page, and so do their errors."""

    main = "description"

    organisation = SelectField(
        _l("向哪个行政机关申请"),
        validators=[ChosenOrTyped(_l("请选择向哪个行政机关申请。"))],
        validate_choice=False,
        default="",
    )
    organisation_words = StringField(
        _l("或写出行政机关的名称"), filters=[one_line], validators=[at_most(WORDS_MAX)]
    )
    organisation_meant = RadioField(_l("您要申请的行政机关"), choices=[], validate_choice=False)
    title = StringField(
        _l("信息名称"),
        filters=[one_line],
        validators=[
            DataRequired(_l("请写出要哪份文件、哪项数据，不知道准确名称可以概括地写。")),
            at_most(TITLE_MAX),
        ],
    )
    document_number = StringField(
        _l("文号"), filters=[one_line], validators=[Optional(), at_most(DOCUMENT_MAX)]
    )
    description = TextAreaField(
        _l("内容描述"),
        filters=[clean],
        validators=[
            DataRequired(_l("请描述要的信息，例如时间、地点、事项，方便查找。")),
            at_most(DESCRIPTION_MAX),
        ],
    )
    wished_form = RadioField(
        _l("要什么形式"),
        choices=lambda: enum_choices(WishedForm, label=label),
        coerce=enum_coerce(WishedForm),
        validators=[DataRequired(_l("请选择信息的形式。"))],
        validate_choice=False,
    )
    delivery = RadioField(
        _l("怎样获取"),
        choices=lambda: enum_choices(Delivery, label=label),
        coerce=enum_coerce(Delivery),
        validators=[DataRequired(_l("请选择获取信息的方式。"))],
        validate_choice=False,
    )
    applicant_kind = RadioField(
        _l("申请人"),
        choices=lambda: enum_choices(ApplicantKind, label=label),
        coerce=enum_coerce(ApplicantKind),
        validators=[DataRequired(_l("请选择以个人还是以单位的名义申请。"))],
        validate_choice=False,
    )
    applicant = StringField(
        _l("姓名或单位名称"),
        filters=[one_line],
        validators=[DataRequired(_l("请填写申请人的姓名或单位名称。")), at_most(NAME_MAX)],
    )
    identity = StringField(
        _l("证件号码"),
        filters=[_plain_identity],
        validators=[DataRequired(_l("请填写证件号码；条例要求申请附身份证明。"))],
        render_kw={"data-draft-skip": ""},
    )
    phone = TelField(_l("电话"), filters=[plain_phone])
    email = EmailField(_l("电子邮箱"), filters=[plain_email])
    address = StringField(
        _l("通信地址"), filters=[one_line], validators=[Optional(), at_most(ADDRESS_MAX)]
    )
    form_token = HiddenField()

    def prepare(self, groups: Groups, chosen: Place | None, unclear: str | None = None) -> None:
        """Offer organisations by group, and ``chosen`` where it is not among them.

        ``unclear`` says why an organisation typed by name was not understood.
        """
        self.list_organisations(_("请选择"), groups, chosen, unclear)

    def validate_identity(self, field: Field) -> None:
        """A number that fits its paper."""
        kind = self.applicant_kind.data
        fault = identity_fault(kind, field.data) if isinstance(kind, ApplicantKind) else None
        if fault:
            raise ValidationError(_(fault))

    def validate_phone(self, field: Field) -> None:
        """One way to reach the applicant is needed, any will do."""
        missing = _("请留下电话、电子邮箱、通信地址中的一项。")
        self.check_phone(field, [self.email, self.address], missing)

    def validate_email(self, field: Field) -> None:
        """An address that mail could reach; needed where the answer shall come by mail."""
        super().validate_email(field)
        if not field.data and self.delivery.data is Delivery.EMAIL:
            raise ValidationError(_("要用电子邮件获取，请填写电子邮箱。"))

    def application(self) -> Application:
        """Return what was typed, as the service takes it."""
        return Application(
            organisation_id=self.organisation_id,
            applicant_kind=self.applicant_kind.data,
            applicant=self.applicant.data,
            identity=self.identity.data,
            phone=self.phone.data,
            email=self.email.data,
            address=self.address.data,
            title=self.title.data,
            document_number=self.document_number.data,
            description=self.description.data,
            wished_form=self.wished_form.data,
            delivery=self.delivery.data,
        )
