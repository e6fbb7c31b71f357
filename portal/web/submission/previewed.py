"""The page of a submission with a preview at an address of its own (post, redirect, get).

A form has an address with its token, and so has its preview: both can be loaded again and gone back
to, with everything that was typed, in each window for itself.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, TypeVar

from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict

from portal.web.core import Answer
from portal.web.core.typed import form_token, is_form_token
from portal.web.submission.form import SubmissionForm
from portal.web.submission.page import SubmissionPage
from portal.web.submission.receipts import number_sent
from portal.web.submission.unsent import erase, keep, kept

F = TypeVar("F", bound=SubmissionForm)


class PreviewedPage(SubmissionPage[F]):
    """A page whose form is looked at once more before it is sent.

    Where what was typed cannot be kept, the preview answers the form itself, without an address.
    """

    form_class: ClassVar[type[SubmissionForm]]
    form_page: ClassVar[str]
    """The endpoint of the form with its token."""
    preview_page: ClassVar[str]
    """The endpoint of its preview."""

    @classmethod
    def begin(cls) -> Answer:
        """Lead to an empty form; the organisation of the address goes along."""
        organisation = request.args.get("organisation")
        return redirect(
            url_for(cls.form_page, token=form_token(None), organisation=organisation or None)
        )

    @classmethod
    def open_form(cls, token: str) -> Answer:
        """Show the form with ``token`` as it was kept, or empty; ``check`` shows its errors."""
        if not is_form_token(token):
            return cls.begin()
        page = cls._reopened(token)
        if sent := number_sent(cls.receipt, token):
            return redirect(page.receipt_address(sent))
        page.prepare()
        checked = page.form.kept and "check" in request.args
        return page.show(422 if checked and not page.complete() else 200)

    @classmethod
    def open_preview(cls, token: str) -> Answer:
        """Show the preview of the form with ``token``; lead to the form where there is none."""
        page = cls._reopened(token)
        if sent := number_sent(cls.receipt, token):
            return redirect(page.receipt_address(sent))
        if not page.form.kept:
            flash(
                _("这份预览已经过期，没有寄出。没写完的内容如果还在这台设备上，可以接着写。"),
                "info",
            )
            return redirect(url_for(cls.form_page, token=token))
        page.prepare()
        return page.offered_preview() if page.complete() else page.show(422)

    def respond(self) -> Answer:
        """Carry out the step that the form names; only ``send`` of a complete form hands in."""
        step = request.form.get("step", "preview")
        if step == "discard":
            return self.discard()
        self.prepare()
        if self.form.files.act():
            if self.form.files.errors:
                return self.show(422)
            return self._led_to(self.form_page) or self.show(200)
        if step == "edit":
            return self._led_to(self.form_page) or self.show(200)
        complete = self.complete()
        if step == "send":
            return self.send() if complete else self.show(422)
        if complete:
            return self._led_to(self.preview_page) or self.offered_preview()
        if self.form.files.errors:
            # Why a file was refused is known to this request alone.
            return self.show(422)
        return self._led_to(self.form_page, check=1) or self.show(422)

    def begins(self) -> bool:
        """Return whether the form is empty."""
        return super().begins() and not self.form.kept

    def sent(self, key: str, number: str) -> None:
        """Erase what was kept of the form."""
        super().sent(key, number)
        erase(self.receipt, self.form.token)

    def discard(self) -> Answer:
        """Erase what was kept of the form, unsent."""
        erase(self.receipt, self.form.token)
        self.form.files.forget()
        flash(_("写的内容已经删除，没有寄出。"), "success")
        return redirect(url_for("public.home"))

    def shown_again(self, status: int) -> Answer:
        """Show the preview once more, which carries the challenge."""
        response = make_response(self.preview())
        response.status_code = status
        return response

    def offered_preview(self) -> Answer:
        """Show the preview, with a challenge where the limit of the network is near."""
        self.guard().offer()
        return self.preview()

    @abstractmethod
    def preview(self) -> Answer:
        """Show a preview of the submission."""

    @classmethod
    def _reopened(cls, token: str) -> PreviewedPage[F]:
        fields = kept(cls.receipt, token)
        if fields is None:
            return cls(cls.form_class(form_token=token))  # type: ignore[arg-type]
        # A form read from what is kept is checked like one that is sent, its token included.
        typed = MultiDict({**fields, "csrf_token": generate_csrf()})
        page = cls(cls.form_class(formdata=typed))  # type: ignore[arg-type]
        page.form.kept = True
        return page

    def _led_to(self, endpoint: str, check: int | None = None) -> Answer | None:
        """Keep the form and lead to ``endpoint``; ``None`` where it cannot be kept."""
        if not keep(self.receipt, self.form.token, self.form.carried()):
            return None
        return redirect(url_for(endpoint, token=self.form.token, check=check), 303)
