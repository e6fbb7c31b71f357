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
        ("2016-05-03 凌晨12:00", 0),
        ("2016-05-03 12:00 AM", 0),
        ("2016-05-03 12:00 PM", 12),
        ("2016-05-03 晚上12点", 24),
        ("2016-05-03 24:00:00", 24),
        ("2016-05-03 晚上8点", 20),
    ],
)
def test_halves_of_the_day(text: str, hours: int) -> None:
    """Twelve hours with their half of the day are hours of the day."""
    assert parse_moment(text) == DAY + timedelta(hours=hours)


@pytest.mark.parametrize("text", ["5/3/2016", "05.03.2016 10:00", "3-5-2016"])
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
    ["", "2016-13-03", "2016-02-30", "2016-05-03 25:00", "昨天", "2016年5月", "20161303", "16-5-3"],
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
