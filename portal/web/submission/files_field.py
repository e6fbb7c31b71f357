"""The field of a form that takes files: chosen, kept at once, listed, and removed again.

Its value is a token under which the files wait until the form is sent. A file that is refused has its
reason at the field; the others stay, and so does everything that was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Request, request
from flask_babel import gettext as _
from markupsafe import Markup
from wtforms import Field

from portal.domain.errors import LetterboxError, NotFound, Unavailable
from portal.domain.whole_numbers import whole_number
from portal.models import Attachment, db
from portal.queries.files.attached import unsent_files
from portal.services.files.keeping import (
    Keeper,
    SentFile,
    keep_file,
    remove_all_unsent,
    remove_unsent,
    room_left,
)
from portal.web.core.clock import now
from portal.web.core.fields import Filled
from portal.web.core.language import say
from portal.web.core.rate_limits import address, minutes, take
from portal.web.core.safety import LetterboxRequest
from portal.web.core.settings import settings
from portal.web.core.typed import form_token, is_form_token
from portal.web.submission.unsent import draft_key

ATTACH, REMOVE = "attach", "remove"
"""Values of ``step``: to upload what was chosen, or the name of the button that removes a file."""
LIMIT = "120 per hour"
"""Files that are taken from one address."""


def sent_files(sent: Request) -> list[SentFile]:
    """Return the files of a request, one more than may come; of each one byte more than it may have."""
    if not isinstance(sent, LetterboxRequest):
        return []
    # The fields are read first, and the files with them.
    named = [each for each in sent.uploads if sent.form is not None and each.filename]
    most, largest = settings().files_most + 1, settings().file_bytes + 1
    return [SentFile(each.filename or "", each.stream.read(largest)) for each in named[:most]]


class FilesField(Filled[str]):
    """Files that go with a form."""

    errors: Sequence[str]
    process_errors: Sequence[str]

    def __init__(self, label: object, **given: Any) -> None:
        super().__init__(label, **given)
        self._taken = False

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the token; one that is odd counts as none."""
        self.data = next((each for each in valuelist if is_form_token(each)), None)

    @property
    def offered(self) -> bool:
        """Whether files are taken at all."""
        return settings().files_most > 0

    @property
    def token(self) -> str:
        """The token, made where the form has none yet."""
        self.data = form_token(self.data)
        return self.data

    @property
    def draft_key(self) -> str | None:
        """The key under which the files wait; ``None`` where none can."""
        return draft_key(self.data) if self.data and self.offered else None

    @property
    def kept(self) -> Sequence[Attachment]:
        """The files that wait."""
        key = self.draft_key
        return unsent_files(db.session(), key) if key else ()

    @property
    def room(self) -> int:
        """How many more may come."""
        return max(0, settings().files_most - len(self.kept))

    @property
    def megabytes(self) -> int:
        """Megabytes that a file may have."""
        return settings().file_megabytes

    def act(self) -> bool:
        """Keep the files that were sent; return whether the form asks for that alone, or to remove one."""
        if not self.offered:
            return False
        removed = whole_number(request.form.get(REMOVE, ""))
        if removed is not None:
            self.remove(removed)
            return True
        self.take()
        return request.form.get("step") == ATTACH

    def take(self) -> None:
        """Keep the files that were sent; why one is refused stands at the field."""
        if self._taken:
            return
        self._taken = True
        files = sent_files(request)
        if not files:
            return
        key = draft_key(self.token)
        if not room_left(db.session()):
            self._refuse(_("服务器的存储空间满了，文件暂时不能上传，文字不受影响，请稍后再试。"))
            return
        keeper = Keeper.of(settings())
        for each in files:
            if wait := take(LIMIT, ("files", address())):
                self._refuse(_("上传得太多了，请 %(n)s 分钟后再上传。", n=minutes(wait)))
                return
            try:
                keep_file(keeper, each, key, None, now())
            except LetterboxError as error:
                self._refuse(say(error.message))
                if isinstance(error, Unavailable):
                    return

    def remove(self, attachment_id: int) -> None:
        """Remove a file that waits; one that is gone already is no error."""
        key = self.draft_key
        if key is None:
            return
        try:
            remove_unsent(key, attachment_id)
        except NotFound:
            return
        except Unavailable as error:
            self._refuse(say(error.message))

    def forget(self) -> None:
        """Remove all files that wait, with the form; what stays is swept after a day."""
        key = self.draft_key
        if key is None:
            return
        try:
            remove_all_unsent(key)
        except Unavailable:
            return

    def _refuse(self, said: str) -> None:
        # Errors of processing stay when the form is validated.
        self.process_errors = [*self.process_errors, said]
        self.errors = [*self.errors, said]

    def widget(self, field: Field, **given: object) -> Markup:
        """Return nothing: templates show it by the macro of ``components/files.html``."""
        return Markup("")
