"""Promises that say no date."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.letters.replies.promises import undated_promises


@pytest.mark.parametrize(
    "text",
    [
        "我们将尽快处理。",
        "近期安排检修。",
        "下一步将加装护栏。",
        "下步会补种行道树!",
        "我局拟择机铺设人行道;",
        "已督促物业抓紧清理楼道。",
        "稍后予以补发。",
    ],
)
def test_promise_without_a_date_is_returned_as_its_sentence(text: str) -> None:
    """A promise alone, whoever is to keep it, is found."""
    assert undated_promises(f"路灯归我局管。{text}管道已换。") == [text]


@pytest.mark.parametrize(
    "when",
    [
        "3月5日",
        "十个工作日内",
        "48 小时内",
        "2 个月内",
        "三周内",
        "2027-4-30 前",
        "年底前",
        "下月",
        "第二季度",
        "上半年",
        "下旬",
        "周末",
        "星期五",
        "入冬前",
        "夏季",
        "汛期前",
        "春节前",
        "开学前",
        "暑假",
        "供暖季前",
        "明天",
        "即日起",
    ],
)
def test_date_in_the_sentence_or_the_next_is_enough(when: str) -> None:
    """A date, a period or a deadline with a name keeps a promise from being remarked on."""
    assert undated_promises(f"我们将尽快在{when}处理。") == []
    assert undated_promises(f"我们将尽快处理。期限是{when}。") == []
    assert undated_promises(f"我们将尽快处理。路面已平。期限是{when}。") == ["我们将尽快处理。"]
    assert undated_promises(f"期限是{when}。我们将尽快处理。") == ["我们将尽快处理。"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "路灯已经修好。",
        "近期不会再改造。",
        "近期社区和居委会会议讨论过。",
        "请您尽快将材料交到窗口,我们安排受理。",
        "近期降雨较多。",
        "要求很高,近期已办结。",
    ],
)
def test_what_is_done_or_asked_of_the_citizen_is_no_promise(text: str) -> None:
    """Only what the office says that it will do counts."""
    assert undated_promises(text) == []


def test_width_is_folded() -> None:
    """Full-width numbers and marks are read as the others."""
    assert undated_promises("我们将尽快处理！期限是５日。") == []
    assert undated_promises("我们将尽快处理！路灯好了。") == ["我们将尽快处理!"]


@given(st.text("我们将尽快处理近期下一步会5日。;\n", max_size=60))
def test_what_is_returned_stands_in_the_text(text: str) -> None:
    """Every promise is a passage of the reply."""
    assert all(promise in text for promise in undated_promises(text))
