"""The kinds of letters, with everything that is decided by kind.

A kind is a member of :class:`Kind` and a row of :data:`KINDS`; forms, filters, statistics, deadlines,
access and publication read the row. The order of the table is that of every list of kinds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from portal.domain.deadline_rules import LETTER, DayUnit, DeadlineRule, letter_code
from portal.domain.errors import N_
from portal.domain.translatable import Labelled


class Kind(Labelled):
    """What the citizen wants. Values are stored, and stand in addresses and the open data."""

    CONSULTATION = "consultation", N_("咨询"), N_("想了解政策、手续或办事地点")
    COMPLAINT = "complaint", N_("投诉"), N_("对某个单位的服务或处理不满意")
    HELP = "help", N_("求助"), N_("遇到困难，希望政府帮助解决")
    SUGGESTION = "suggestion", N_("建议"), N_("对城市管理和公共服务的意见")
    WRONGDOING = "report", N_("举报"), N_("反映单位或工作人员违纪违法；由其上级办理，绝不公示")
    THANKS = "thanks", N_("感谢"), N_("对单位或工作人员表示感谢")


@dataclass(frozen=True, slots=True)
class LetterKind:
    """What is decided by the kind of a letter.

    ``deadline`` are the versions of the rule for its answer, valid where no organisation and no
    administrator has set another. A kind that ``accuses`` is about the organisation it is
    addressed to, which neither receives nor sees it. ``also_called`` are words for it in files of
    other systems; ``share`` is how many of a hundred invented letters are of it.
    """

    deadline: tuple[DeadlineRule, ...]
    publishable: bool = True
    accuses: bool = False
    also_called: tuple[str, ...] = ()
    share: int = 0


_LETTERBOX_SOURCE = N_(
    "参照重庆市政府公开电子信箱系统部署要求（2005年12月），10个工作日内办结；"
    "情况复杂的经批准延长，合计不超过15个工作日"
)
_SITE_SOURCE = N_(
    "《国务院办公厅关于加强政府网站信息内容建设的意见》（国办发〔2014〕57号）："
    "7个工作日内反馈处理意见，情况复杂的可延长至15个工作日"
)
_SITE_START = date(2014, 11, 17)
_LETTERBOX = DeadlineRule(LETTER, 10, DayUnit.WORKING, 5, _LETTERBOX_SOURCE)
"""The rule of the letterbox; it also measures letters imported from before its source."""
_SITE = DeadlineRule(LETTER, 7, DayUnit.WORKING, 8, _SITE_SOURCE, _SITE_START)

KINDS: Mapping[Kind, LetterKind] = {
    Kind.CONSULTATION: LetterKind(
        (replace(_LETTERBOX, valid_to=_SITE_START - timedelta(days=1)), _SITE), share=38
    ),
    Kind.COMPLAINT: LetterKind((_LETTERBOX,), share=27),
    Kind.HELP: LetterKind((_LETTERBOX,), share=20),
    Kind.SUGGESTION: LetterKind((_LETTERBOX,), also_called=("意见", "意见建议"), share=10),
    Kind.WRONGDOING: LetterKind((_LETTERBOX,), publishable=False, accuses=True),
    Kind.THANKS: LetterKind((_LETTERBOX,), also_called=("表扬",), share=5),
}

DEFAULT_KIND = Kind.CONSULTATION
"""What a letter from another system is that names no kind."""
PUBLISHABLE_KINDS = frozenset(kind for kind, row in KINDS.items() if row.publishable)
"""The kinds of letters that may be published."""
KINDS_BY_WORD: Mapping[str, Kind] = {
    word: kind for kind, row in KINDS.items() for word in (kind.value, kind.label, *row.also_called)
}
"""Kinds by every word that files of other systems have for them."""
LETTER_RULES: tuple[DeadlineRule, ...] = tuple(
    replace(version, code=letter_code(kind))
    for kind, row in KINDS.items()
    for version in row.deadline
)
"""The deadline rules that come with the product, by kind."""
