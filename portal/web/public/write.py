"""Writing a letter: the form, the preview, the receipt."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.domain.errors import InvalidInput, Unavailable
from portal.domain.letters import Kind
from portal.domain.numbers import derive_query_code, format_code
from portal.domain.redaction import Mark, Sender, apply, detect
from portal.models import Organisation, db
from portal.queries.directory import Place, members, places
from portal.queries.similar_entries import Similar, similar_entries
from portal.queries.track import letter_by_number
from portal.services.submission import Receipt, chosen_organisation, submit
from portal.web.public.archive import SIMILAR_TEXT_MOST, archive_index
from portal.web.public.blueprint import code_key, public_pages, settings
from portal.web.public.forms_write import KIND_HINTS, WriteForm
from portal.web.public.limits import address, count, wait_for
from portal.web.public.typed_organisation import understand
from portal.web.shared.clock import now
from portal.web.shared.people import public

NEAR_MOST = 3
"""Earlier answers shown above the button that sends."""
_RECEIPT = "receipt"
Answer = str | tuple[str, int] | Response


@public_pages.route("/write", methods=["GET", "POST"])
@public
def write() -> Answer:
    """Take a letter through form and preview; only the step ``send`` hands it in."""
    form = _form()
    step = request.form.get("step", "preview")
    if request.method == "GET" or step == "edit":
        return _page(form)
    if not _complete(form):
        return _page(form, 422)
    return _send(form) if step == "send" else _preview(form)


@public_pages.get("/receipt")
@public
def receipt() -> Answer:
    """Show number and code of the letter just sent; the code only this once."""
    kept = session.get(_RECEIPT)
    letter = letter_by_number(db.session(), kept["number"]) if kept else None
    if kept is None or letter is None:
        return redirect(url_for("public.track"))
    key = kept.pop("key", None)
    session.modified = True
    code = format_code(derive_query_code(code_key(), key)) if key else None
    return render_template("public/receipt.html", letter=letter, code=code)


def _form() -> WriteForm:
    form = WriteForm()
    if request.method == "GET":
        form.organisation.data = request.args.get("organisation", "")
    unclear = understand(form)
    form.prepare(members(db.session()), _chosen(form), unclear)
    return form


def _chosen(form: WriteForm) -> Place | None:
    wanted = form.organisation_id
    organisation = db.session.get(Organisation, wanted) if wanted is not None else None
    if organisation is None or not organisation.active:
        return None
    return places(db.session(), [organisation])[0]


def _complete(form: WriteForm) -> bool:
    """Tell whether the letter can go; all that is wrong is said at once."""
    complete: bool = form.validate()
    try:
        chosen_organisation(db.session(), form.organisation_id)
    except InvalidInput as error:
        _put(form, error)
        return False
    return complete


def _page(form: WriteForm, status: int = 200) -> tuple[str, int]:
    return render_template("public/write.html", form=form, kind_hints=KIND_HINTS), status


def _preview(form: WriteForm) -> str:
    chosen = _chosen(form)
    texts = (form.title.data, form.text.data) if form.consents else ()
    return render_template(
        "public/preview.html",
        form=form,
        chosen=chosen,
        sent_at=now(),
        report=form.kind.data is Kind.REPORT,
        near=_near(form),
        public_copy=[_masked(form, text) for text in texts],
    )


def _near(form: WriteForm) -> list[Similar]:
    """Return earlier answers to look at before sending; none beside a report of wrongdoing."""
    if form.kind.data is Kind.REPORT:
        return []
    text = form.text.data[:SIMILAR_TEXT_MOST]
    return similar_entries(db.session(), archive_index(), text, form.title.data, limit=NEAR_MOST)


def _masked(form: WriteForm, text: str) -> str:
    """Return ``text`` as it would be shown; people look at it again before it is."""
    sender = Sender(form.name.data, form.phone.data, form.email.data)
    found = detect(text, sender=sender)
    return apply(text, [Mark(f.start, f.end, f.mask) for f in found if not f.keep_reason])


def _send(form: WriteForm) -> Answer:
    rule, key = settings().submit_limit, ("submit", address())
    if wait := wait_for(rule, key):
        return _busy(form, wait)
    try:
        sent = submit(form.letter(), form.submission_key(), code_key(), now())
    except InvalidInput as error:
        _put(form, error)
        return _page(form, 422)
    except Unavailable as error:
        flash(_(str(error)), "warning")
        return _page(form, 503)
    count(rule, key)
    return _hand_out(sent, form.submission_key())


def _hand_out(sent: Receipt, key: str) -> Response:
    """Remember number and key: the code is made from the key and stands in no cookie itself."""
    session[_RECEIPT] = {"number": sent.number, "key": key}
    return redirect(url_for("public.receipt"))


def _busy(form: WriteForm, wait: int) -> Response:
    minutes = -(-wait // 60)
    said = _(
        "这个网络地址寄出的信件太多了，请 %(minutes)s 分钟后再寄。您写的内容都还在下面。",
        minutes=minutes,
    )
    flash(said, "warning")
    response = make_response(_page(form, 429))
    response.headers["Retry-After"] = str(wait)
    return response


def _put(form: WriteForm, error: InvalidInput) -> None:
    field = getattr(form, error.field, form.text)
    field.errors = [*field.errors, _(str(error))]
