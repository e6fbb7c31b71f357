"""What the lists of letters and of requests for disclosure have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from flask import request, url_for
from flask_babel import gettext as _

from portal.domain.access import Permission
from portal.domain.checked_numbers import MistypedNumber
from portal.domain.events import ReadAction
from portal.domain.letters.due import Remaining
from portal.domain.redaction import default_copy
from portal.models import Organisation, db
from portal.queries.disclosure.queues import RequestFilters
from portal.queries.letters.inbox import Filters
from portal.queries.paging import Page
from portal.queries.targets import WORDS_MAX, find, organisation_of, readable_condition
from portal.web.core.fields import LineField, ListField
from portal.web.core.forms import FilterForm
from portal.web.core.language import say
from portal.web.core.people import current_actor
from portal.web.core.reads import shown

Q = TypeVar("Q", bound=StrEnum)
Row = TypeVar("Row")


class ListForm(FilterForm):
    """The filters of a list, of which every list has words and an organisation."""

    q: LineField
    organisation: ListField

    def read(self, permission: Permission) -> tuple[str, Organisation | None]:
        """Return words and organisation; offer those where this person has ``permission``."""
        self.validate()
        session, within = db.session(), readable_condition(current_actor(), permission)
        chosen = organisation_of(session, within, self.organisation.data or "")
        offered = [*find(session, within, ""), *([chosen] if chosen else [])]
        self.organisation.choices = [("", _("全部单位"))] + [(str(o.id), o.name) for o in offered]
        return self.q.data[:WORDS_MAX], chosen


@dataclass(frozen=True, slots=True)
class RowStatus:
    """The time of a row, pressing where ``urgency`` says so, and its chip where a list has one.

    ``axis`` and ``value`` choose the look of the chip.
    """

    time: str
    urgency: str = ""
    axis: str = ""
    value: str = ""
    label: str = ""

    @classmethod
    def left(cls, due: Remaining, *chip: str) -> RowStatus:
        """Return the status of a row that has so much time left."""
        return cls(say(due.message), due.urgency.value, *chip)


@dataclass(frozen=True, slots=True)
class ListPage(Generic[Row, Q]):
    """All that ``console/list.html`` shows; the queues in ``late`` are those to hurry for.

    ``narrowing`` has the value in words of each field of ``form`` that narrows the list.
    """

    endpoint: str
    title: str
    form: ListForm
    filters: Filters | RequestFilters
    page: Page[Row]
    statuses: Sequence[RowStatus]
    groups: Sequence[Sequence[Q]]
    counts: Mapping[Q, int]
    late: frozenset[Q]
    doubt: str
    narrowing: Mapping[str, str]

    def address(self, **changes: object) -> str:
        """Return the address of this list with ``changes``; without a page it is the first."""
        names = ("queue", "level", *(field.short_name for field in self.form))
        now = {name: request.args.get(name) for name in names}
        return url_for(self.endpoint, **{**now, **changes})  # type: ignore[arg-type]

    def page_address(self, number: int) -> str:
        """Return the address of a page of this list."""
        return self.address(page=number)

    def note_search(self, action: ReadAction) -> None:
        """Note that staff see what was found, where the list was narrowed."""
        if detail := "; ".join(
            f"{name}={default_copy(value)}" for name, value in self.narrowing.items() if value
        ):
            shown(action, detail=f"{detail}; found={self.page.total}")

    @property
    def chips(self) -> list[tuple[str, str, str]]:
        """The filters that narrow the list: name, value, address without it."""
        return [
            (self.form[name].label.text, value, self.address(**{name: None}))
            for name, value in self.narrowing.items()
            if value
        ]


def queue_asked(queues: type[Q], words: str, usual: Q) -> Q:
    """Return the queue in the address, else all where words are looked for, else ``usual``."""
    asked = request.args.get("queue", "all" if words else "")
    return queues(asked) if asked in set(queues) else usual


def number_asked(parse: Callable[[str], object], missing: str) -> tuple[str, str]:
    """Return the number that was typed, and what to say where it leads nowhere.

    Without a number that is the error in its check digits, or ``""`` where words were typed.
    """
    try:
        return str(parse(request.args.get("q", ""))), missing
    except MistypedNumber as error:
        return "", _(str(error)) if error.code == "check" else ""
