"""Notices of readers that something on the site is wrong: taking one in, and answering it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.domain.access import Actor, Permission
from portal.domain.errors import N_, ActionNotAllowed, NotFound
from portal.domain.events import RecordAction
from portal.domain.letters.numbers import derive_query_code
from portal.models import SiteNotice
from portal.queries.office.site_notices import notice_hash
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.typed_text import limited, required
from portal.services.core.unit import writing
from portal.services.core.upsert import upsert

TEXT_MAX = 500
"""Characters of a notice, and of its answer."""
PAGE_MAX = 300


def give_site_notice(page: str, text: str, form_token: str, code_key: bytes, now: datetime) -> str:
    """Keep a notice about ``page`` and return the code of the address where its answer will stand.

    The same ``form_token`` again keeps one notice and gives the same code. Raises
    :class:`InvalidInput` with ``text`` or ``page``.
    """
    text, page = required("text", text, TEXT_MAX), limited("page", page.strip(), PAGE_MAX)
    code = derive_query_code(code_key, form_token)
    row = {
        "code_hash": notice_hash(code_key, code),
        "page": page,
        "text": text,
        "created_at": now,
    }
    with writing() as session:
        # The other half of a double click may be on its way in as well.
        session.execute(
            upsert(
                session,
                SiteNotice,
                [row],
                [SiteNotice.code_hash],
                lambda new: {"code_hash": new.code_hash},
            )
        )
    return code


def answer_site_notice(notice_id: int, answer: str, actor: Actor, now: datetime) -> None:
    """Answer a notice, once.

    Raises :class:`InvalidInput` with ``answer``, :class:`NotFound`, and
    :class:`ActionNotAllowed` where somebody was quicker.
    """
    allow(actor, Permission.SITE_NOTICES_ANSWER)
    answer = required("answer", answer, TEXT_MAX)
    with writing() as session:
        query = sa.select(SiteNotice).where(SiteNotice.id == notice_id).with_for_update()
        row = session.scalar(query)
        if row is None:
            raise NotFound
        if row.answered_at is not None:
            raise ActionNotAllowed(N_("这条找错已经有人答复过了。"))
        row.answer, row.answered_at = answer, now
        subject = f"site_notice:{row.id}"
        record(session, RecordAction.ANSWER_SITE_NOTICE, actor, now, subject=subject)
