"""Files of open data by year: what is in them, what they are said to be, and when they are gone."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import frictionless
import pytest
import rdflib
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.adapters.open_files import complete, years
from portal.config import Settings, SettingsError, load_settings
from portal.domain.letters.states import UnpublishReason
from portal.models import ArchiveEntry, Letter, RecordHead
from portal.services.archive.open_data import (
    COLUMNS,
    FIGURE_COLUMNS,
    RECORD_COLUMNS,
    Publisher,
    refresh,
)
from portal.services.archive.publication import unpublish
from portal.services.core.unit import writing
from portal.services.statistics.record import RecordKeys, extend
from tests.archive import published
from tests.builders import World
from tests.pages import get

BASE = "http://127.0.0.1:8000"
PUBLISHER = Publisher("山城市公开信箱", BASE, "https://creativecommons.org/licenses/by/4.0/")
NOW = datetime(2020, 6, 17, 2, 30, tzinfo=UTC)
FILE = "/open-data/2016/entries.csv"


def make(settings: Settings, now: datetime = NOW) -> int:
    """Do what the worker does; return of how many years files were made."""
    return refresh(settings.open_data_folder, PUBLISHER, now)


def rows(client: FlaskClient, path: str = FILE) -> list[dict[str, str]]:
    """Return the rows of a table."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.text)))


def withdraw(session: Session, world: World, entry: ArchiveEntry, at: datetime) -> None:
    """Withdraw an entry at a moment."""
    session.rollback()
    letter = session.get_one(Letter, entry.letter_id)
    reviewer = world.actor("city_reviewer")
    unpublish(letter.id, letter.version, UnpublishReason.PRIVACY, "来信人要求", reviewer, at)


def test_the_files_hold_what_is_public(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Table and lines have every field of every entry of the year, and no other year's."""
    entry, other = published(session, world), published(session, world)
    with writing() as unit:
        unit.get_one(ArchiveEntry, other.id).answered_on = datetime(2017, 1, 1, tzinfo=UTC).date()
    assert make(settings) == 2
    (row,) = rows(client)
    assert list(row) == list(COLUMNS)
    assert (row["id"], row["title"], row["reply"]) == (str(entry.id), entry.title, entry.reply)
    assert (row["answered_on"], row["page"]) == ("2016-06-01", f"{BASE}/archive/{entry.id}")
    lines = client.get("/open-data/2016/entries.jsonl").text.splitlines()
    (line,) = [json.loads(each) for each in lines]
    assert (line["letter"], line["under_revision"]) == (entry.text, False)
    assert [each["id"] for each in rows(client, "/open-data/2017/entries.csv")] == [str(other.id)]


def test_the_signed_heads_stand_in_the_files_of_their_year(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Each day's head is a row as it was signed, also one that is signed when the year is over."""
    published(session, world)
    keys = RecordKeys(settings.key("record"), settings.key("code"))
    year_end = datetime(2016, 12, 30, 18, tzinfo=UTC)
    extend(keys, year_end)
    assert make(settings, year_end + timedelta(days=2)) == 1
    while extend(keys, year_end + timedelta(days=2)):
        pass
    assert make(settings, year_end + timedelta(days=2)) == 2
    heads = list(session.scalars(sa.select(RecordHead).order_by(RecordHead.day)))
    assert [head.day.isoformat() for head in heads] == ["2016-12-30", "2016-12-31", "2017-01-01"]
    found = rows(client, "/open-data/2016/record.csv")
    assert found == [
        {name: str(getattr(head, name)) for name in RECORD_COLUMNS} for head in heads[:2]
    ]
    assert [row["day"] for row in rows(client, "/open-data/2017/record.csv")] == ["2017-01-01"]


def test_the_figures_are_tidy(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Each row of the figures is one count, and the counts are those of the statistics."""
    published(session, world)
    make(settings)
    found = rows(client, "/open-data/2016/figures.csv")
    assert list(found[0]) == list(FIGURE_COLUMNS)
    total = {row["measure"]: row["value"] for row in found if row["dimension"] == "total"}
    assert (total["received"], total["published"]) == ("1", "1")
    months = [row for row in found if row["dimension"] == "month" and row["measure"] == "received"]
    assert len(months) == 12
    assert sum(int(row["value"]) for row in months) == 1


def test_the_package_is_valid(
    client: FlaskClient, session: Session, world: World, settings: Settings, tmp_path: Path
) -> None:
    """frictionless finds sizes, checksums, types and every cell as described."""
    entry = published(session, world)
    with writing() as unit:
        unit.get_one(ArchiveEntry, entry.id).title = '=1+1,"引号"\n'
    make(settings)
    for name in (
        "entries.csv",
        "entries.jsonl",
        "figures.csv",
        "refusals.csv",
        "record.csv",
        "datapackage.json",
    ):
        (tmp_path / name).write_bytes(client.get(f"/open-data/2016/{name}").data)
    package = json.loads((tmp_path / "datapackage.json").read_text("utf-8"))
    for each in package["resources"]:
        content = (tmp_path / each["path"]).read_bytes()
        assert each["bytes"] == len(content)
        assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    report = frictionless.Package(str(tmp_path / "datapackage.json")).validate()
    assert report.valid, report.flatten(["type", "note"])
    assert report.stats["tasks"] == 5


def test_the_catalogue_is_linked_data(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A reader of RDF finds catalogue, data set, licence and the files with their checksums."""
    published(session, world)
    make(settings)
    answer = client.get("/open-data/catalog.jsonld")
    assert answer.mimetype == "application/ld+json"
    again = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/open-data/catalog.jsonld", headers=again).status_code == 304
    graph = rdflib.Graph().parse(data=answer.text, format="json-ld")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    files = {str(each) for each in graph.objects(None, dcat.downloadURL)}
    assert f"{BASE}{FILE}" in files
    assert len(list(graph.subjects(rdflib.RDF.type, dcat.Dataset))) == 1
    checksums = rdflib.Namespace("http://spdx.org/rdf/terms#").checksumValue
    digest = hashlib.sha256(client.get(FILE).data).hexdigest()
    assert digest in {str(each) for each in graph.objects(None, checksums)}


def test_the_page_names_every_file(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """The page has address, size and checksum of each file, and the licence."""
    assert "还没有生成文件" in get(client, "/open-data").text
    published(session, world)
    make(settings)
    page = get(client, "/open-data")
    assert FILE in page.links
    assert settings.data_licence in page.links
    assert hashlib.sha256(client.get(FILE).data).hexdigest() in page.text


def test_a_withdrawn_entry_is_given_out_by_no_file(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """From the withdrawal on the file is not sent, and made again it has the others alone."""
    gone, kept = published(session, world), published(session, world)
    kept_id = kept.id
    make(settings)
    withdraw(session, world, gone, NOW + timedelta(seconds=1))
    for name in ("entries.csv", "entries.jsonl"):
        answer = client.get(f"/open-data/2016/{name}")
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    assert make(settings, NOW + timedelta(seconds=30)) == 1
    assert [row["id"] for row in rows(client)] == [str(kept_id)]


def test_a_withdrawal_under_way_while_files_are_made_counts(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A withdrawal that began before the files were made, and ended after, stops them too."""
    gone = published(session, world)
    make(settings)
    withdraw(session, world, gone, NOW - timedelta(seconds=5))
    assert client.get(FILE).status_code == 503


def test_an_entry_that_moves_to_another_year_stops_the_file_of_the_first(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A corrected answer of another year leaves the file of the year in which it stood."""
    entry = published(session, world)
    make(settings)
    with writing() as unit:
        row = unit.get_one(ArchiveEntry, entry.id)
        row.answered_on, row.revision = datetime(2017, 1, 1, tzinfo=UTC).date(), 2
        row.updated_at = NOW
    assert client.get(FILE).status_code == 503
    make(settings, NOW + timedelta(minutes=1))
    assert rows(client) == []


def test_a_publication_leaves_the_files_as_they_are(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Files are sent until the next run brings what was published since; unchanged years stay."""
    first = published(session, world).id
    make(settings)
    second = published(session, world).id
    assert [row["id"] for row in rows(client)] == [str(first)]
    later = NOW + timedelta(seconds=30)
    assert make(settings, later) == 1
    assert {row["id"] for row in rows(client)} == {str(first), str(second)}
    place = complete(settings.open_data_folder, 2016)
    assert make(settings, later + timedelta(seconds=30)) == 0
    assert complete(settings.open_data_folder, 2016) == place


def test_files_can_be_asked_for_again(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """A reader who has a file, or a part of it, gets no more than is missing."""
    published(session, world)
    make(settings)
    answer = client.get(FILE)
    again = client.get(FILE, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    part = client.get(FILE, headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.data) == (206, answer.data[:2])
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "path", ["2016/state.json", "2016/ids.json", "2016/..", "2015/entries.csv", "2016/x.csv"]
)
def test_only_the_files_are_given_out(
    client: FlaskClient, session: Session, world: World, settings: Settings, path: str
) -> None:
    """Neither what the worker notes nor another path is a file of open data."""
    published(session, world)
    make(settings)
    assert client.get(f"/open-data/{path}").status_code == 404


def test_a_year_without_entries_loses_its_files(
    session: Session, world: World, settings: Settings
) -> None:
    """Files of a year in which neither letters nor answers are left are removed."""
    folder = settings.open_data_folder
    (folder / "1999" / "19990101T000000").mkdir(parents=True)
    assert years(folder) == [1999]
    make(settings)
    assert years(folder) == []


def test_a_licence_has_an_address() -> None:
    """What is no address stops the start."""
    with pytest.raises(SettingsError, match="data_licence"):
        load_settings(data_licence="CC-BY")
