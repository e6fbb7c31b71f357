"""Writing a letter: the form, the preview, the receipt."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_babel import gettext as _

from portal.domain.errors import InvalidInput
from portal.domain.letters.kinds import KINDS
from portal.domain.redaction import PublicField, Sender, default_copy
from portal.models import db
from portal.queries.archive.similar import Similar, similar_entries
from portal.queries.letters.track import letter_by_number
from portal.queries.office.directory import members
from portal.services.letters.submission import Receipt, chosen_organisation, submit
from portal.web.core.clock import now, today
from portal.web.core.people import public
from portal.web.public.archive.entries import SIMILAR_TEXT_MOST, archive_index
from portal.web.public.blueprint import code_key, public_pages
from portal.web.public.letters.write_form import WriteForm, kind_hints
from portal.web.public.submit_flow import Answer, addressed, chosen, hand_in, sent_just_now, step_of

NEAR_MOST = 3
"""Earlier answers shown above the button that sends."""


@public_pages.route("/write", methods=["GET", "POST"])
@public
def write() -> Answer:
    """Take a letter through form and preview; only the step ``send`` hands it in."""
    return step_of(_form(), _page, _complete, _preview, _send)


@public_pages.get("/receipt")
@public
def receipt() -> Answer:
    """Show number and code of the letter just sent; the code only this once."""
    number, code = sent_just_now("receipt")
    letter = letter_by_number(db.session(), number) if number else None
    if letter is None:
        return redirect(url_for("public.track"))
    return render_template("public/receipt.html", letter=letter, code=code)


def _form() -> WriteForm:
    form = WriteForm()
    unclear = addressed(form)
    form.prepare(members(db.session(), today()), chosen(form), unclear)
    return form


def _complete(form: WriteForm) -> bool:
    """Tell whether the letter can go; all that is wrong is said at once."""
    complete: bool = form.validate()
    try:
        chosen_organisation(db.session(), form.organisation_id, today())
    except InvalidInput as error:
        form.put(error)
        return False
    return complete


def _page(form: WriteForm, status: int) -> tuple[str, int]:
    return render_template("public/write.html", form=form, kind_hints=kind_hints()), status


def _preview(form: WriteForm) -> str:
    texts = {PublicField.TITLE: form.title.data, PublicField.TEXT: form.text.data}
    sender = Sender(form.name.data, form.phone.data, form.email.data)
    return render_template(
        "public/preview.html",
        form=form,
        chosen=chosen(form),
        sent_at=now(),
        kind=KINDS[form.kind.data],
        near=_near(form),
        public_copy=[
            default_copy(text, sender=sender, field=field)
            for field, text in texts.items()
            if form.consents
        ],
    )


def _near(form: WriteForm) -> list[Similar]:
    """Return earlier answers to look at before sending; none beside a report of wrongdoing."""
    if not KINDS[form.kind.data].publishable:
        return []
    text = form.text.data[:SIMILAR_TEXT_MOST]
    return similar_entries(db.session(), archive_index(), text, form.title.data, limit=NEAR_MOST)


def _send(form: WriteForm) -> Answer:
    def submitted() -> Receipt:
        return submit(form.letter(), form.submission_key(), code_key(), now())

    return hand_in(form, _page, submitted, "receipt", _busy)


def _busy(minutes: int) -> str:
    said: str = _(
        "这个网络地址寄出的信件太多了，请 %(minutes)s 分钟后再寄。您写的内容都还在下面。",
        minutes=minutes,
    )
    return said
