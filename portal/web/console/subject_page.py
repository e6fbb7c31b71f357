"""What the pages of a letter and of a request for disclosure have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic

from flask_babel import gettext as _

from portal.domain.errors import LetterboxError
from portal.domain.letters.replies.checks import Remark
from portal.queries.disclosure.due import RequestDue
from portal.queries.history import HistoryEntry
from portal.queries.letters.track import DueNote
from portal.web.console.steps import Offer
from portal.web.console.versioned_forms import A, NamedForm, S, VersionedForm
from portal.web.core.due import DueExplanation
from portal.web.core.language import iso, moment, say


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

    why: str
    changes: Sequence[str]
    still_below: bool
    typed: Sequence[tuple[str, str]]


def not_done(
    error: LetterboxError | None,
    sent: NamedForm | None,
    offered: Iterable[NamedForm],
    changes_since: Callable[[int], Iterable[HistoryEntry]] = lambda version: (),
) -> Problem | None:
    """Return why the action of the form ``sent`` was not done, if anything stopped it.

    ``offered`` are the forms on the page; ``changes_since`` finds the changes of its subject since
    a version. The form is made fit to be sent again.
    """
    if error is None or sent is None:
        return None
    changes = [_change(each) for each in changes_since(sent.seen)]
    sent.freshen()
    still_below = any(each is sent for each in offered)
    return Problem(say(str(error)), changes, still_below, sent.typed())


def in_brackets(text: str, note: str) -> str:
    """Return ``text`` with ``note`` in brackets behind it, where there is one."""
    return str(_("%(text)s（%(note)s）", text=text, note=note)) if note else text


def _change(change: HistoryEntry) -> str:
    """Return the sentence about a change by somebody else."""
    values = {
        "at": moment(change.at),
        "who": in_brackets(say(change.who), change.acting or change.organisation),
        "what": say(change.title),
    }
    if change.reason:
        return str(_("%(at)s · %(who)s：%(what)s，%(why)s", why=change.reason, **values))
    return str(_("%(at)s · %(who)s：%(what)s", **values))


def history_line(event: HistoryEntry) -> HistoryLine:
    """Return an event of the history: where it happened and who did it, its reasons and note."""
    way = [each for each in (event.organisation, event.to_organisation) if each]
    who = say(event.who)
    if event.acting:
        who = _("%(who)s（%(superior)s代为办理）", who=who, superior=event.acting)
    place = [each for each in (" → ".join(way), who) if each]
    reasons = " → ".join(say(each) for each in event.reasons)
    note = reasons or event.reason
    if reasons and event.reason:
        note = _("%(reason)s：%(note)s", reason=reasons, note=event.reason)
    return HistoryLine(
        title=say(event.title),
        at=moment(event.at),
        datetime=iso(event.at),
        organisation=" · ".join(place),
        note=note,
    )


@dataclass(frozen=True, slots=True)
class Task(Generic[S, A]):
    """The one next thing to do: a form, a link to a page of its own, or only what is awaited."""

    heading: str
    sentences: Sequence[str] = ()
    offer: Offer[S, A] | None = None
    signs_reply: bool = False
    remarks: Sequence[Remark] = ()
    link: Link | None = None
    next_letter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectPage(Generic[S, A]):
    """All that ``console/subject.html`` shows; ``sent`` is a form that was not carried out.

    ``revealed`` are names and values of who wrote, which are covered until somebody asks for them.
    """

    subject: S
    task: Task[S, A]
    others: Sequence[Offer[S, A]]
    other_link: Link | None = None
    sent: VersionedForm[S, A] | None
    problem: Problem | None
    history: Sequence[HistoryLine]
    due: DueNote | RequestDue | None
    due_explanation: DueExplanation | None
    revealed: Sequence[tuple[str, str]]
    can_reveal: bool
