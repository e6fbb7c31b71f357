"""The table of open data names the organisations that it counts."""

import csv
import io

from sqlalchemy.orm import Session

from portal.domain.letters.states import State
from tests.builders import World, a_letter
from tests.pages import Client


def _rows(client: Client, address: str) -> list[dict[str, str]]:
    text = client.get(f"/statistics/data.csv?{address}").get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_table_names_organisations(client: Client, session: Session, world: World) -> None:
    """Beside the code of an organisation stands its name; what is none has no name."""
    a_letter(session, world, State.CLOSED, place="township")
    names = {
        (row["table"], row["row"]): row["name"]
        for row in _rows(client, "period=2016&organisation=district")
    }
    assert names["total", "district"] == "临江区人民政府"
    assert names["organisation", "township"] == "临江区石桥街道办事处"
    assert names["part", "2016-06"] == names["kind", "consultation"] == ""
    assert names["closing_days", "0"] == ""
