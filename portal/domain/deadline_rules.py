"""Time limits as data: how long an answer may take, in which unit, by which rule, since when.

Every rule names its source, so that a page can explain to citizen and staff why a letter is due when
it is; only rules that a letter or a disclosure request follows are kept. A rule that changed over the years has one entry for each version, and a letter is measured
by the version in force on the day of its receipt. `calendar.WorkCalendar.due_on` does the counting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.errors import N_, LetterboxError
from portal.domain.translatable import Message


class LimitError(LetterboxError):
    """No rule of that code is in force on that day; `message` says so in Chinese."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class LimitUnit(StrEnum):
    """The two units of a limit; they are never converted into each other."""

    WORKING = "working"
    CALENDAR = "calendar"


LIMIT_UNIT_LABELS: dict[LimitUnit, str] = {
    LimitUnit.WORKING: N_("个工作日"),
    LimitUnit.CALENDAR: N_("日"),
}


@dataclass(frozen=True)
class Limit:
    """One version of one rule.

    `days` and `extension_days` (the most that one extension may add; 0 = none) are in `unit`.
    `valid_from` and `valid_to` are inclusive civil dates of receipt; None leaves that side open.
    """

    code: str
    days: int
    unit: LimitUnit
    extension_days: int
    source: str
    valid_from: date | None = None
    valid_to: date | None = None

    def __post_init__(self) -> None:
        """Refuse a limit that could not be counted. Raises ValueError."""
        if self.days < 1 or self.extension_days < 0:
            raise ValueError(f"limit {self.code}: days must be >= 1 and extension_days >= 0")
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError(f"limit {self.code}: valid_to is before valid_from")

    def in_force(self, on: date) -> bool:
        """Whether this version holds for a letter received on civil date `on`."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )

    @property
    def text(self) -> Message:
        """The limit in words: 7 个工作日, or 7 个工作日，情况复杂的可延长 8 个工作日."""
        values: dict[str, str | int] = {"days": self.days, "more": self.extension_days}
        return Message(_LIMIT_TEXTS[self.unit, self.extension_days > 0], values)


_LIMIT_TEXTS = {
    (LimitUnit.WORKING, False): N_("%(days)s 个工作日"),
    (LimitUnit.WORKING, True): N_("%(days)s 个工作日，情况复杂的可延长 %(more)s 个工作日"),
    (LimitUnit.CALENDAR, False): N_("%(days)s 日"),
    (LimitUnit.CALENDAR, True): N_("%(days)s 日，情况复杂的可延长 %(more)s 日"),
}

_LETTER_DISPATCH = N_(
    "参照重庆市政府公开电子信箱系统部署要求（2005年12月），10个工作日内办结；"
    "情况复杂的经批准延长，合计不超过15个工作日"
)
_SITE_MESSAGE = N_(
    "《国务院办公厅关于加强政府网站信息内容建设的意见》（国办发〔2014〕57号）："
    "7个工作日内反馈处理意见，情况复杂的可延长至15个工作日"
)
_DISCLOSURE_2008 = N_(
    "《政府信息公开条例》（国务院令第492号）第二十四条：15个工作日内答复，延长最长不超过15个工作日"
)
_DISCLOSURE_2019 = N_(
    "《政府信息公开条例》（国务院令第711号）第三十三条：20个工作日内答复，延长最长不超过20个工作日"
)
_DISCLOSURE_COMPLETION = N_(
    "《政府信息公开条例》（国务院令第711号）第三十条：收到申请之日起7个工作日内一次性告知补正"
)

_SITE_MESSAGE_START = date(2014, 11, 17)
_BEFORE_SITE_MESSAGE = date(2014, 11, 16)
_DISCLOSURE_2008_START, _DISCLOSURE_2008_END = date(2008, 5, 1), date(2019, 5, 14)
_DISCLOSURE_2019_START = date(2019, 5, 15)

_W = LimitUnit.WORKING

DEFAULT_LIMITS: tuple[Limit, ...] = (
    # The letterbox's rules by kind of letter. They follow the sources they name and also measure
    # letters imported from before those sources.
    Limit("letter_consultation", 10, _W, 5, _LETTER_DISPATCH, None, _BEFORE_SITE_MESSAGE),
    Limit("letter_consultation", 7, _W, 8, _SITE_MESSAGE, _SITE_MESSAGE_START),
    Limit("letter_complaint", 10, _W, 5, _LETTER_DISPATCH),
    Limit("letter_help", 10, _W, 5, _LETTER_DISPATCH),
    Limit("letter_suggestion", 10, _W, 5, _LETTER_DISPATCH),
    Limit("letter_report", 10, _W, 5, _LETTER_DISPATCH),
    Limit("letter_thanks", 10, _W, 5, _LETTER_DISPATCH),
    # The law on disclosure requests.
    Limit("disclosure", 15, _W, 15, _DISCLOSURE_2008, _DISCLOSURE_2008_START, _DISCLOSURE_2008_END),
    Limit("disclosure", 20, _W, 20, _DISCLOSURE_2019, _DISCLOSURE_2019_START),
    Limit("disclosure_completion", 7, _W, 0, _DISCLOSURE_COMPLETION, _DISCLOSURE_2019_START),
)

LIMIT_LABELS: dict[str, str] = {
    "letter_consultation": N_("咨询来信的答复"),
    "letter_complaint": N_("投诉来信的答复"),
    "letter_help": N_("求助来信的答复"),
    "letter_suggestion": N_("建议来信的答复"),
    "letter_report": N_("举报来信的答复"),
    "letter_thanks": N_("感谢来信的答复"),
    "disclosure": N_("信息公开申请的答复"),
    "disclosure_completion": N_("信息公开申请的补正告知"),
}
"""What each rule limits, by its code, in the order of the tables."""


def limit_for(code: str, on: date, limits: Iterable[Limit] = DEFAULT_LIMITS) -> Limit:
    """The version of rule `code` in force for what was received on civil date `on`.

    Raises LimitError for an unknown code, or a day on which the rule did not hold.
    """
    for limit in limits:
        if limit.code == code and limit.in_force(on):
            return limit
    raise LimitError(
        Message(N_("没有在 %(day)s 有效的办理时限规则“%(code)s”"), {"day": str(on), "code": code})
    )


def letter_limit(kind: str, on: date, limits: Iterable[Limit] = DEFAULT_LIMITS) -> Limit:
    """The letterbox's limit for a letter of `kind` (its code, such as ``consultation``).

    Consultations follow the State Council's opinion on government sites (7 working days, 15 if
    complex), all other kinds the letterbox's dispatch rule (10 working days, 15 if complex).
    Raises LimitError as `limit_for` does.
    """
    return limit_for(f"letter_{kind}", on, limits)
