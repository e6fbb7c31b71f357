"""The form of the reply editor."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from portal.domain.letters.states import TEXT_MAX, Action
from portal.models import Letter
from portal.web.console.letters.action_forms import StepForm
from portal.web.console.versioned_forms import VersionField
from portal.web.core.fields import HiddenTextField, TextField


class ReplyForm(StepForm):
    """The text, the version of the draft before it, and the hash of the text last checked."""

    text = TextField(_l("答复正文"), _l("请先写答复。"), TEXT_MAX)
    reply_version = VersionField()
    checked = HiddenTextField()

    def __init__(self, letter: Letter, **given: object) -> None:
        super().__init__("reply", letter, Action.REQUEST_SIGNOFF, **given)

    def prepare(self) -> None:
        """Begin with the draft, where there is one and nothing has been sent."""
        if not self.bound:
            draft = self.letter.draft
            self.text.data = draft.text if draft else ""
            self.reply_version.data = draft.version if draft else 0

    def freshen(self) -> None:
        """Carry the present versions of letter and draft."""
        super().freshen()
        draft = self.letter.draft
        self.go_on_from(draft.version if draft else 0)

    def go_on_from(self, version: int) -> None:
        """Set the ``version`` of the draft that the text is based on."""
        self.reply_version.raw_data, self.reply_version.data = None, version

    @property
    def draft_seen(self) -> int:
        """The version of the draft that was loaded; -1, which fits none, for a forged one."""
        return -1 if self.reply_version.data is None else self.reply_version.data
