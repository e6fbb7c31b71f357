"""The places of districts in their grid, as an operator arranged them in a file of the instance."""

from __future__ import annotations

import csv
from pathlib import Path

import structlog

NAME = "district-grid.csv"
"""The file: ``code`` of a government, ``column`` and ``row`` of its tile, both from 1."""
MOST = 40
"""Columns and rows of the largest grid."""
_log = structlog.get_logger("portal.statistics")


def district_places(instance: Path) -> dict[str, tuple[int, int]]:
    """Return (column, row) by the code of the government; nothing without a file.

    A file that cannot be read, or that puts two tiles in one place, is logged and arranges nothing.
    """
    path = instance / NAME
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            found = {
                line["code"].strip(): (int(line["column"]), int(line["row"]))
                for line in csv.DictReader(file)
            }
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        _log.warning("district_grid_unreadable", kind=type(error).__name__)
        return {}
    inside = all(1 <= number <= MOST for place in found.values() for number in place)
    if not inside or len(set(found.values())) < len(found):
        _log.warning("district_grid_unreadable", kind="places")
        return {}
    return found
