"""Words that stand in letters about anything."""

from __future__ import annotations

_FILLERS = """
没有 不是 不能 不敢 不肯 不知 不知道 还有 已经 就是 可是 但是 自己 大家
我们 你们 他们 现在 以后 以前 过去 今天 昨天 前天 两天 几天 多月 半个
一次 一张 一句 两个 三十 晚上 早上 时候 开始 起来 全部 到底 告诉 发现
拿到 办好 来回 希望 请问 谢谢 感谢 情况 问题 反映 领导 部门 同志 工作人员
电话 热线 通知 中心 系统 现场 门口 家里 我家 楼下 邻居 一家 多久 不要
名字 材料 证明
"""
FILLERS = frozenset(_FILLERS.split())
"""Words that stand in letters about anything: they say nothing of what a letter is about."""
