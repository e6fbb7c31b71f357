"""Dates as spreadsheets and old databases write them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.periods import SHANGHAI
from portal.services.importing.moments import DoubtfulMoment, parse_moment

MORNING = datetime(2016, 5, 3, 9, 5, tzinfo=SHANGHAI)
DAY = MORNING.replace(hour=0, minute=0)


@pytest.mark.parametrize(
    "text",
    [
        "2016-05-03 09:05",
        "2016/5/3 9:05:00",
        "2016年5月3日 上午9:05",
        "2016年5月3日上午9时05分",
        "2016 年 5 月 3 日　９：０５",
        "2016-05-03 9:05 AM",
        "2016年5月3日 星期二 09:05",
        "20160503090500",
        "201605030905",
        "2016-05-03T01:05:00.000Z",
        "2016-05-03T09:05+08:00",
        "2016-05-03 01:05:00 GMT+0000",
        "2016-05-03 09:05 UTC+08:00",
        "2016-05-02 20:05 -0500",
        "20160503T010500Z",
        "20160503 09:05",
        "2016-05-03，09:05",
        "2016-05-03(星期二) 09:05",
        "42493.3784722222",
        "1462237500",
        "1462237500000",
        "13/5/2016 9:05",
    ],
)
def test_a_moment_is_read_however_it_is_written(text: str) -> None:
    """Separators, halves of the day, offsets, serial numbers and seconds name one moment."""
    moment = MORNING.replace(day=13) if text.startswith("13/") else MORNING
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2016-05-03 9:5:7",
        "2016-05-03T09:05:07+08:00",
        "2016-05-03 09:05:07.9",
        "20160503090507",
        "20160503100507+0900",
        "2016年5月3日 9时5分7秒",
        "3.5.2016 9:05:07 AM",
        "1462237507",
    ],
)
def test_seconds_are_kept(text: str) -> None:
    """A moment is read to the second; parts of a second are dropped."""
    forms = ("%d.%m.%Y %I:%M:%S %p",)
    assert parse_moment(text, forms) == MORNING.replace(second=7)


@pytest.mark.parametrize(
    "text",
    ["2016-5-3", "2016.05.03", "20160503", "20160503.0", "42493", "42493.0", "二〇一六年五月三日"],
)
def test_a_day_begins_at_midnight(text: str) -> None:
    """A date without a time of day is the beginning of that day in Shanghai."""
    assert parse_moment(text) == DAY


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("2016-05-03 下午3点", 15),
        ("2016-05-03 下午15:00", 15),
        ("2016-05-03 中午12时", 12),
        ("2016-05-03 中午1时", 13),
        ("2016-05-03 中午11点", 11),
        ("2016-05-03 早上8点", 8),
        ("2016-05-03 早晨8点", 8),
        ("2016-05-03 上午12点", 0),
        ("2016-05-03 傍晚6点", 18),
        ("2016-05-03 下午12点", 12),
        ("2016-05-03 9:00 p.m.", 21),
        ("2016-05-03 9:00 a.m.", 9),
        ("2016-05-03 PM 9:00", 21),
        ("2016-05-03 晚上12:30", 24.5),
        ("2016-05-03 09时", 9),
        ("2016-05-03 凌晨12:00", 0),
        ("2016-05-03 12:00 AM", 0),
        ("2016-05-03 12:00 PM", 12),
        ("2016-05-03 晚上12点", 24),
        ("2016-05-03 24:00:00", 24),
        ("2016-05-03 晚上8点", 20),
    ],
)
def test_halves_of_the_day(text: str, hours: float) -> None:
    """Twelve hours with their half of the day are hours of the day."""
    assert parse_moment(text) == DAY + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("text", "month", "day"),
    [
        ("12/13/2016", 12, 13),
        ("13/12/2016", 12, 13),
        ("5/5/2016", 5, 5),
        ("2016年十月十日", 10, 10),
        ("二〇一六年十二月三十一日", 12, 31),
        ("二○一六年十一月二十号", 11, 20),
        ("'2016-11-20", 11, 20),
        ("42694", 11, 20),
    ],
)
def test_month_and_day_are_told_apart(text: str, month: int, day: int) -> None:
    """A number above twelve is a day, and Chinese numerals count to thirty-one."""
    assert parse_moment(text) == datetime(2016, month, day, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    "text", ["5/3/2016", "05.03.2016 10:00", "3-5-2016", "12/5/2016", "5/12/2016"]
)
def test_a_doubtful_day_is_not_guessed(text: str) -> None:
    """Where day and month may be either, nobody guesses; the form given decides."""
    with pytest.raises(DoubtfulMoment):
        parse_moment(text)


def test_the_form_given_decides() -> None:
    """The forms that are given come before all others."""
    forms = ("%d/%m/%Y", "%y-%m-%d")
    assert parse_moment("5/3/2016", forms) == datetime(2016, 3, 5, tzinfo=SHANGHAI)
    assert parse_moment("16-05-03", forms) == DAY


@pytest.mark.parametrize(
    "text",
    [
        *("", "2016-13-03", "2016-02-30", "昨天", "2016年5月", "20161303", "16-5-3"),
        *("2016-05-03 25:00", "2016-05-03 24:30", "2016-05-03 24:00:01", "2016-05-03 09:60"),
        *("20160503.50", "14622375000000", "9999-12-31 24:00", "60"),
    ],
)
def test_what_is_no_moment_is_none(text: str) -> None:
    """A day that is not in the calendar and words are no moment."""
    assert parse_moment(text) is None


@given(st.integers(0, 40 * 365 * 86_400))
def test_serial_numbers_and_words_agree(seconds: int) -> None:
    """A spreadsheet's number of a second and the same second in words are one moment."""
    wall = datetime(1992, 1, 1, tzinfo=SHANGHAI) + timedelta(seconds=seconds)
    serial = (wall - datetime(1899, 12, 30, tzinfo=SHANGHAI)) / timedelta(days=1)
    spelled = parse_moment(f"{wall:%Y-%m-%d %H:%M:%S}")
    assert spelled == parse_moment(f"{serial:.10f}") == wall.astimezone(UTC)
