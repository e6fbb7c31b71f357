"""Periods: reading and naming them, their edges in Shanghai, and how they tile the year."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.periods import (
    FIRST_YEAR,
    LAST_YEAR,
    SHANGHAI,
    Granularity,
    Period,
    PeriodError,
    civil_date,
    midnight,
    month_of,
    shanghai,
    year_of,
)

days = st.dates(date(FIRST_YEAR + 1, 1, 1), date(LAST_YEAR - 1, 12, 31))
granularities = st.sampled_from(Granularity)
periods = st.builds(Period.of, days, granularities)
moments = st.datetimes(
    datetime(FIRST_YEAR + 1, 1, 2),  # noqa: DTZ001 - hypothesis wants the bounds naive
    datetime(LAST_YEAR - 1, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def lies_in(moment: datetime, period: Period) -> bool:
    """Tell whether a moment lies in a period."""
    return period.starts_at <= moment < period.ends_at


@pytest.mark.parametrize(
    ("text", "period", "label"),
    [
        ("2016", Period(2016), "2016年"),
        ("2016年", Period(2016), "2016年"),
        ("2016Q3", Period(2016, quarter=3), "2016年第三季度"),
        (" 2016-q3 ", Period(2016, quarter=3), "2016年第三季度"),
        ("2016-03", Period(2016, month=3), "2016年3月"),
        ("2016-3", Period(2016, month=3), "2016年3月"),
        ("2016-W05", Period(2016, week=5), "2016年第5周"),
        ("2016w5", Period(2016, week=5), "2016年第5周"),
        ("２０１６－１２－３１", Period(2016, month=12, day=31), "2016年12月31日"),
    ],
)
def test_parse(text: str, period: Period, label: str) -> None:
    """A period is read from its short form and has its Chinese name."""
    assert Period.parse(text) == period
    assert period.label == label


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "无法识别"),
        ("去年", "无法识别"),
        ("16", "无法识别"),
        ("2016-", "无法识别"),
        ("2016Q", "无法识别"),
        ("2016-03-", "无法识别"),
        ("2016" + "0" * 1000, "无法识别"),
        ("٢٠١٦", "无法识别"),
        ("2016Q5", "季度应为 1 至 4"),
        ("2016Q0", "季度应为 1 至 4"),
        ("2016-13", "月份应为 1 至 12"),
        ("2016-W53", "2016年只有 52 周"),
        ("2016-W00", "2016年只有 52 周"),
        ("2015-02-29", "2015年2月没有 29 日"),
        ("2016-02-00", "2016年2月没有 0 日"),
        ("1234", "1900 至 2199"),
        ("0000", "1900 至 2199"),
        ("9999Q4", "1900 至 2199"),
    ],
)
def test_parse_refuses(text: str, words: str) -> None:
    """A text that is no period is refused with the reason, at the field."""
    with pytest.raises(PeriodError, match=words) as caught:
        Period.parse(text)
    assert caught.value.field == "period"
    assert str(caught.value) == str(caught.value.message)


@given(st.text(max_size=40))
def test_parse_any_text(text: str) -> None:
    """A text of any kind is a period or a PeriodError, nothing else."""
    try:
        period = Period.parse(text)
    except PeriodError:
        return
    assert Period.parse(period.code) == period


@given(periods)
def test_code_reads_back(period: Period) -> None:
    """A period is read back from its code."""
    assert Period.parse(period.code) == period


def test_mixed_parts_are_a_mistake_of_the_caller() -> None:
    """A period of a quarter and a month, or a day without month, cannot be made."""
    with pytest.raises(ValueError, match="one of"):
        Period(2016, quarter=1, month=1)
    with pytest.raises(ValueError, match="one of"):
        Period(2016, day=1)


def test_last_second_of_the_year() -> None:
    """A letter of 23:59:59 on 31 December belongs to that year, one second later to the next."""
    last = datetime(2016, 12, 31, 23, 59, 59, tzinfo=SHANGHAI).astimezone(UTC)
    assert last.isoformat() == "2016-12-31T15:59:59+00:00"
    assert lies_in(last, Period(2016))
    assert not lies_in(last, Period(2017))
    assert lies_in(last + timedelta(seconds=1), Period(2017))
    assert not lies_in(last + timedelta(seconds=1), Period(2016))
    assert lies_in(last + timedelta(microseconds=999_999), Period(2016))


def test_edges_are_utc() -> None:
    """A year runs from Shanghai's midnight to Shanghai's midnight, given in UTC."""
    year = Period(2016)
    assert year.starts_at == datetime(2015, 12, 31, 16, tzinfo=UTC)
    assert year.ends_at == datetime(2016, 12, 31, 16, tzinfo=UTC)
    assert year.starts_at.tzinfo is UTC


def test_zone_of_the_moment_does_not_matter() -> None:
    """A moment belongs to its civil date in Shanghai in whatever zone it is given."""
    moment = datetime(2016, 12, 31, 11, 30, tzinfo=timezone(timedelta(hours=-5)))
    assert civil_date(moment) == date(2017, 1, 1)
    assert shanghai(moment).hour == 0


def test_naive_moments_are_refused() -> None:
    """A moment without a time zone is refused rather than guessed."""
    naive = datetime(2016, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="time zone"):
        civil_date(naive)


@given(moments, granularities)
def test_moment_lies_in_its_period(moment: datetime, granularity: Granularity) -> None:
    """A moment lies in the one period that is made of it, by dates and by moments alike."""
    period = Period.of(moment, granularity)
    assert period.granularity is granularity
    assert period.first_day <= civil_date(moment) <= period.last_day
    assert lies_in(moment, period)
    assert not lies_in(moment, period.previous())


@given(periods)
def test_previous_ends_where_it_begins(period: Period) -> None:
    """A period begins at the moment at which the previous one of its length ends."""
    previous = period.previous()
    assert previous.granularity is period.granularity
    assert previous.ends_at == period.starts_at


@pytest.mark.parametrize(
    ("period", "last_year"),
    [
        (Period(2016), Period(2015)),
        (Period(2016, quarter=1), Period(2015, quarter=1)),
        (Period(2016, month=2), Period(2015, month=2)),
        (Period(2016, week=5), Period(2015, week=5)),
        (Period(2015, week=53), Period(2014, week=52)),
        (Period(2016, month=2, day=29), Period(2015, month=2, day=28)),
        (Period(2016, month=3, day=31), Period(2015, month=3, day=31)),
    ],
)
def test_same_last_year(period: Period, last_year: Period) -> None:
    """A period has its counterpart a year earlier; what was not there is the last before it."""
    assert period.same_last_year() == last_year


def test_before_the_first_year() -> None:
    """A step before the first year that is supported is refused in words."""
    with pytest.raises(PeriodError, match="1900"):
        Period(FIRST_YEAR).previous()
    with pytest.raises(PeriodError, match="1900"):
        Period(FIRST_YEAR, month=5).same_last_year()


@given(
    st.builds(
        Period.of, days, st.sampled_from([Granularity.YEAR, Granularity.QUARTER, Granularity.MONTH])
    ),
    st.sampled_from([Granularity.QUARTER, Granularity.MONTH, Granularity.DAY]),
)
def test_split_tiles_exactly(period: Period, into: Granularity) -> None:
    """A period split into quarters, months or days is tiled without gap or overlap."""
    order = list(Granularity)
    if order.index(into) <= order.index(period.granularity):
        with pytest.raises(PeriodError, match="细分"):
            period.split(into)
        return
    parts = period.split(into)
    assert parts[0].starts_at == period.starts_at
    assert parts[-1].ends_at == period.ends_at
    assert all(one.ends_at == two.starts_at for one, two in pairwise(parts))
    assert {part.granularity for part in parts} == {into}


@pytest.mark.parametrize(
    ("period", "into", "count"),
    [
        (Period(2016), "quarter", 4),
        (Period(2016), "month", 12),
        (Period(2016), "day", 366),
        (Period(2016), "week", 52),
        (Period(2015), "week", 53),
        (Period(2016, quarter=2), "month", 3),
        (Period(2016, month=2), "day", 29),
        (Period(2016, week=1), "day", 7),
    ],
)
def test_split_counts(period: Period, into: str, count: int) -> None:
    """A period has as many parts as the calendar says."""
    assert len(period.split(into)) == count


@given(st.integers(FIRST_YEAR + 1, LAST_YEAR - 2))
def test_weeks_tile_across_years(year: int) -> None:
    """The weeks of two years follow each other without gap or overlap, by year and by month."""
    years = [Period(year), Period(year + 1)]
    weeks = [week for each in years for week in each.split("week")]
    by_month = [
        week for each in years for month in each.split("month") for week in month.split("week")
    ]
    assert weeks == by_month
    assert all(one.ends_at == two.starts_at for one, two in pairwise(weeks))
    assert [week.year for week in weeks] == sorted(week.year for week in weeks)
    assert abs((weeks[0].first_day - years[0].first_day).days) <= 3
    assert abs((weeks[-1].last_day - years[1].last_day).days) <= 3


@given(periods)
def test_months_and_days_of_a_period(period: Period) -> None:
    """A period has the days from its first to its last, and the months in which they lie."""
    assert period.days[0] == period.first_day and period.days[-1] == period.last_day
    assert len(period.days) == (period.last_day - period.first_day).days + 1
    assert period.months == sorted({month_of(day) for day in period.days})


@given(days)
def test_a_month_is_read_back_from_its_number(day: date) -> None:
    """The number of a month is its year and its month, and gives that month again."""
    assert str(month_of(day)) == f"{day:%Y%m}" and year_of(month_of(day)) == day.year
    assert Period.of_month(month_of(day)) == Period.of(day, Granularity.MONTH)


@given(periods)
def test_days_of_a_period(period: Period) -> None:
    """A period's first and last day lie in it, the days around it do not."""
    around = [period.first_day - timedelta(days=1), period.last_day + timedelta(days=1)]
    assert lies_in(midnight(period.first_day), period)
    assert lies_in(midnight(period.last_day), period)
    assert not [day for day in around if lies_in(midnight(day), period)]
