"""Editing the deadline rules: for all organisations, or for an organisation and those below it.

Rules already applied stay applied: a version begins in the future, because what is measured
follows the version in force on the day its clock began, and one that has begun can only be ended.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.domain.access import Actor, Permission
from portal.domain.deadline_rules import LETTER, DayUnit
from portal.domain.errors import N_, InvalidInput, NotFound
from portal.domain.events import RecordAction
from portal.domain.letters.kinds import LETTER_RULES
from portal.domain.periods import LAST_YEAR, civil_date
from portal.domain.translatable import Message
from portal.models import DeadlineRuleRow, Organisation
from portal.queries.rules import BUILT_IN, stored_rule
from portal.services.core.acting import record
from portal.services.core.permits import allow
from portal.services.core.typed_text import required
from portal.services.core.unit import writing

SOURCE_MAX = 200
DAYS_MOST = 365
"""Days of the longest rule, and of the longest extension."""

_ALL_CODES = frozenset(rule.code for rule in BUILT_IN)
_ORGANISATION_CODES = frozenset({LETTER, *(rule.code for rule in LETTER_RULES)})
"""Rules that an organisation may have: the law on disclosure is the same for all."""


@dataclass(frozen=True, slots=True)
class NewDeadlineRule:
    """A version of a rule to come; ``days`` and ``extension_days`` are in ``unit``.

    ``organisation_id`` restricts it to the letters of an organisation and those below it.
    """

    code: str
    days: int
    unit: DayUnit
    extension_days: int
    source: str
    valid_from: date
    valid_to: date | None = None
    organisation_id: int | None = None


def add_deadline_rule(new: NewDeadlineRule, actor: Actor, now: datetime) -> int:
    """Add a version of a rule that begins on ``new.valid_from``; return the id of its row.

    Raises :class:`InvalidInput` with the name of the field of :class:`NewDeadlineRule` at fault.
    """
    allow(actor, Permission.DEADLINE_RULES_EDIT)
    with writing() as session:
        row = DeadlineRuleRow()
        _fill(session, row, new, civil_date(now))
        session.add(row)
        session.flush()
        _record(session, row, actor, now)
        return row.id


def change_deadline_rule(rule_id: int, new: NewDeadlineRule, actor: Actor, now: datetime) -> None:
    """Change a version that has not begun yet.

    Raises :class:`NotFound` for none, :class:`InvalidInput` where it has begun or as
    :func:`add_deadline_rule` does.
    """
    allow(actor, Permission.DEADLINE_RULES_EDIT)
    with writing() as session:
        row, today = _row(session, rule_id), civil_date(now)
        if _begun(row, today):
            raise InvalidInput("rule", N_("已经生效的时限不能修改，请新增一条来替代它。"))
        _fill(session, row, new, today)
        _record(session, row, actor, now)


def remove_deadline_rule(rule_id: int, actor: Actor, now: datetime) -> None:
    """Take back a version that has not begun; let one in force end with today.

    Letters received until today keep their due dates. Raises :class:`NotFound` for none,
    :class:`InvalidInput` where it has ended already.
    """
    allow(actor, Permission.DEADLINE_RULES_EDIT)
    with writing() as session:
        row, today = _row(session, rule_id), civil_date(now)
        if row.valid_to is not None and row.valid_to <= today:
            raise InvalidInput("rule", N_("这条时限已经停止执行。"))
        if _begun(row, today):
            row.valid_to = today
            _record(session, row, actor, now)
        else:
            _record(session, row, actor, now, "- ")
            session.delete(row)


def _row(session: Session, rule_id: int) -> DeadlineRuleRow:
    row = session.get(DeadlineRuleRow, rule_id)
    if row is None:
        raise NotFound
    return row


def _begun(row: DeadlineRuleRow, today: date) -> bool:
    return row.valid_from is None or row.valid_from <= today


def _fill(session: Session, row: DeadlineRuleRow, new: NewDeadlineRule, today: date) -> None:
    _check(session, new, today)
    for name, value in asdict(new).items():
        setattr(row, name, value)
    row.unit = str(new.unit)
    row.source = required("source", new.source, SOURCE_MAX, lines=False)


def _check(session: Session, new: NewDeadlineRule, today: date) -> None:
    if new.organisation_id is not None:
        place = session.get(Organisation, new.organisation_id)
        if place is None or not place.active:
            raise InvalidInput("organisation", N_("没有这个单位，或它已停用，请重新选择。"))
        if new.code not in _ORGANISATION_CODES:
            raise InvalidInput("code", N_("单位只能另定来信的时限，请选择来信的规则。"))
    elif new.code not in _ALL_CODES:
        raise InvalidInput("code", N_("所有单位通用的时限要分类别来定，请选择其中一项规则。"))
    if not 1 <= new.days <= DAYS_MOST:
        said = Message(N_("天数应在 1 至 %(n)s 之间。"), {"n": DAYS_MOST})
        raise InvalidInput("days", said)
    if not 0 <= new.extension_days <= DAYS_MOST:
        said = Message(N_("延长天数应在 0 至 %(n)s 之间。"), {"n": DAYS_MOST})
        raise InvalidInput("extension_days", said)
    if new.valid_from <= today:
        raise InvalidInput(
            "valid_from", N_("最早从明天起生效：已经收到的信件按收到那天的规定计算。")
        )
    if new.valid_from.year > LAST_YEAR:
        raise InvalidInput("valid_from", N_("年份超出日历的范围。"))
    if new.valid_to is not None and new.valid_to < new.valid_from:
        raise InvalidInput("valid_to", N_("结束日期不能早于生效日期。"))


def _record(
    session: Session, row: DeadlineRuleRow, actor: Actor, now: datetime, sign: str = ""
) -> None:
    place, subject = row.organisation_id, f"deadline_rule:{row.code}"
    span = f"({row.valid_from}/{row.valid_to or ''})"
    said = f"{sign}{stored_rule(row).text} {span} {row.source}"
    action = RecordAction.EDIT_DEADLINE_RULE
    record(session, action, actor, now, organisation_id=place, subject=subject, reason=said)
