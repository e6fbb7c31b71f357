"""The console's lists in a large letterbox: `python -m tests.bench.bench_inbox [LETTERS]`.

Letters of random characters stand in a SQLite file, one in seven of them closed and not yet proposed
for publication at one organisation. Printed are the processor time of a page, the best of three, its
number of queries, and the ratio to the same page of an empty letterbox.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.app import create_app, ensure_database
from portal.config import load_settings
from portal.domain.letters.kinds import Kind
from portal.domain.letters.states import CloseReason, ConsentBasis, Publication, State
from portal.models import Letter, db
from portal.queries.letters.inbox import Filters, Sort, inbox_page
from portal.queries.letters.queues import Queue, cutoffs, queue_counts
from portal.queries.letters.repeated import repeated_letters
from portal.queries.rules import work_calendar
from portal.services.core.unit import writing
from tests.builders import new_letter, send
from tests.world import START, World, a_world

LETTERS = 124_655
ROUNDS = 3
BATCH = 2_000
_HAN = [chr(0x4E00 + number) for number in range(3_000)]

Action = Callable[[], object]


def rows(world: World, count: int) -> list[dict[str, Any]]:
    """Return ``count`` letters, received four minutes after each other."""
    chance = random.Random(2016)  # noqa: S311
    places = [place for name, place in world.places.items() if name != "office"]
    found = []
    for number in range(count):
        waits, works = number % 7 == 0, number % 20 == 1
        place = world["city"] if waits else chance.choice(places)
        at = START + timedelta(minutes=4 * number)
        found.append(
            {
                "number": f"bench-{number}",
                "kind": Kind.CONSULTATION,
                "title": "".join(chance.choices(_HAN, k=18)),
                "text": "".join(chance.choices(_HAN, k=220)),
                "sender_name": "".join(chance.choices(_HAN, k=3)),
                "sender_phone": f"139{number:08}",
                "consent_basis": ConsentBasis.SENDER,
                "state": State.IN_PROGRESS if works and not waits else State.CLOSED,
                "publication": Publication.NOT_PROPOSED
                if waits or works
                else Publication.PUBLISHED,
                "close_reason": None if works and not waits else CloseReason.ANSWERED,
                "organisation_id": place,
                "received_organisation_id": place,
                "received_at": at,
                "clock_from": at,
                "due_on": at.date(),
            }
        )
    return found


def pages(session: Session, world: World, letter_id: int) -> dict[str, Action]:
    """Return what is measured."""
    handler, dispatcher = world.actor("city_handler"), world.actor("office_dispatcher")
    at = cutoffs(work_calendar(session), START + timedelta(days=400))

    def listed(actor: Any, **filters: Any) -> Action:
        return lambda: inbox_page(session, actor, Filters(**filters), at, 20)

    def search(words: str) -> Action:
        return listed(dispatcher, queue=Queue.ALL, words=words, sort=Sort.NEWEST)

    return {
        "counts of a handler": lambda: queue_counts(session, handler, at),
        "to be proposed": listed(handler, queue=Queue.PROPOSABLE, sort=Sort.OLDEST),
        "to be proposed, page 400": listed(
            handler, queue=Queue.PROPOSABLE, sort=Sort.OLDEST, page=400
        ),
        "search of the whole city": search("小区路灯"),
        "search of five words": search("小 区 路 灯 坏"),
        "search by telephone": search("13900000007"),
        "letters repeated": lambda: repeated_letters(
            session, dispatcher, session.get_one(Letter, letter_id)
        ),
    }


def measured(session: Session, action: Action) -> tuple[float, int]:
    """Return the least milliseconds of processor time, and the number of queries."""
    asked: list[object] = []

    def note(*given: object) -> None:
        asked.append(given[2])

    best = float("inf")
    sa.event.listen(db.engine, "before_cursor_execute", note)
    for _ in range(ROUNDS):
        session.rollback()
        asked.clear()
        begun = time.process_time()
        action()
        best = min(best, time.process_time() - begun)
    sa.event.remove(db.engine, "before_cursor_execute", note)
    return 1_000 * best, len(asked)


def run(folder: Path, letters: int) -> None:
    """Measure and print."""
    app = create_app(load_settings(instance=folder, log_level="ERROR"))
    ensure_database(app, START)
    with app.app_context():
        session = db.session()
        world = a_world(session, "")
        letter_id = send(new_letter(world["city"])).id
        empty = {n: measured(session, page) for n, page in pages(session, world, letter_id).items()}
        values = rows(world, letters)
        with writing() as unit:
            for begin in range(0, letters, BATCH):
                table = cast(sa.Table, Letter.__table__)
                unit.execute(sa.insert(table), values[begin : begin + BATCH])
        say = sys.stdout.write
        say(f"{letters:,} letters: processor time, queries, ratio to an empty letterbox\n")
        for name, page in pages(session, world, letter_id).items():
            took, queries = measured(session, page)
            say(f"  {name:26} {took:6.0f} ms {queries:3} {took / empty[name][0]:6.1f} x\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        run(Path(place), int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS)
