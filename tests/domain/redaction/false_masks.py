"""A random sample of what is masked in real letters, to be read by a person.

Run with ``python -m tests.domain.redaction.false_masks FOLDER [SEED]``; FOLDER holds CSV files with the
columns title, content and reply. It prints how many letters and masks there are, and 200 masks with
the words around them.
"""

import csv
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from portal.domain.redaction import (
    TEXT_LIMIT,
    Decision,
    PublicField,
    default_decision,
    detect_letter,
)

SAMPLE = 200
AROUND = 18
COLUMNS = {
    PublicField.TITLE: "title",
    PublicField.TEXT: "content",
    PublicField.REPLY: "reply",
}


def letters(folder: Path) -> Iterator[dict[PublicField, str]]:
    """Yield the texts of every answered letter of ``folder``."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                texts = {f: (row.get(column) or "")[:TEXT_LIMIT] for f, column in COLUMNS.items()}
                if texts[PublicField.REPLY]:
                    yield texts


def masked(texts: dict[PublicField, str]) -> Iterator[str]:
    """Yield each mask of a letter as a line: where, kind, and the words around it."""
    for field, findings in detect_letter(texts).items():
        text = texts[field]
        for each in findings:
            if default_decision(each) is Decision.MASK:
                left, right = text[max(0, each.start - AROUND) : each.start], text[each.end :]
                line = f"{field} {each.kind} {left}【{each.text}】{right[:AROUND]}"
                yield line.replace("\n", "⏎")


def main(folder: Path, seed: int = 0, write: Callable[[str], object] = sys.stdout.write) -> None:
    """Print the sample."""
    count, found = 0, list[str]()
    for texts in letters(folder):
        count += 1
        found += masked(texts)
    write(f"{count} letters, {len(found)} masks\n")
    for line in random.Random(seed).sample(found, min(SAMPLE, len(found))):
        write(f"{line}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)
