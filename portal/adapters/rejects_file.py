"""The file of rejected rows, to be corrected and imported again."""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
from pathlib import Path
from typing import TextIO

from portal.adapters.csv_reader import CsvRow
from portal.adapters.encodings import spelled_out


class RejectsFile:
    """Rejected rows, each with its line, the reason, and the row as it was.

    The file opens in spreadsheets and can be imported itself. It is written under another name
    and renamed by :meth:`close`, so that a file being read is never written to.
    """

    LINE, REASON, RAW = "rejected_line", "rejected_reason", "rejected_row"

    def __init__(self, path: Path, header: tuple[str, ...], *, replace: bool) -> None:
        """Prepare the file; without ``replace`` it gets a number where one exists."""
        ours = (self.LINE, self.REASON, self.RAW)
        self._path, self._replace = path, replace
        self._width = len(header)
        self._header = tuple(name for name in header if name not in ours)
        self._keep = [i for i, name in enumerate(header) if name in self._header]
        self._file: TextIO | None = None

    def write(self, row: CsvRow, reason: str) -> None:
        """Add a row."""
        file = self._file or self._begin()
        kept = [row.fields[i] if i < len(row.fields) else "" for i in self._keep]
        cells = [*kept, row.line, reason, row.raw, *row.fields[self._width :]]
        csv.writer(file).writerow([spelled_out(str(cell)) for cell in cells])

    def close(self) -> Path | None:
        """Rename the file to its place and return that; ``None`` where no row was rejected."""
        if self._file is None:
            return None
        self._file.close()
        if self._replace:
            return self._draft.replace(self._path)
        place, number = self._path, 1
        while True:
            # A link fails where a file exists, even one that another process just made.
            with contextlib.suppress(FileExistsError):
                os.link(self._draft, place)
                self._draft.unlink()
                return place
            number += 1
            place = self._path.with_name(f"{self._path.stem}-{number}.csv")

    def _begin(self) -> TextIO:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        number, draft = tempfile.mkstemp(prefix=f".{self._path.name}.", dir=self._path.parent)
        self._draft = Path(draft)
        self._file = os.fdopen(number, "w", encoding="utf-8-sig", newline="")
        csv.writer(self._file).writerow([*self._header, self.LINE, self.REASON, self.RAW])
        return self._file
