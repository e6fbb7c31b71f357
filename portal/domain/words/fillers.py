"""Words that stand in letters about anything."""

from __future__ import annotations

import re

_FILLERS = """
没有 不是 不能 不敢 不肯 不知 不知道 不到 不会 还有 已经 就是 可是 但是 自己 大家
我们 你们 他们 现在 以后 以前 过去 今天 昨天 前天 明天 去年 今年 半个 一下 一直
晚上 早上 白天 夜间 夜里 凌晨 时候 时间 期间 左右 开始 起来 全部 到底 告诉 发现 听说
拿到 办好 来回 希望 请问 谢谢 感谢 情况 问题 反映 领导 部门 同志 工作人员
电话 热线 通知 中心 系统 现场 门口 家里 我家 楼下 邻居 多久 不要
名字 材料 证明 手续 申请 办理 需要 本人 建议 投诉 举报 请求 解决 处理 回复 答复
工作 单位 公司 有限公司 人员 群众 居民 村民 市民 业主 老人 老百姓 孩子
小区 社区 街道 办事处 居委会 村委会 政府 附近 周边 旁边 地方 本地 外地 城市
严重 影响 经常 长期 多次 至今 目前 非常 很多 许多 收到 看见 打电话
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that stand in letters about anything: they say nothing of what a letter is about."""

_NUMBER = re.compile(
    "第?[一二三四五六七八九十百千万两几半多数]+"
    "[个次天年月日岁元块万千百亿张家位户人分点号层栋件条句辆只遍趟些斤米度期时]*"
)


def says_something(word: str) -> bool:
    """Return whether a normalised word says what a letter is about.

    Single characters, numbers in digits or written out (三个, 第二次, 六十五岁) and :data:`FILLERS` do not.
    """
    return (
        len(word) > 1 and word not in FILLERS and not word.isdigit() and not _NUMBER.fullmatch(word)
    )
