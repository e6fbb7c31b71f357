"""Files of letters as other systems export them, written for these tests."""

import csv
from pathlib import Path

PORTAL_COLUMNS = ("id", "letter_no", "user", "title", "content", "asked_at", "reply", "replied_at")
CITY_COLUMNS = (
    "id",
    "type",
    "title",
    "content",
    "departments",
    "asked_on",
    "replied_on",
    "reply",
)


def portal_row(number: int = 1, **given: str) -> dict[str, str]:
    """Return a row with the columns of a leaders' message board."""
    row = {
        "id": f"A-{number}",
        "letter_no": str(number),
        "user": f"A000{number}",
        "title": f"路灯坏了第{number}封",
        "content": "桥头的路灯坏了三天，请派人维修，我的电话13900000001。",
        "asked_at": "2019-04-25 09:32:09",
        "reply": "您好，路灯已经修好，感谢您的来信。",
        "replied_at": "2019-05-10 14:56:53",
    }
    return row | given


def city_row(number: int = 1, **given: str) -> dict[str, str]:
    """Return a row with the columns of a city's letterbox."""
    row = {
        "id": f"BJ-{number}",
        "type": "建议",
        "title": f"建议增加班次第{number}封",
        "content": "早高峰等车要半个小时，建议增加班次。",
        "departments": "公交集团|山城市城市管理局",
        "asked_on": "2021-08-31",
        "replied_on": "2021-09-02",
        "reply": "来信人您好，我们将研究增加班次。",
    }
    return row | given


def write(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8") -> Path:
    """Write ``rows`` as a CSV file and return its path."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path
