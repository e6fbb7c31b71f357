"""How often the checks of a reply are right: ``python -m tests.bench.bench_replies``.

Needs the shared letters. Each true reply is checked against its own letter and against that of another
one, drawn once with a fixed seed.
"""

import csv
import random
import sys
from collections import Counter

from portal.domain.letters.replies.promises import undated_promises
from portal.domain.letters.replies.relevance import off_topic
from portal.domain.letters.replies.substance import Substance, substance
from portal.domain.letters.replies.third_person import about_the_sender
from tests.bench.search_data import DATA

FILES = ("hunan-letters-with-replies.csv", "beijing-letters-with-replies.csv")
SHORT, SEED = 60, 11

Pair = tuple[str, str, str]
"""Title, text and reply."""


def pairs() -> list[tuple[str, Pair]]:
    """Return the letters with their replies, each with the name of its file."""
    csv.field_size_limit(10**8)
    found = []
    for name in FILES:
        with (DATA / "letters" / name).open(encoding="utf-8-sig") as file:
            found += [
                (name, (row["title"], row["content"], row["reply"])) for row in csv.DictReader(file)
            ]
    return found


def main() -> None:
    """Print the shares."""
    if not (DATA / "letters" / FILES[0]).exists():
        sys.stdout.write("the shared letters are not here\n")
        return
    rows = pairs()
    short = [reply for name, (_, _, reply) in rows if name == FILES[0] and _length(reply) < SHORT]
    said = Counter(map(substance, short))
    true = [pair for _name, pair in rows if substance(pair[2]) is Substance.ANSWER]
    drawn = random.Random(SEED)  # noqa: S311 - a fixed draw, no secret
    wrong = [(title, text, drawn.choice(true)[2]) for title, text, _reply in true]
    flagged, caught = (sum(off_topic(*pair) for pair in some) for some in (true, wrong))
    replies = [reply for _name, (_title, _text, reply) in rows]
    promises, third = (
        sum(bool(found(reply)) for reply in replies)
        for found in (undated_promises, about_the_sender)
    )
    sys.stdout.write(
        f"{len(short)} short replies: {said[Substance.PASSED_ON]} pass the letter on, "
        f"{said[Substance.EMPTY]} say nothing\n"
        f"{len(rows) - len(true)} of all {len(rows)} replies pass on or say nothing\n"
        f"to another letter: {caught / len(wrong):.1%} named as another matter, "
        f"{flagged / len(true):.1%} of true replies\n"
        f"{promises / len(rows):.1%} of replies promise without a date, "
        f"{third / len(rows):.1%} write about the sender in the third person\n"
    )


def _length(reply: str) -> int:
    return len("".join(reply.split()))


if __name__ == "__main__":
    main()
