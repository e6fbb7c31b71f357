"""Work of a request whose body no page sends: `python -m tests.bench.bench_bodies`.

A body is as large as its route takes, or twice that, which is refused. Printed is the processor time
of the whole request in milliseconds, the best of three after one that warms up. Forms carry a valid
token, so that nothing stops them before they are read, checked and shown again; programs carry
theirs. Limits on guessing and flooding are off.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote_plus

from flask import Flask

from portal.app import create_app, ensure_database
from portal.config import load_settings
from portal.models import db
from portal.web.core.safety import LARGEST_OF_PROGRAMS, LARGEST_REQUEST, LARGEST_TEXTS, MOST_FIELDS
from portal.web.core.settings import settings_of
from tests.pages import FROM_HERE, get
from tests.web.api.tokens import a_token
from tests.world import START, a_world

ROUNDS = 3
FORM, PARTS, JSON = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"
HAN, ENCODED = "字".encode(), quote_plus("字").encode()


class Body(NamedTuple):
    """A hostile body: its name, type and bytes."""

    name: str
    kind: str
    sent: bytes


def filled(size: int, unit: bytes) -> bytes:
    """Return ``unit`` as often as ``size`` bytes hold it."""
    return unit * (size // len(unit))


def forms(size: int, token: bytes) -> Iterator[Body]:
    """Yield forms of ``size`` bytes, with ``token`` in front."""
    room = size - 200
    start = b"csrf_token=" + token + b"&step=preview&kind=consultation&title=a&text="
    for name, unit in {
        "Han text, encoded": ENCODED,
        "Han text, plain": HAN,
        "letters": b"a",
        "encoded letters": b"%61b",
        "bytes of no character": b"%E5",
        "percent signs": b"%",
        "combining marks": quote_plus("\u0344").encode(),
        "line breaks": b"%0D%0A",
    }.items():
        yield Body(name, FORM, start + filled(room, unit))
    one = b"x" * max(1, room // MOST_FIELDS - 7)
    pairs = (b"&f%d=%s" % (number, one) for number in range(MOST_FIELDS - 5))
    yield Body("as many fields as are taken", FORM, start + b"".join(pairs))
    pairs = (b"&f%d=x" % number for number in range(100_000))
    yield Body("100,000 fields", FORM, start + b"".join(pairs))
    part = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n'
    secret = b'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + token + b"\r\n"
    yield Body("parts of one letter", PARTS, secret + filled(room, part + b"a\r\n") + b"--x--")
    for name, unit in {
        "one part of Han": HAN,
        "one part of boundaries": b"\r\n--",
        "dashes": b"-",
    }.items():
        yield Body(name, PARTS, secret + part + filled(room, unit) + b"\r\n--x--")
    yield Body("no part ends", PARTS, secret + filled(room, b"--x\r\n"))
    yield Body("one endless header", PARTS, secret + b"--x\r\nA: " + b"a" * room)


def documents(size: int) -> Iterator[Body]:
    """Yield JSON of ``size`` bytes."""
    text = b'{"kind": "help", "title": "a", "name": "a", "phone": "13800000000", "text": "'
    for name, sent in {
        "unclosed lists": filled(size, b"["),
        "lists": filled(size // 2, b"[") + filled(size // 2, b"]"),
        "objects": filled(size, b'{"a":'),
        "flat list": b"[" + filled(size - 4, b"0,") + b"0]",
        "many names": b"{" + b",".join(b'"%d":0' % i for i in range(size // 12)) + b"}",
        "huge number": b'{"organisation": ' + b"9" * (size - 20) + b"}",
        "huge fraction": b'{"organisation": 0.' + b"9" * (size - 25) + b"}",
        "Han text": text + filled(size - 100, HAN) + b'"}',
        "escaped text": text + filled(size - 100, b"\\u5b57") + b'"}',
        "half characters": text + filled(size - 100, b"\\ud800") + b'"}',
    }.items():
        yield Body(name, JSON, sent)


def work(
    app: Flask, path: str, body: Body, headers: dict[str, str], cookie: str
) -> tuple[int, float]:
    """Return the status of the answer and the milliseconds of work."""
    client, best, status = app.test_client(), float("inf"), 0
    if cookie:
        client.set_cookie("letterbox", cookie)
    kind = "application/json" if body.kind == JSON else body.kind
    for _ in range(ROUNDS + 1):
        began = time.process_time()
        answer = client.post(path, data=body.sent, content_type=kind, headers=headers)
        took, status = time.process_time() - began, answer.status_code
        best = min(best, took) if _ else best
    return status, 1_000 * best


def run(folder: Path) -> None:
    """Measure and print."""
    app = create_app(load_settings(instance=folder, log_level="ERROR", limits_enabled=False))
    app.testing = True
    ensure_database(app, START)
    with app.app_context():
        token = a_token(a_world(db.session(), ""), settings_of(app).key("code"))
    program, client = {"Authorization": f"Bearer {token}"}, app.test_client()
    token = get(client, "/write", follow_redirects=True).form("/write").hidden["csrf_token"]
    session = client.get_cookie("letterbox")
    assert session is not None
    say, slowest = sys.stdout.write, 0.0
    for path, bodies, headers, cookie in (
        ("/write", forms(LARGEST_REQUEST, token.encode()), FROM_HERE, session.value),
        ("/write", forms(2 * LARGEST_REQUEST, token.encode()), FROM_HERE, session.value),
        ("/write", forms(LARGEST_TEXTS, token.encode()), FROM_HERE, session.value),
        ("/console/letters/1/publication/correct", forms(LARGEST_TEXTS, b""), FROM_HERE, ""),
        ("/api/v1/letters", documents(LARGEST_OF_PROGRAMS), program, ""),
        ("/api/v1/letters", documents(2 * LARGEST_OF_PROGRAMS), program, ""),
    ):
        for body in bodies:
            status, took = work(app, path, body, headers, cookie)
            slowest = max(slowest, took)
            say(f"{path:40} {body.name:28} {len(body.sent):9,} bytes  {status}  {took:6.1f} ms\n")
    say(f"the slowest: {slowest:.0f} ms\n")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        run(Path(place))
