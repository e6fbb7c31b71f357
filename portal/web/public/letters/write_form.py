"""The form of a new letter: what it asks, and how it says what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice, enum_choices, enum_coerce
from wtforms.validators import DataRequired, Optional, ValidationError

from portal.domain.letters.kinds import KINDS, Kind
from portal.domain.letters.states import TEXT_MAX, TITLE_MAX
from portal.domain.organisations import OrganisationKind
from portal.models import Organisation
from portal.queries.office.directory import Place
from portal.services.core.typed_text import clean
from portal.services.letters.submission import NewLetter
from portal.web.core.language import label, say
from portal.web.core.sent_form import SentForm
from portal.web.core.typed import at_most, one_line, plain_email, plain_phone
from portal.web.core.typed_place import UNKNOWN, WORDS_MAX

NAME_MAX = 50


def kind_hints() -> dict[Kind, str]:
    """Return what each kind is for, in the language of the page."""
    return {kind: say(row.hint) for kind, row in KINDS.items()}


class WriteForm(SentForm, FlaskForm):  # type: ignore[misc]
    """A new letter; the fields stand in the order of the page, and so do their errors."""

    main = "text"
    nothing_near = _l("没有叫“%(words)s”的单位，请换个写法；不清楚就由信箱办分办。")

    kind = RadioField(
        _l("这封信是"),
        choices=lambda: enum_choices(Kind, label=label),
        coerce=enum_coerce(Kind),
        validators=[DataRequired(_l("请选一个类别；拿不准就选“咨询”。"))],
        validate_choice=False,
    )
    organisation = SelectField(
        _l("写给哪个单位"), validate_choice=False, default="", validators=[Optional()]
    )
    organisation_words = StringField(
        _l("或写出单位名称"), filters=[one_line], validators=[at_most(WORDS_MAX)]
    )
    organisation_meant = RadioField(_l("您要写给的单位"), choices=[], validate_choice=False)
    title = StringField(
        _l("标题"),
        filters=[one_line],
        validators=[DataRequired(_l("请写一个标题，一句话说明是什么事。")), at_most(TITLE_MAX)],
    )
    text = TextAreaField(
        _l("正文"),
        filters=[clean],
        validators=[
            DataRequired(_l("请写下要反映的情况，空白的信无法办理。")),
            at_most(TEXT_MAX),
        ],
    )
    name = StringField(
        _l("姓名"),
        filters=[one_line],
        validators=[
            DataRequired(_l("请填写姓名，承办单位联系您时需要知道怎么称呼。")),
            at_most(NAME_MAX),
        ],
    )
    phone = TelField(_l("电话"), filters=[plain_phone])
    email = EmailField(_l("电子邮箱"), filters=[plain_email])
    consent = BooleanField(_l("办结后，同意把隐去个人信息的信件和答复公示出来，供其他人参考"))
    form_token = HiddenField()

    def prepare(
        self,
        members: Mapping[OrganisationKind, Sequence[Organisation]],
        chosen: Place | None,
        unclear: str | None = None,
    ) -> None:
        """Offer the members of level 1, and ``chosen`` where it stands deeper in the tree.

        ``unclear`` says why an organisation typed by name was not understood.
        """
        groups = [(label(kind), rows) for kind, rows in members.items()]
        self.list_organisations(_("不清楚，由信箱办分办"), groups, chosen, unclear)

    def offer(self, near: Sequence[Place]) -> None:
        """Offer organisations that a name typed by hand may mean, and not to know."""
        super().offer(near)
        self.organisation_meant.choices.append(SelectChoice(UNKNOWN, _("不清楚，由信箱办分办")))

    def validate_kind(self, field: Field) -> None:
        """A kind that does not exist is like none chosen."""
        if not isinstance(field.data, Kind):
            raise ValidationError(_("请选一个类别；拿不准就选“咨询”。"))

    def validate_organisation(self, field: Field) -> None:
        """Whether the organisation takes letters is asked by the service; here only its shape."""
        if field.data and self.organisation_id is None:
            raise ValidationError(_("没有这个单位，请重新选择。"))

    def validate_phone(self, field: Field) -> None:
        """One of telephone and e-mail is needed, either will do."""
        missing = _("请留下电话或电子邮箱中的一项，方便我们联系您。")
        self.check_phone(field, [self.email], missing)

    @property
    def consents(self) -> bool:
        """Whether the letter may be published; a report of wrongdoing never may."""
        row = KINDS.get(self.kind.data)
        return bool(self.consent.data) and (row is None or row.publishable)

    @property
    def kind_label(self) -> str:
        """The page name of the kind chosen."""
        return label(self.kind.data) if self.kind.data in KINDS else ""

    def letter(self) -> NewLetter:
        """Return what was typed, as the service takes it."""
        return NewLetter(
            kind=self.kind.data,
            title=self.title.data,
            text=self.text.data,
            name=self.name.data,
            phone=self.phone.data,
            email=self.email.data,
            consent=self.consents,
            organisation_id=self.organisation_id,
        )

    def carried(self) -> dict[str, str]:
        """Return every field as hidden values for the preview, in the order of the page."""
        values = {
            "kind": str(self.kind.data or ""),
            "organisation": self.organisation.data or "",
            "title": self.title.data,
            "text": self.text.data,
            "name": self.name.data,
            "phone": self.phone.data,
            "email": self.email.data,
            "form_token": self.form_token.data,
        }
        return {**values, "consent": "y"} if self.consents else values
