"""What is written in bulk is what the ordinary steps would have written."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.adapters.csv_reader import CsvRow, CsvSource
from portal.models import (
    ArchiveEntry,
    Event,
    Letter,
    Model,
    Proposal,
    RateFact,
    RedactionMask,
    Reply,
    StateInterval,
)
from portal.services.archive import publication, redacting
from portal.services.importing import letters as importing
from portal.services.importing.columns import map_columns
from portal.services.importing.letters import ImportPlan, Tally, import_letters
from portal.services.importing.rows import Defaults
from portal.services.letters import handling, replying
from portal.services.letters.submission import submit
from tests.builders import CODE_KEY, World, new_letter
from tests.web.public.citizens import preview

ASKED = datetime(2016, 6, 1, 1, 0, tzinfo=UTC)
REPLIED = ASKED + timedelta(days=6)
PUBLISHED = ASKED + timedelta(days=400)
REPLY = "您好，路灯已经安排维修，三日内恢复照明。咨询电话：023-63000000。"
TEXT = "梧桐小区门口的路灯坏了两个星期，我的电话13900000001，请尽快修好。"
HEADER = ("title", "text", "name", "phone", "organisation", "received_at", "reply", "replied_at")

WHO = {
    "id",
    "letter_id",
    "proposal_id",
    "actor_id",
    "actor_kind",
    "author_id",
    "signer_id",
    "proposer_id",
    "reviewer_id",
    "decider_id",
}
"""Columns that say who and which: a machine in one case, people in the other."""
ORIGIN = {
    "number",
    "source",
    "source_key",
    "sender_seal",
    "form_key",
    "code_hash",
    "consent_basis",
    "first_response_at",
}


def imported(session: Session, publish: bool, title: str = "路灯坏了", text: str = TEXT) -> Letter:
    """Take one answered letter over and return it."""
    row = (
        title,
        text,
        "周晓兰",
        "13900000001",
        "city",
        f"{ASKED:%FT%TZ}",
        REPLY,
        f"{REPLIED:%FT%TZ}",
    )
    source = CsvSource("utf-8", HEADER, iter([CsvRow(2, row)]))
    plan = ImportPlan(map_columns(HEADER, {}), Defaults(), publish=publish)

    def never(row: CsvRow, reason: str) -> None:
        raise AssertionError(reason)

    tally = import_letters(source, plan, PUBLISHED, never)
    assert (tally.added, tally.answered, tally.published) == (1, 1, int(publish))
    return session.scalars(sa.select(Letter).where(Letter.source_key.is_not(None))).one()


def walked(session: Session, world: World, publish: bool) -> Letter:
    """Let people do the same at the same moments, and return the letter."""
    new = new_letter(world["city"], title="路灯坏了", text=TEXT)
    letter_id = submit(new, "walked", CODE_KEY, ASKED).id
    dispatcher, handler = world.actor("city_dispatcher"), world.actor("city_handler")
    reviewer = world.actor("city_reviewer")
    handling.accept(letter_id, 1, dispatcher, REPLIED)
    replying.request_signoff(letter_id, 2, REPLY, 0, handler, REPLIED)
    replying.sign(letter_id, 3, reviewer, REPLIED)
    if publish:
        publication.propose(letter_id, 4, "", handler, PUBLISHED)
        letter = session.get_one(Letter, letter_id)
        assert letter.open_proposal is not None
        for mark in list(letter.open_proposal.open_masks):
            if mark.reason:
                redacting.settle(
                    letter_id, mark.id, mark.decision.KEEP, mark.reason, handler, PUBLISHED
                )
        redacting.mask_rest(letter_id, handler, PUBLISHED)
        session.refresh(letter)
        version = letter.open_proposal.version
        publication.publish(letter_id, letter.version, version, reviewer, PUBLISHED)
    return session.get_one(Letter, letter_id)


def content(row: Model, without: set[str]) -> dict[str, Any]:
    """Return the columns of ``row``, those of ``without`` left out."""
    names = {column.key for column in sa.inspect(type(row)).column_attrs}
    return {name: getattr(row, name) for name in names - WHO - without}


def rows(session: Session, table: type[Model], letter: Letter) -> list[Model]:
    """Return the rows of ``table`` that belong to ``letter``, in their order."""
    column = table.letter_id  # type: ignore[attr-defined]
    return list(session.scalars(sa.select(table).where(column == letter.id).order_by(table.id)))  # type: ignore[attr-defined]


def assert_same(
    session: Session, tables: Iterable[tuple[type[Model], set[str]]], one: Letter, other: Letter
) -> None:
    """Compare what both letters have in each table."""
    for table, without in tables:
        first = [content(row, without) for row in rows(session, table, one)]
        second = [content(row, without) for row in rows(session, table, other)]
        assert first == second, table.__tablename__


def test_an_imported_letter_is_like_one_that_was_walked(session: Session, world: World) -> None:
    """Letter, reply, events and intervals differ only in who acted and where it came from.

    Nobody here gave a sender of another system a due date.
    """
    one, other = imported(session, publish=False), walked(session, world, publish=False)
    assert content(one, ORIGIN) == content(other, ORIGIN)
    events = (Event, {"recorded_at", "due_on", "stamp"})
    assert_same(session, [(Reply, set()), events, (StateInterval, set())], one, other)
    assert not any(event.due_on for event in rows(session, Event, one))  # type: ignore[attr-defined]


def test_a_machine_publishes_like_two_persons(session: Session, world: World) -> None:
    """Copy, entry, proposal and marks are those of people who follow the default rules."""
    one, other = imported(session, publish=True), walked(session, world, publish=True)
    assert content(one, ORIGIN) == content(other, ORIGIN)
    published = [e for e in rows(session, Event, one) if e.axis == "publication"]  # type: ignore[attr-defined]
    people = [e for e in rows(session, Event, other) if e.axis == "publication"]  # type: ignore[attr-defined]
    assert [content(e, {"stamp"}) for e in published] == [content(e, {"stamp"}) for e in people]
    assert_same(
        session,
        [(StateInterval, set()), (ArchiveEntry, {"machine_reviewed"}), (Proposal, {"version"})],
        one,
        other,
    )
    marks = [
        [
            content(m, set())
            for m in session.scalars(
                sa.select(RedactionMask)
                .where(RedactionMask.proposal_id == each.proposals[0].id)
                .order_by(RedactionMask.field, RedactionMask.start)
            )
        ]
        for each in (one, other)
    ]
    assert marks[0] == marks[1] and len(marks[0]) >= 2
    entry = session.scalars(sa.select(ArchiveEntry).where(ArchiveEntry.letter_id == one.id)).one()
    assert entry.machine_reviewed
    assert "13900000001" not in entry.text and "023-63000000" in entry.reply


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("路灯坏了", TEXT),
        ("周晓兰：我家门口的路灯", "我叫周晓兰，住人民路232号3单元5室，邮箱zhou.xl@example.com。"),
        (
            "全国热线400-123-4567没有人接",
            "咨询电话：023-63151234和12345都打过，请回复13900000001。",
        ),
    ],
)
def test_the_preview_shows_what_an_import_publishes(
    client: FlaskClient, session: Session, world: World, title: str, text: str
) -> None:
    """A citizen who consents is shown title and letter as a machine would publish them."""
    imported(session, True, title, text)
    entry = session.scalars(sa.select(ArchiveEntry)).one()
    page = preview(client, title=title, text=text, consent="y")
    shown = unescape(page.html.split("<details", 1)[1].split("</details>")[0])
    assert entry.title in shown
    assert entry.text in shown


def test_what_became_of_the_rows_is_counted(
    session: Session, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each row is counted once, however many are written at a time."""
    monkeypatch.setattr(importing, "BATCH", 2)
    good = ("", TEXT, "", "", "city", f"{ASKED:%FT%TZ}", REPLY, f"{REPLIED:%FT%TZ}")
    rows = [(f"第{n}封", *good[1:]) for n in range(3)]
    unanswered = ("没有答复", *good[1:6], "", "")
    rejected: list[tuple[int, str]] = []
    rows = [*rows, good, unanswered, rows[0], (*good[:1], *rows[0][1:])]
    source = CsvSource("utf-8", HEADER, iter([CsvRow(n, row) for n, row in enumerate(rows, 2)]))
    plan = ImportPlan(map_columns(HEADER, {}), Defaults(), publish=True)
    tally = import_letters(
        source, plan, PUBLISHED, lambda row, reason: rejected.append((row.line, reason))
    )
    counts = (tally.read, tally.added, tally.answered, tally.published, tally.known, tally.rejected)
    assert counts == (7, 4, 3, 3, 1, 2)
    assert rejected == [(5, "title is empty"), (8, "title is empty")]


def test_a_dry_run_tells_what_an_import_does(session: Session, world: World) -> None:
    """It counts, places and rejects the same rows for the same reasons, and writes nothing."""
    good = ("路灯坏了", TEXT, "", "", "city", f"{ASKED:%FT%TZ}", REPLY, f"{REPLIED:%FT%TZ}")
    rows = [
        good,
        good,
        ("没有答复", TEXT, "", "", "nowhere|elsewhere", good[5], "", ""),
        ("", *good[1:]),
    ]

    def run(dry_run: bool) -> tuple[Tally, list[tuple[int, str]], list[int]]:
        rejected: list[tuple[int, str]] = []
        written: list[int] = []
        source = CsvSource("utf-8", HEADER, iter([CsvRow(n, row) for n, row in enumerate(rows, 2)]))
        plan = ImportPlan(map_columns(HEADER, {}), Defaults(), dry_run=dry_run)
        tally = import_letters(
            source,
            plan,
            PUBLISHED,
            lambda row, reason: rejected.append((row.line, reason)),
            written.append,
        )
        return tally, rejected, written

    dry = run(dry_run=True)
    assert session.scalars(sa.select(Letter)).all() == []
    tally, rejected, written = dry
    assert (tally.read, tally.added, tally.answered, tally.known, tally.rejected) == (4, 2, 1, 1, 1)
    assert (tally.unmatched, rejected, written) == ({"nowhere": 1}, [(5, "title is empty")], [4])
    assert run(dry_run=False) == dry
    letters = session.scalars(sa.select(Letter).order_by(Letter.id)).all()
    assert [each.organisation_id for each in letters] == [world["city"], world["office"]]


def test_rates_count_an_imported_letter(session: Session, world: World) -> None:
    """The facts of the rates are those of a letter that was walked, but for a first response.

    When the office first wrote is not known of a letter that was answered elsewhere.
    """
    one, other = imported(session, publish=True), walked(session, world, publish=True)
    assert_same(session, [(RateFact, {"response_at", "response_days"})], one, other)
    assert rows(session, RateFact, one)
