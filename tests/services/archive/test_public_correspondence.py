"""Question and supplement in the public copy: redacted, shown, found, and gone with the entry."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.errors import InvalidInput
from portal.domain.letters.states import EarlierVersions
from portal.domain.redaction import Decision, PublicField
from portal.models import ArchiveEntry, Letter, Proposal
from portal.queries.archive.corrections import corrections, texts_of
from portal.services.archive import open_data, publication
from portal.services.archive.machine_publication import publish_by_machine
from portal.services.archive.publication import CorrectedTexts
from portal.services.core.unit import writing
from portal.services.letters import handling, submission
from tests.archive import bring_up_to_date, entry_of, withdraw
from tests.builders import HOUR, Walk, World, a_walk
from tests.pages import get

ASKED = "请问是哪盏路灯？可以打电话 023-67705555 告诉我们。"
ADDED = "是东门的路灯，紧挨着配电房。我叫周晓兰，电话13900000001。"


def closed(session: Session, world: World) -> Walk:
    """A letter closed after a question and a supplement."""
    walk = a_walk(session, world)
    walk.accept()
    walk.step(handling.ask_citizen, "city_handler", ASKED)
    walk.now += HOUR
    submission.supplement(walk.letter_id, ADDED, walk.now)
    walk.ask_signoff()
    walk.sign()
    return walk


def public(session: Session, world: World) -> ArchiveEntry:
    """The entry of such a letter, published by people."""
    walk = closed(session, world)
    walk.propose()
    walk.publish()
    return entry_of(session, walk.letter)


def test_both_are_published_without_what_identifies_the_citizen(
    session: Session, world: World
) -> None:
    """The sense stays; name and telephone of the sender go."""
    entry = public(session, world)
    assert entry.question.startswith("请问是哪盏路灯？")
    assert entry.supplement.startswith("是东门的路灯，紧挨着配电房。")
    assert "周晓兰" not in entry.supplement and "13900000001" not in entry.supplement


def test_their_findings_are_settled_like_the_others(session: Session, world: World) -> None:
    """A finding in the supplement blocks publication until somebody has decided on it."""
    walk = closed(session, world)
    walk.propose()
    proposal = walk.letter.open_proposal
    assert proposal is not None
    found = [mask for mask in proposal.masks if mask.field is PublicField.SUPPLEMENT]
    assert len(found) >= 2 and all(mask.decision is Decision.OPEN for mask in found)


def test_readers_see_and_find_both(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Page, interface and search have them, with and without the index; personal data nowhere."""
    entry = public(session, world)
    page = get(client, f"/archive/{entry.id}")
    assert (
        page.text.index("梧桐小区") < page.text.index("哪盏路灯") < page.text.index("紧挨着配电房")
    )
    assert "13900000001" not in page.html and "周晓兰" not in page.html
    found = client.get(f"/api/v1/entries/{entry.id}").get_json()["data"]
    assert (found["question"], found["supplement"]) == (entry.question, entry.supplement)
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.html, re.S)
    asked = json.loads(data)["mainEntity"]
    assert [each["text"] for each in asked["comment"]] == [entry.question, entry.supplement]
    assert asked["comment"][0]["author"] == asked["acceptedAnswer"]["author"]
    assert "author" not in asked["comment"][1]
    told = client.get(f"/open311/v2/requests/{entry.id}.json").get_json()[0]["description"]
    parts = (entry.title, entry.text, entry.question, entry.supplement)
    places = [told.index(part) for part in parts]
    assert places == sorted(places)
    assert "找到 1 件" in get(client, "/archive?q=配电房").text
    bring_up_to_date(settings)
    assert "找到 1 件" in get(client, "/archive?q=配电房").text
    assert "没有找到" in get(client, "/archive?q=周晓兰").text


def test_the_open_data_has_both(session: Session, world: World, settings: Settings) -> None:
    """The files of the year have a column for each."""
    entry = public(session, world)
    publisher = open_data.Publisher("信箱", "https://example.gov", "https://example.gov/licence")
    open_data.refresh(settings.open_data_folder, publisher, entry.published_at)
    place = open_data.current(session, settings.open_data_folder, entry.answered_on.year)
    assert place is not None
    (row,) = csv.DictReader(io.StringIO((place / "entries.csv").read_text("utf-8")))
    assert (row["question"], row["supplement"]) == (entry.question, entry.supplement)


def test_they_go_when_the_entry_is_withdrawn(
    client: FlaskClient, session: Session, world: World
) -> None:
    """A withdrawn entry keeps neither, nor do its versions."""
    entry = public(session, world)
    withdraw(session, world, entry)
    session.expire_all()
    row = session.get_one(ArchiveEntry, entry.id)
    assert [getattr(row, field.value) for field in PublicField] == [""] * len(PublicField)


def test_a_correction_keeps_them(session: Session, world: World) -> None:
    """A correction by hand leaves both as they are public, in the entry and in its version."""
    entry = public(session, world)
    letter, asked, added = (
        session.get_one(Letter, entry.letter_id),
        entry.question,
        entry.supplement,
    )
    texts = CorrectedTexts(entry.title, entry.text, entry.reply + "特此更正。", asked, added)
    corrected(session, world, letter, texts, entry.published_at + HOUR)
    session.expire_all()
    row = session.get_one(ArchiveEntry, entry.id)
    assert (row.question, row.supplement, row.revision) == (asked, added, 2)
    assert (row.versions[0].question, row.versions[0].supplement) == (asked, added)


def test_they_are_corrected_by_hand(session: Session, world: World) -> None:
    """Another person approves; the corrections show what was changed in each of them."""
    entry = public(session, world)
    letter = session.get_one(Letter, entry.letter_id)
    asked, added = entry.question, entry.supplement
    texts = CorrectedTexts(entry.title, entry.text, entry.reply, asked + "甲", added + "乙")
    corrected(session, world, letter, texts, entry.published_at + HOUR)
    row = session.get_one(ArchiveEntry, entry.id)
    assert (row.question, row.supplement) == (asked + "甲", added + "乙")
    assert (row.versions[0].question, row.versions[0].supplement) == (asked, added)
    assert {*corrections(row)[0].changes} == {PublicField.QUESTION, PublicField.SUPPLEMENT}


@pytest.mark.parametrize("name", ["question", "supplement"])
def test_neither_is_emptied_by_hand(session: Session, world: World, name: str) -> None:
    """What the public reads is corrected, not left out."""
    entry = public(session, world)
    letter = session.get_one(Letter, entry.letter_id)
    texts = replace(
        CorrectedTexts(**{k.value: v for k, v in texts_of(entry).items()}), **{name: ""}
    )
    with pytest.raises(InvalidInput) as raised:
        corrected(session, world, letter, texts, entry.published_at + HOUR)
    assert raised.value.field == name


def corrected(
    session: Session, world: World, letter: Letter, texts: CorrectedTexts, at: datetime
) -> None:
    """Correct the public texts, with the consent of another person."""
    actor, keep = world.actor("city_handler"), EarlierVersions.KEPT
    publication.correct(letter.id, letter.version, texts, "有误", keep, actor, at)
    Walk(session, world, letter.id, at).publish()
    session.expire_all()


def test_a_machine_publishes_them_masked(session: Session, world: World) -> None:
    """Publication without a person masks both texts, or leaves the letter to people."""
    walk = closed(session, world)
    with writing() as unit:
        publish_by_machine(unit, [unit.get_one(Letter, walk.letter_id)], walk.now)
    proposal = session.scalars(sa.select(Proposal)).one()
    assert (proposal.question, proposal.supplement) == (ASKED, ADDED)
    for entry in session.scalars(sa.select(ArchiveEntry)):
        assert "周晓兰" not in entry.supplement and "13900000001" not in entry.supplement


def test_a_letter_without_questions_has_none(
    client: FlaskClient, session: Session, world: World
) -> None:
    """Where nothing was asked the texts are empty and the page has no place for them."""
    walk = a_walk(session, world)
    walk.accept()
    walk.ask_signoff()
    walk.sign()
    walk.propose()
    walk.publish()
    entry = entry_of(session, walk.letter)
    assert (entry.question, entry.supplement) == ("", "")
    assert "来信人补充" not in get(client, f"/archive/{entry.id}").text
