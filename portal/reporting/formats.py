"""The formats of the annual report, each a function from the report to the bytes of a file."""

from __future__ import annotations

from collections.abc import Callable

from portal.domain.annual_report import AnnualReport
from portal.reporting.plain import as_csv, as_json, as_markdown, as_text
from portal.reporting.word import as_docx
from portal.reporting.workbook import as_xlsx

FORMATS: dict[str, Callable[[AnnualReport], bytes]] = {
    "text": as_text,
    "md": as_markdown,
    "docx": as_docx,
    "xlsx": as_xlsx,
    "json": as_json,
    "csv": as_csv,
}
FILES: dict[str, tuple[str, str]] = {
    "docx": (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "md": ("md", "text/markdown"),
    "txt": ("text", "text/plain"),
    "csv": ("csv", "text/csv"),
    "json": ("json", "application/json"),
}
"""By the ending of the file, the format and its media type, in the order of pages."""
BINARY = frozenset({"docx", "xlsx"})
"""Formats that a terminal cannot show."""
