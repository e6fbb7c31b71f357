"""The public record on the web: heads, proofs, and what the sender of a letter can check."""

from datetime import date, datetime, timedelta
from hashlib import sha256

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.config import Settings
from portal.domain.record.heads import head_text, public_key, signed_by
from portal.domain.record.tree import included_root, leaf_hash, only_adds
from portal.services.statistics.record import RecordKeys, extend
from tests.builders import START, World, new_letter, send
from tests.pages import get
from tests.web.public.citizens import an_opened_letter, receipt, value

DAY = timedelta(days=1)


def grow(settings: Settings, now: datetime) -> None:
    """Extend the record until there is nothing left to do at ``now``."""
    keys = RecordKeys(settings.key("record"), settings.key("code"))
    while extend(keys, now):
        pass


def with_heads(world: World, settings: Settings, days: int) -> None:
    """Make a record with a letter on each of ``days``, each with its head."""
    grow(settings, START)
    for day in range(days):
        send(new_letter(world["city"]), START + day * DAY)
    grow(settings, START + days * DAY)


def test_without_letters_the_page_says_so(client: FlaskClient, world: World) -> None:
    """Before the first head there is nothing to list, and nothing to prove."""
    assert "还没有登记" in get(client, "/statistics/record").text
    assert client.get("/statistics/record.json").json["heads"] == []  # type: ignore[index]
    assert client.get("/statistics/record/consistency.json?first=1&second=1").status_code == 400


def test_heads_are_listed_with_their_signatures(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    """The page has size, root and signature of each day, thirty at a time; English likewise."""
    with_heads(world, settings, 35)
    page = get(client, "/statistics/record")
    found = client.get("/statistics/record.json").json
    assert found is not None
    assert found["next"] is None
    heads = found["heads"]
    assert [head["size"] for head in heads] == list(range(36))
    assert found["public_key"] == public_key(settings.key("record")).hex()
    for head in heads[-30:]:
        assert head["root"] in page.html
        assert head["signature"] in page.html
    assert heads[5]["root"] not in page.html
    older = get(client, f"/statistics/record?before={heads[6]['day']}")
    assert heads[5]["root"] in older.html
    assert heads[6]["root"] not in older.html
    assert "Public record" in get(client, "/en/statistics/record").text
    for head in heads:
        text = head_text(date.fromisoformat(head["day"]), head["size"], bytes.fromhex(head["root"]))
        key, signature = bytes.fromhex(found["public_key"]), bytes.fromhex(head["signature"])
        assert signed_by(key, signature, text)
    after = client.get(f"/statistics/record.json?after={heads[34]['day']}").json
    assert after is not None
    assert after["heads"] == heads[35:]


def test_a_later_head_is_proved_to_add_only(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    """The proof between two sizes joins their roots."""
    with_heads(world, settings, 21)
    heads = client.get("/statistics/record.json").json["heads"]  # type: ignore[index]
    answer = client.get("/statistics/record/consistency.json?first=6&second=21").json
    assert answer is not None
    path = [bytes.fromhex(each) for each in answer["path"]]
    roots = bytes.fromhex(heads[6]["root"]), bytes.fromhex(heads[21]["root"])
    assert only_adds(6, 21, roots, path)


def test_wrong_sizes_are_wrong_requests(
    client: FlaskClient, world: World, settings: Settings
) -> None:
    """Sizes that no head covers, and what is no number, are 400; a wrong day shows the newest."""
    with_heads(world, settings, 2)
    for query in ("first=0&second=1", "first=2&second=1", "first=1&second=3", "first=x", ""):
        assert client.get(f"/statistics/record/consistency.json?{query}").status_code == 400
    assert client.get("/statistics/record?before=never").status_code == 200


def test_a_sender_checks_that_the_letter_is_counted(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """From number and opening follows the commitment, from it the root that was signed."""
    grow(settings, START - DAY)
    letter = an_opened_letter(client, session, world)
    assert "次日计入" in get(client, f"/letters/{letter.number}").text
    with_heads(world, settings, 0)
    grow(settings, letter.received_at + DAY)
    assert "已计入公开登记" in get(client, f"/letters/{letter.number}").text
    found = client.get(f"/letters/{letter.number}/record.json").json
    assert found is not None
    [leaf], head = found["leaves"], found["head"]
    text = "\n".join((leaf["kind"], found["number"], leaf["moment"], found["opening"]))
    assert sha256(text.encode()).hexdigest() == leaf["commitment"]
    hashed = leaf_hash(f"{leaf['kind']} {leaf['day']} {leaf['commitment']}".encode())
    path = [bytes.fromhex(each) for each in leaf["path"]]
    root = included_root(hashed, leaf["position"], head["size"], path)
    assert root is not None
    assert root.hex() == head["root"]


def test_the_receipt_carries_the_commitment(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """What the receipt showed is what enters the record."""
    number, code = receipt(client)
    shown = get(client, f"/receipt/{number}").html
    get(client, "/track")
    letter = an_opened_letter(client, session, world)
    grow(settings, letter.received_at + DAY)
    found = client.get(f"/letters/{letter.number}/record.json").json
    assert found is not None
    assert found["leaves"][0]["commitment"] in get(client, f"/receipt/{letter.number}").html
    assert found["leaves"][0]["commitment"] not in shown
    assert code
    assert value(get(client, f"/receipt/{number}"), "receipt-number") == number


def test_proofs_are_for_who_has_opened_the_letter(
    client: FlaskClient, session: Session, world: World, settings: Settings
) -> None:
    """Another browser gets no proof, opening or commitment, as if there were no such letter."""
    letter = an_opened_letter(client, session, world)
    assert client.get(f"/letters/{letter.number}/record.json").status_code == 404
    grow(settings, letter.received_at + DAY)
    assert client.get(f"/letters/{letter.number}/record.json").status_code == 200
    stranger = client.application.test_client()
    assert stranger.get(f"/letters/{letter.number}/record.json").status_code == 404
    assert stranger.get("/letters/hello/record.json").status_code == 404
