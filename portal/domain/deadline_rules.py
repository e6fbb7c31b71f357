"""Deadline rules: how long an answer may take, in which unit, by which source, since when.

A rule names its source, so that a page can show citizen and staff why a letter is due when it is.
A rule that changed over the years has one entry for each version, and what is measured follows the
version in force on the day its clock began. The rules that come with the product stand beside what
they measure (:data:`portal.domain.letters.kinds.LETTER_RULES`,
:data:`portal.domain.disclosure.requests.DISCLOSURE_RULES`);
:meth:`portal.domain.calendar.WorkCalendar.due_on` does the counting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from portal.domain.errors import N_, LetterboxError
from portal.domain.translatable import Labelled, Message

LETTER = "letter"
"""Code of a rule for letters of every kind; it is always one of an organisation."""


def letter_code(kind: str) -> str:
    """Return the code of the rule for letters of ``kind``, such as ``letter_consultation``."""
    return f"{LETTER}_{kind}"


class NoDeadlineRule(LetterboxError):
    """No rule of that code is in force on that day; ``message`` says so in Chinese."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class DayUnit(Labelled):
    """The two units that a rule may count in; they are never converted into each other."""

    WORKING = "working", N_("个工作日")
    CALENDAR = "calendar", N_("日")


@dataclass(frozen=True)
class DeadlineRule:
    """One version of one rule.

    ``days`` and ``extension_days`` (the most that one extension may add; 0 = none) are in
    ``unit``. ``valid_from`` and ``valid_to`` are inclusive civil dates on which a clock begins;
    None leaves that side open. ``organisation_id`` is the organisation whose letters, and those of
    the organisations below it, follow the rule; None is every organisation. ``id`` is that of the
    stored row, None for a rule that comes with the product.
    """

    code: str
    days: int
    unit: DayUnit
    extension_days: int
    source: str
    valid_from: date | None = None
    valid_to: date | None = None
    organisation_id: int | None = None
    id: int | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that could not be counted. Raises ValueError."""
        if self.days < 1 or self.extension_days < 0:
            raise ValueError(f"rule {self.code}: days must be >= 1 and extension_days >= 0")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"rule {self.code}: valid_to is before valid_from")

    def in_force(self, on: date) -> bool:
        """Return whether this version holds for a clock that began on civil date ``on``."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    @property
    def text(self) -> Message:
        """The rule in words: 7 个工作日, or 7 个工作日，情况复杂的可延长 8 个工作日."""
        values: dict[str, str | int] = {"days": self.days, "more": self.extension_days}
        return Message(_TEXTS[self.unit, self.extension_days > 0], values)

    def span(self, days: int) -> Message:
        """Return ``days`` in the unit of the rule, in words: 8 个工作日."""
        return Message(_TEXTS[self.unit, False], {"days": days})


_TEXTS = {
    (DayUnit.WORKING, False): N_("%(days)s 个工作日"),
    (DayUnit.WORKING, True): N_("%(days)s 个工作日，情况复杂的可延长 %(more)s 个工作日"),
    (DayUnit.CALENDAR, False): N_("%(days)s 日"),
    (DayUnit.CALENDAR, True): N_("%(days)s 日，情况复杂的可延长 %(more)s 日"),
}


def rule_for(
    codes: Sequence[str], line: Iterable[int], on: date, rules: Sequence[DeadlineRule]
) -> DeadlineRule:
    """Return the rule for what is measured by the first of ``codes`` that has one.

    ``line`` are the organisation concerned and those above it, the nearest first. The nearest
    organisation with a rule in force on civil date ``on`` decides, and at each the earlier code;
    rules of no organisation come last. Of several versions the first in ``rules`` holds.

    Raises :class:`NoDeadlineRule` where no rule of these codes is in force.
    """
    for organisation_id in (*line, None):
        for code in codes:
            for rule in rules:
                if (rule.code, rule.organisation_id) == (code, organisation_id) and rule.in_force(
                    on
                ):
                    return rule
    raise NoDeadlineRule(
        Message(
            N_("没有在 %(day)s 有效的办理时限规则“%(code)s”"), {"day": str(on), "code": codes[0]}
        )
    )


class DeadlineRules:
    """The rules of an instance, and the choice among them; each answer is worked out once.

    ``rules`` hold stored versions, the newest first, before those that come with the product.
    ``line`` gives an organisation and those above it on a civil day, the nearest first.
    """

    def __init__(
        self, rules: Iterable[DeadlineRule], line: Callable[[int, date], Sequence[int]]
    ) -> None:
        self._rules, self._line = tuple(rules), line
        self._by_organisation = any(rule.organisation_id is not None for rule in self._rules)
        self._known: dict[tuple[str, tuple[int, ...], date], DeadlineRule] = {}

    def __iter__(self) -> Iterator[DeadlineRule]:
        return iter(self._rules)

    def for_letter(self, kind: str, organisation_id: int, on: date) -> DeadlineRule:
        """Choose the rule of a letter of ``kind`` that ``organisation_id`` received.

        ``on`` is the civil day on which its clock began: receipt, or the request for a redo.
        """
        line = self._line(organisation_id, on) if self._by_organisation else ()
        return self._of_letter(kind, tuple(line), on)

    def followed(self, kind: str, ruling_id: int | None, on: date) -> DeadlineRule:
        """Return the rule that was chosen for a letter, whatever became of the tree since.

        ``ruling_id`` is the ``organisation_id`` of the rule chosen, ``kind`` and ``on`` are those
        it was chosen by.
        """
        return self._of_letter(kind, () if ruling_id is None else (ruling_id,), on)

    def _of_letter(self, kind: str, line: tuple[int, ...], on: date) -> DeadlineRule:
        asked = kind, line, on
        if asked not in self._known:
            self._known[asked] = rule_for((letter_code(kind), LETTER), line, on, self._rules)
        return self._known[asked]

    def of(self, code: str, on: date) -> DeadlineRule:
        """Return the rule ``code`` of every organisation; raises :class:`NoDeadlineRule`."""
        return rule_for((code,), (), on, self._rules)
