"""A stranger who opens every public address there is and follows every link."""

import re
from collections import Counter
from html import unescape
from io import BytesIO
from urllib.parse import unquote, urlsplit
from zipfile import ZipFile

from flask import Flask
from flask.testing import FlaskClient

from portal.web.core.settings import settings_of

_ADDRESS = re.compile(
    r"""(?:href|src)="([^"]+)"|<loc>([^<]+)</loc>|"(https?://[^"]+)"|<id>([^<]+)</id>"""
)
_MOST = 600
_VARIANTS = 12
"""Addresses of one page that differ in their query alone: figures answer any combination."""
_CODES = {200, 301, 302, 303, 304, 308, 400, 401, 404, 410}


def start_of(app: Flask) -> list[str]:
    """Return the address of every route that is read without a value in its path."""
    rules = app.url_map.iter_rules()
    return [r.rule for r in rules if "GET" in (r.methods or ()) and not r.arguments]


def crawl(app: Flask, client: FlaskClient, *more: str) -> dict[str, str]:
    """Return address → everything answered (headers too) from all routes on, links followed."""
    hosts = {"", urlsplit(settings_of(app).public_url).netloc}
    waiting = [*start_of(app), *more]
    seen: dict[str, str] = {}
    known, variants = set(waiting), Counter(urlsplit(each).path for each in waiting)
    while waiting and len(seen) < _MOST:
        address = waiting.pop(0)
        if address in seen or "lang=" in address:
            continue
        answer = client.get(address)
        assert answer.status_code in _CODES, f"{address}: {answer.status_code}"
        text = "" if "/static/" in address else _text(answer.data)
        seen[address] = f"{answer.headers}\n{unescape(text)}\n{unquote(text)}\n{text}"
        for parts in _ADDRESS.findall(text):
            link = urlsplit(unescape(next(filter(None, parts))))
            address = link.path + (f"?{link.query}" if link.query else "")
            if link.netloc not in hosts or not link.path.startswith("/") or address in known:
                continue
            if variants[link.path] < _VARIANTS:
                variants[link.path] += 1
                known.add(address)
                waiting.append(address)
    assert len(seen) < _MOST, "the crawl did not come to an end"
    return seen


def _text(data: bytes) -> str:
    """Return what a reader of ``data`` sees; of a packed document every part."""
    if data[:2] != b"PK":
        return data.decode()
    with ZipFile(BytesIO(data)) as parts:
        return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
