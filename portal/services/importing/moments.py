"""Dates as spreadsheets and old databases write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from portal.domain.periods import SHANGHAI

_DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_WEEKDAY = r"(?:[,，(]?\s*(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_HALF = r"(?P<half>凌晨|早上|早晨|上午|中午|下午|傍晚|晚上|[AaPp]\.?[Mm]\.?)?"
_TIME = (
    rf"{_HALF}\s*(?P<hour>\d{{1,2}})\s*[:时点]\s*(?P<minute>\d{{1,2}})?\s*分?"
    r"(?::?\s*(?P<second>\d{1,2})\s*秒?(?:[.,]\d+)?)?\s*"
    r"(?P<after>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"\s*(?P<utc>Z|(?:UTC|GMT)?[+-]\d{2}:?\d{2})?"
_SPELLED = re.compile(rf"{_DAY}\s*{_WEEKDAY}(?:[T,\s]*{_TIME}{_ZONE})?")
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[T\s]?(?P<hour>\d{2}):?(?P<minute>\d{2}):?(?P<second>\d{2})?(?P<utc>Z|[+-]\d{2}:?\d{2})?)?"
)
_AROUND = re.compile(
    r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<year>\d{4})"
    rf"(?:[T,\s]+{_TIME}{_ZONE})?"
)
"""Day and month in front of the year; only a number above 12 says which is which."""
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SECONDS = re.compile(r"1?\d{9}(?:\d{3})?")
"""Seconds or milliseconds since 1970."""
_FLOAT = re.compile(r"(\d{8})\.0+")
_SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001
_NUMERALS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE = re.compile(r"[〇零○一二三四五六七八九十]+(?=\s*[年月日号])")
_NIGHT = "晚上"
_MORNING = ("凌晨", "早上", "早晨", "上午")


class DoubtfulMoment(Exception):
    """The text can be read as more than one day."""


def parse_moment(text: str, formats: Sequence[str] = ()) -> datetime | None:
    """Return the moment that ``text`` names, in UTC, or ``None``.

    ``formats`` (of ``strptime``) come first. Otherwise the forms understood are year, month and
    day, however separated, with a time of day in 12 or 24 hours; eight or more digits
    (``20160503``); the serial number of a spreadsheet (``42735.375``); seconds since 1970. Without
    an offset it is the wall clock of Shanghai; without a time of day, midnight. Raises
    :class:`DoubtfulMoment` for ``5/3/2016``, which is a day in March or in May.
    """
    text = _folded(text)
    for each in formats:
        try:
            return _at_home(datetime.strptime(text, each))  # noqa: DTZ007
        except ValueError:
            continue
    try:
        if match := _SPELLED.fullmatch(text) or _COMPACT.fullmatch(text):
            return _moment(match, int(match["month"]), int(match["day"]))
        if match := _AROUND.fullmatch(text):
            return _moment(match, *_month_and_day(int(match["a"]), int(match["b"])))
        if _SERIAL.fullmatch(text):
            return _at_home(_SERIAL_EPOCH + timedelta(seconds=round(float(text) * 86_400)))
        if _SECONDS.fullmatch(text):
            return datetime.fromtimestamp(int(text[:10]), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _folded(text: str) -> str:
    """Return ``text`` in half width, with Chinese numerals of a date as digits."""
    text = unicodedata.normalize("NFKC", text).strip().lstrip("'").strip()
    text = _CHINESE.sub(lambda found: _digits(found[0]), text)
    if whole := _FLOAT.fullmatch(text):
        return whole[1]
    return text


def _digits(numeral: str) -> str:
    """Return the digits of a year, month or day such as 二〇一六, 十二 or 三十一."""
    if "十" not in numeral:
        return numeral.translate(_NUMERALS)
    tens, _, ones = numeral.partition("十")
    return f"{tens.translate(_NUMERALS) or 1}{ones.translate(_NUMERALS) or 0}"


def _month_and_day(first: int, second: int) -> tuple[int, int]:
    if first > 12 or first == second:
        return second, first
    if second > 12:
        return first, second
    raise DoubtfulMoment


def _moment(match: re.Match[str], month: int, day: int) -> datetime:
    """Return the moment that ``match`` names; raise ``ValueError`` where there is none."""
    found = match.groupdict()
    on = date(int(found["year"]), month, day)
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if half := (found.get("half") or found.get("after") or "").replace(".", "").lower():
        hour = _in_24_hours(hour, half)
    # Some systems end a day at 24:00, which begins the next one.
    later = hour == 24 and (half == _NIGHT or minute == second == 0)
    wall = datetime.combine(on, time(0 if later else hour, minute, second)) + timedelta(days=later)
    if found["utc"]:
        offset = found["utc"].removeprefix("UTC").removeprefix("GMT")
        offset = offset.replace("Z", "+0000").replace(":", "")
        zone = datetime.strptime(offset, "%z").tzinfo
        return wall.replace(tzinfo=zone).astimezone(UTC)
    return _at_home(wall)


def _in_24_hours(hour: int, half: str) -> int:
    """Return the hour of the day; ``half`` names its half, in Chinese or as am or pm."""
    if hour > 12:
        return hour
    if half == "am" or half in _MORNING:
        return hour % 12
    if half == "中午":
        return hour + 12 if hour < 11 else hour
    if half == _NIGHT and hour == 12:
        return 24
    return hour % 12 + 12


def _at_home(wall: datetime) -> datetime:
    """Return a moment by the wall clock of Shanghai in UTC."""
    return (wall if wall.tzinfo else wall.replace(tzinfo=SHANGHAI)).astimezone(UTC)
