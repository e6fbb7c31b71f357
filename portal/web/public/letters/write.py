"""Writing a letter: the form, the preview, the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, request, url_for

from portal.domain.letters.kinds import KINDS, LetterKind
from portal.domain.redaction import (
    FINDING_LABELS,
    PublicField,
    Sender,
    default_copies,
    sensitive_numbers,
)
from portal.models import Attachment, Letter, db
from portal.queries.archive.similar import Similar, similar_entries
from portal.queries.codes import opened_by
from portal.queries.letters.track import letter_by_number, sent_before
from portal.queries.office.directory import Place
from portal.queries.record.receipts import receipt_commitment
from portal.services.letters.my_letters import keep_letter
from portal.services.letters.submission import NewLetter, chosen_organisation, submit
from portal.web.core import Answer
from portal.web.core.clock import now, today
from portal.web.core.language import say
from portal.web.core.people import citizen, is_opened, opened_ids, public, remember_opened
from portal.web.core.safety import takes_files
from portal.web.core.settings import code_key
from portal.web.public.archive.entries import SIMILAR_TEXT_MOST, archive_index, embedder
from portal.web.public.blueprint import public_pages
from portal.web.submission.letter_form import WriteForm
from portal.web.submission.previewed import PreviewedPage
from portal.web.submission.printed import pdf_answer, printed_receipt
from portal.web.submission.receipts import numbers_sent, receipt_page

NEAR_MOST = 3
"""Earlier answers shown above the button that sends."""


AROUND = 12
"""Characters shown on either side of a number that is pointed out."""


@dataclass(frozen=True, slots=True)
class SensitivePlace:
    """A number that should not be sent unless it is needed, with the words around it."""

    kind: str
    before: str
    found: str
    after: str


@dataclass(frozen=True, slots=True)
class LetterPreview:
    """A letter as it would be sent; ``public_copy`` is title and text, masked, with consent only.

    ``sensitive`` are the numbers in it that the answer hardly needs, with the words around them.
    """

    letter: NewLetter
    chosen: Place | None
    sent_at: datetime
    near: list[Similar]
    public_copy: list[str]
    sensitive: list[SensitivePlace]
    sent_before: Letter | None
    """A letter of the last weeks with the same text that is open in this browser."""
    files: Sequence[Attachment]

    @property
    def kind(self) -> LetterKind:
        """The rules of the kind of the letter."""
        return KINDS[self.letter.kind]


class WritePage(PreviewedPage[WriteForm]):
    """The page of a new letter."""

    form_class = WriteForm
    template = "public/write.html"
    form_page = "public.write_form"
    preview_page = "public.write_preview"
    receipt = "public.receipt"

    def check_organisation(self) -> None:
        """Ask the service whether the organisation takes letters."""
        chosen_organisation(db.session(), self.form.organisation_id, today())

    def preview(self) -> Answer:
        """Show the letter, its public copy, and earlier answers to look at before sending."""
        new = self.form.letter()
        shown = LetterPreview(
            letter=new,
            chosen=self.chosen(),
            sent_at=now(),
            near=_near(new),
            public_copy=_public_copy(new),
            sensitive=_sensitive(new),
            sent_before=sent_before(db.session(), opened_ids(Letter), new.text, now()),
            files=self.form.files.kept,
        )
        return render_template("public/preview.html", form=self.form, preview=shown)

    def sent(self, key: str, number: str) -> None:
        """Open the letter in this browser, which has just written it."""
        super().sent(key, number)
        letter = letter_by_number(db.session(), number)
        if letter is not None:
            remember_opened(Letter, letter.id)
            if who := citizen():
                keep_letter(letter.id, who, now())

    def submit(self, key: str) -> str:
        """Send the letter."""
        new, files = self.form.letter(), self.form.files.draft_key
        return submit(new, key, code_key(), now(), files=files).number


@public_pages.route("/write", methods=["GET", "POST"])
@public
@takes_files
def write() -> Answer:
    """Begin a letter, or take its form a step on; only the step ``send`` hands it in."""
    return WritePage.begin() if request.method == "GET" else WritePage(WriteForm()).respond()


@public_pages.get("/write/<token>")
@public
def write_form(token: str) -> Answer:
    """Show the form of a letter, with what was typed before its preview."""
    return WritePage.open_form(token)


@public_pages.get("/write/<token>/preview")
@public
def write_preview(token: str) -> Answer:
    """Show a letter as it would be sent."""
    return WritePage.open_preview(token)


@public_pages.get("/receipt", defaults={"number": ""})
@public_pages.get("/receipt/<number>")
@public
def receipt(number: str) -> Answer:
    """Show number and code of a letter just sent; the code only this once."""
    return receipt_page(
        WritePage.receipt,
        letter_by_number,
        "public/receipt.html",
        number,
        lambda letter: {
            "commitment": receipt_commitment(letter, code_key()),
            "opened": is_opened(letter),
        },
    )


@public_pages.post("/receipt/<number>/pdf")
@public
def receipt_file(number: str) -> Answer:
    """Give the receipt as a PDF to the browser that has sent the letter and still shows the code."""
    code = request.form.get("query_code", "")[:40]
    session = db.session()
    known = number in numbers_sent(WritePage.receipt)
    opened = opened_by(session, Letter, number, code, code_key()) if known else None
    letter = session.get(Letter, opened) if opened is not None else None
    if letter is None:
        return redirect(url_for("public.receipt", number=number))
    return pdf_answer(printed_receipt(letter, code), f"{letter.number}.pdf")


def _near(new: NewLetter) -> list[Similar]:
    """Return earlier answers to look at before sending; none beside a report of wrongdoing."""
    if not KINDS[new.kind].publishable:
        return []
    text = new.text[:SIMILAR_TEXT_MOST]
    return similar_entries(
        db.session(), archive_index(), text, new.title, limit=NEAR_MOST, embedder=embedder()
    )


def _public_copy(new: NewLetter) -> list[str]:
    """Return title and text as they would be published; a reviewer checks them before."""
    if not new.consent:
        return []
    sender = Sender(new.name, new.phone, new.email)
    texts = {PublicField.TITLE: new.title, PublicField.TEXT: new.text}
    return list(default_copies(texts, sender=sender).values())


def _sensitive(new: NewLetter) -> list[SensitivePlace]:
    """Return where numbers of identity documents, cards and accounts stand in title and text."""
    return [
        SensitivePlace(
            kind=say(FINDING_LABELS[found.kind]),
            before=text[max(0, found.start - AROUND) : found.start],
            found=found.text,
            after=text[found.end : found.end + AROUND],
        )
        for text in (new.title, new.text)
        for found in sensitive_numbers(text)
    ]
