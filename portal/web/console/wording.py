"""Sentences that several console pages share, each a whole sentence of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from portal.domain.errors import LetterboxError
from portal.queries.letters.timeline import HistoryEntry
from portal.web.console.versioned_forms import VersionedForm
from portal.web.core.language import moment, say


@dataclass(frozen=True, slots=True)
class Link:
    """A link: its address and its words."""

    address: str
    words: str


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One event as ``components/timeline.html`` lays it out."""

    title: str
    at: str
    datetime: str
    organisation: str
    note: str


@dataclass(frozen=True, slots=True)
class Problem:
    """An action that was refused: the reason, the changes since, and the input.

    With ``still_below`` the form is on the page again; otherwise ``typed`` is shown for copying.
    """

    title: str
    changes: Sequence[str]
    still_below: bool
    typed: Sequence[tuple[str, str]]


def not_done(
    error: LetterboxError,
    sent: VersionedForm,
    changes: Sequence[str] = (),
    offered: Iterable[VersionedForm] = (),
) -> Problem:
    """Return why the action of the form ``sent`` was not done; ``offered`` stand on the page."""
    return Problem(
        title=_("没有执行：%(why)s", why=say(str(error))),
        changes=changes,
        still_below=any(each is sent for each in offered),
        typed=sent.typed(),
    )


def in_brackets(text: str, note: str) -> str:
    """Return ``text`` with ``note`` in brackets behind it, where there is one."""
    return str(_("%(text)s（%(note)s）", text=text, note=note)) if note else text


def change_line(at: datetime, who: str, what: str, why: str) -> str:
    """Return one sentence about a change by somebody else; ``why`` may be empty."""
    values = {"at": moment(at), "who": who, "what": what}
    if why:
        return str(_("%(at)s · %(who)s：%(what)s，%(why)s", why=why, **values))
    return str(_("%(at)s · %(who)s：%(what)s", **values))


def letter_change(change: HistoryEntry) -> str:
    """Return the sentence about a change of a letter."""
    who = in_brackets(say(change.who), change.organisation)
    return change_line(change.at, who, say(change.title), change.reason)


def history_line(event: HistoryEntry) -> HistoryLine:
    """Return an event of the history: where it happened and who did it, its reasons and note."""
    way = [each for each in (event.organisation, event.to_organisation) if each]
    place = [each for each in (" → ".join(way), say(event.who)) if each]
    reasons = " → ".join(say(each) for each in event.reasons)
    note = reasons or event.reason
    if reasons and event.reason:
        note = _("%(reason)s：%(note)s", reason=reasons, note=event.reason)
    return HistoryLine(
        title=say(event.title),
        at=moment(event.at),
        datetime=event.at.isoformat(),
        organisation=" · ".join(place),
        note=note,
    )
