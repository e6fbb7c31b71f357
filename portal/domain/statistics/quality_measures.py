"""Measures beyond the two rates: what they are called and how they are computed.

All are on the cohort basis and by receiving organisation; see `portal.queries.statistics.detail`.
"""

from portal.domain.errors import N_
from portal.domain.statistics.rates import Definition

_RESPONSE = N_(
    "收到来信到工作人员第一次处理（受理、交办、请来信人补充等）的工作日数；当天处理的为 0。"
)
_CLOSING = N_(
    "收到来信（重办的，从提出重办）到办结的工作日数，扣除等待来信人补充的时间；"
    "来信人逾期未补充的不计入。"
)

SMALLEST_TOLD = 5
"""Letters that ratings and coded reasons must rest on to be told to everybody."""
BEYOND: dict[str, Definition] = {
    "response_median": Definition(N_("首次回应用时中位数"), _RESPONSE),
    "response_p90": Definition(N_("九成来信首次回应用时不超过"), _RESPONSE),
    "closing_median": Definition(N_("办结用时中位数"), _CLOSING),
    "closing_p90": Definition(N_("九成来信办结用时不超过"), _CLOSING),
    "hops": Definition(
        N_("平均转办次数"), N_("交办、转办、退回的总次数 ÷ 收到件数，保留两位小数。")
    ),
    "attitude": Definition(
        N_("服务态度平均分"), N_("来信人办结后所评分数（1 至 5 分）的总和 ÷ 评价件数。")
    ),
    "efficiency": Definition(
        N_("办事效率平均分"), N_("来信人办结后所评分数（1 至 5 分）的总和 ÷ 评价件数。")
    ),
    "refusals": Definition(
        N_("不予公示"), N_("办结的来信中，截至统计时点审核人决定不予公示的件数，按原因分列。")
    ),
    "declines": Definition(
        N_("不予受理"), N_("收到的来信中，截至统计时点不予受理的件数，按原因分列。")
    ),
    "undecided": Definition(
        N_("尚未公示"),
        N_("办结件数 − 公示件数 − 不予公示件数：不予受理、未申请公示、正在审核或者已经撤下的。"),
    ),
}
"""Names, and how each is computed, by the words of the open data."""
