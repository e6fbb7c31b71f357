"""Recall and precision of the detectors by kind, on the labelled sentences.

Run with ``python -m tests.domain.redaction.measure``; docs/redaction.md shows its table.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from portal.domain.redaction import PublicField, detect
from tests.fixtures.redaction_harmless import HARMLESS, REPLIES
from tests.fixtures.redaction_sentences import SENTENCES, parse


@dataclass
class Result:
    """Secrets covered whole, secrets missed, findings that cover a secret, and those that cover none."""

    covered: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the secrets that no reader sees any of."""
        whole = self.covered + len(self.missed)
        return self.covered / whole if whole else 1.0

    @property
    def precision(self) -> float:
        """Share of the masks that hide a secret."""
        whole = self.right + len(self.wrong)
        return self.right / whole if whole else 1.0


def measure(sentences: Iterable[str], place: PublicField = PublicField.TEXT) -> Result:
    """Count what the detectors mask in marked ``sentences``."""
    result = Result()
    for marked in sentences:
        sentence = parse(marked)
        found = [f for f in detect(sentence.text, field=place) if not f.keep_reason]
        hidden = {at for finding in found for at in range(finding.start, finding.end)}
        for start, end in sentence.secrets:
            shown = [at for at in range(start, end) if sentence.text[at].strip()]
            if hidden.issuperset(shown):
                result.covered += 1
            else:
                result.missed.append(f"{sentence.text[start:end]} in {sentence.text}")
        for finding in found:
            if any(finding.start < end and start < finding.end for start, end in sentence.secrets):
                result.right += 1
            else:
                result.wrong.append(f"{finding.text} in {sentence.text}")
    return result


def main(write: Callable[[str], object] = sys.stdout.write) -> None:
    """Print the table of docs/redaction.md."""
    rows = {kind: measure(sentences) for kind, sentences in SENTENCES.items()}
    rows["replies"] = measure(REPLIES, PublicField.REPLY)
    rows["harmless"] = measure(HARMLESS)
    write("| Kind | Secrets | Recall | Masks | Precision |\n|---|---|---|---|---|\n")
    for kind, row in rows.items():
        secrets, masks = row.covered + len(row.missed), row.right + len(row.wrong)
        write(f"| {kind} | {secrets} | {row.recall:.2f} | {masks} | {row.precision:.2f} |\n")


if __name__ == "__main__":
    main()
