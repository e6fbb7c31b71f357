"""Compare what two checkouts do: ``python compare.py BEFORE AFTER [--save FOLDER]``.

Each checkout needs a ``.venv`` of its own (``make install``) and runs in a temporary instance on data
that it simulates itself with the same seed, so that the two may store them differently. Compared
are routes, open data (interface, feeds, statistics), the annual report in all formats, and the
search results for the shared evaluation letters (beside the checkout, or in LETTERBOX_SHARED_DATA).
An item is a group of answers; for each item a line says whether all answers are identical, or how
many differ and where the first one does. The exit status is 0 where everything is identical, 1
where something differs and 2 where a checkout could not be run.

In place of a checkout a record may be given, a file that an earlier run wrote with ``--save``.

Left out of the comparison are the names of endpoints and of the arguments of rules, the HTTP
headers ``Date`` and ``Server``, CSRF tokens, session cookies, and the times and the compression of zip
members in docx and xlsx files. Addresses are the same in every run because the public address is
set. Scores are rounded to six digits.

The commands and HTTP addresses of the letterbox are used wherever they suffice;
``probe.py`` does what needs imports.
"""

import argparse
import hashlib
import io
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

Record = dict[str, dict[str, str]]
"""Item → name of an answer → the answer as text."""

YEAR = 2016
SIMULATION = (
    "simulate",
    "--year",
    str(YEAR),
    "--received",
    "3000",
    "--closed",
    "2500",
    "--published",
    "1500",
    "--seed",
    "7",
)
PROBE = Path(__file__).resolve().with_name("probe.py")
PUBLIC_ADDRESS = "http://letters.example"
STARTING = 120.0
"""Seconds in which a server has to answer."""
REPORT_DAYS = ("", "2016-06-30", "2017-03-31")
"""Values of ``report --as-of``; blank for the default."""
UNCOMPARED_HEADERS = frozenset({"date", "server"})
QUERIES = (
    "公积金提取",
    "公交线路",
    "物业收费",
    "落户",
    "医保报销",
    '"物业"',
    "路 灯",
    "zzz",
    "2016",
)
KINDS = ("consultation", "complaint", "help", "suggestion", "report", "thanks")
GROUPS = (
    "city_office",
    "municipal_department",
    "district_government",
    "key_enterprise",
    "district_department",
    "township",
    "sub_unit",
)
PERIODS = ("2016Q3", "2016-05", "2016-W20", "2016-12-31", "2015", "2017", "nonsense")
TOKENS = re.compile(
    r"""((?:name="csrf_token" value=|(?:Set-Cookie|set-cookie): [\w-]+=)"?)[^;"\n]+"""
)
"""Tokens against forged requests and session cookies, which are new each time."""


class Unusable(Exception):
    """A checkout cannot be run, or its answers cannot be compared; the message says why."""


class Checkout:
    """A checkout with a temporary instance."""

    def __init__(self, folder: Path, instance: Path) -> None:
        self.folder = folder
        shared = os.environ.get("LETTERBOX_SHARED_DATA") or folder.parent / "shared" / "data"
        self.evaluation = Path(shared).resolve() / "evaluation"
        if not self.evaluation.is_dir():
            raise Unusable(f"no {self.evaluation}: set LETTERBOX_SHARED_DATA")
        self.port = free_port()
        given = os.environ.items()
        self.environment = {k: v for k, v in given if not k.startswith(("LETTERBOX_", "PYTHON"))}
        for name in ("DATABASE_URL", "PORT", "VIRTUAL_ENV"):
            self.environment.pop(name, None)
        self.environment |= {
            "LETTERBOX_INSTANCE": str(instance),
            "LETTERBOX_BASE_URL": PUBLIC_ADDRESS,
            "LETTERBOX_LIMITS_ENABLED": "false",
            "LETTERBOX_WORKERS": "1",
            "LETTERBOX_LOG_LEVEL": "ERROR",
            "PORT": str(self.port),
            "LC_ALL": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def letterbox(self, *words: str) -> bytes:
        """Run the letterbox command and return what it prints."""
        return self._run(self.folder / ".venv/bin/letterbox", *words)

    def probe(self, name: str) -> Record:
        """Run the probe inside the checkout and return the record it makes."""
        python = self.folder / ".venv/bin/python"
        probe = "-P", str(PROBE), name, str(self.evaluation)
        found: Record = json.loads(self._run(python, *probe))
        return found

    def _run(self, program: Path, *words: str) -> bytes:
        done = subprocess.run(
            [str(program), *words], cwd=self.folder, env=self.environment, capture_output=True
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip()
            raise Unusable(f"{program} {' '.join(words)}: status {done.returncode}\n{said}")
        return done.stdout

    @contextmanager
    def served(self) -> Iterator[None]:
        """Serve the instance without its background worker."""
        command = str(self.folder / ".venv/bin/letterbox"), "serve", "--no-worker"
        server = subprocess.Popen(
            command, cwd=self.folder, env=self.environment, stdout=subprocess.DEVNULL
        )
        try:
            deadline = time.monotonic() + STARTING
            while not self._lives():
                if server.poll() is not None or time.monotonic() > deadline:
                    raise Unusable(f"{self.folder}: the server does not answer")
                time.sleep(0.2)
            yield
        finally:
            server.terminate()
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.kill()

    def _lives(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except URLError:
            return False

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Return status, headers and body of an address."""
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers=headers or {})
        try:
            with urlopen(request, timeout=60) as response:
                status, found, body = response.status, response.headers, response.read()
        except HTTPError as error:
            status, found, body = error.code, error.headers, error.read()
        lines = sorted(f"{k}: {v}" for k, v in found.items() if k.lower() not in UNCOMPARED_HEADERS)
        return status, "\n".join(lines), body.decode("utf-8-sig")


def free_port() -> int:
    """Return a port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Asking:
    """Asks for addresses and keeps the answers by item."""

    def __init__(self, checkout: Checkout) -> None:
        self._checkout = checkout
        self.paths: set[str] = set()
        self.record: Record = {}

    def ask(self, item: str, path: str, headers: dict[str, str] | None = None) -> Any:
        """Keep the answer of an address; return its JSON, None where it has none."""
        status, told, body = self._checkout.get(path, headers)
        name = " ".join([path, *(f"{k}={v}" for k, v in (headers or {}).items())])
        answer = f"status {status}\n{body}\n{told}"
        self.record.setdefault(item, {})[name] = TOKENS.sub(r"\1TOKEN", answer)
        self.paths.add(path.partition("?")[0])
        return json.loads(body) if status == 200 and body.startswith("{") else None


def interface(asking: Asking) -> None:
    """Ask for everything of the open data of the archive, version 1."""
    stem = "/api/v1"
    page: dict[str, Any] = asking.ask("API description", f"{stem}/")
    for kind in ("text/html", "application/json"):
        for words in ("", "?lang=en"):
            asking.ask("API description", f"{stem}/{words}", {"Accept": kind})
    asking.ask("API description", f"{stem}/unknown/address")
    entries: list[dict[str, Any]] = []
    number = pages = 1
    while number <= pages:
        page = asking.ask("API lists", f"{stem}/entries?per_page=100&page={number}") or {}
        entries, pages, number = [*entries, *page.get("data", [])], page.get("pages", 0), number + 1
    if not entries:
        raise Unusable("the open data has no entries: the comparison would say nothing")
    places = sorted({entry["organisation"]["id"] for entry in entries})
    filters = [
        *(f"organisation={place}" for place in (1, *places[:40], 10**6)),
        *(f"kind={kind}" for kind in (*KINDS, "unknown")),
        *(f"year={year}" for year in (2015, 2016, 2017, "x")),
        "page=99",
        "page=0",
        "per_page=7",
        "per_page=101",
        "q=x",
        "unknown=1",
        f"kind=help&year=2016&organisation={places[0]}&per_page=5&page=2",
    ]
    for words in ("", *filters):
        asking.ask("API lists", f"{stem}/entries?{words}".rstrip("?"))
    asking.ask("API lists", f"{stem}/entries?lang=en")
    last = max(entry["id"] for entry in entries)
    for entry_id in range(last + 3):
        asking.ask("API entries", f"{stem}/entries/{entry_id}")
    texts = [*QUERIES, *(entry["title"] for entry in entries[::25])]
    texts += [entry["letter"][20:26] for entry in entries[::50]]
    for text in ("", *texts, "长" * 201):
        asking.ask("API search", f"{stem}/search?q={quote(text)}")
    filters = ["sort=date", "kind=help", "year=2016", f"organisation={places[-1]}", "page=2"]
    for text in QUERIES:
        for words in filters:
            asking.ask("API search", f"{stem}/search?q={quote(text)}&{words}")
    asking.ask("API search", f"{stem}/search?q=x&sort=unknown")


def feeds(asking: Asking) -> None:
    """Ask for health, the feed and the map of the site."""
    for path in ("/healthz", "/readyz"):
        asking.ask("health", path)
    for words in ("", "?kind=help", "?kind=complaint", "?organisation=1", "?q=x"):
        asking.ask("feeds", f"/archive/feed.atom{words}")
    for part in ("", "/0", "/1", "/2"):
        asking.ask("feeds", f"/sitemap{part}.xml")
    asking.ask("feeds", "/robots.txt")


def statistics(asking: Asking) -> None:
    """Ask for the open data of the statistics, with every filter."""
    stem = "/statistics/data"
    whole = asking.ask("statistics data.json", f"{stem}.json?period={YEAR}") or {}
    codes = [row["code"] for row in whole.get("organisations", [])]
    subjects = [row["category"] or "-" for row in whole.get("categories", [])]
    filters: list[dict[str, str]] = [
        {},
        {"basis": "period"},
        {"view": "answering"},
        {"basis": "unknown"},
        *({"by": each} for each in ("quarter", "month", "week", "day")),
        *({"as_of": each} for each in ("2016-06-30", "2016-12-31", "2017-06-30", "x")),
        *({"rank": each} for each in ("closure", "publication", "timeliness")),
        *({"kind": each} for each in KINDS),
        *({"group": each} for each in GROUPS),
        *({"category": each} for each in subjects),
        *({"organisation": each} for each in (*codes[:30], "unknown")),
        {"kind": "help", "by": "month", "as_of": "2016-09-30", "basis": "period"},
    ]
    asked = [{"period": str(YEAR), **each} for each in filters]
    asked += [{"period": each} for each in PERIODS]
    for words in [{}, *asked]:
        for form in ("json", "csv"):
            path = f"{stem}.{form}?{urlencode(words)}".rstrip("?")
            asking.ask(f"statistics data.{form}", path)
    for text in ("区", "局", "zzz"):
        asking.ask("statistics organisations", f"/statistics/organisations.json?q={quote(text)}")


def unasked(routes: Iterable[str], paths: set[str]) -> list[str]:
    """Return the rules of the interface and of health for which no address was asked for."""
    kinds = {"int": r"\d+", "path": ".+"}
    missing = []
    for rule in routes:
        if rule.startswith("/api/") or rule in ("/healthz", "/readyz"):
            parts = re.split(r"<(\w+)(?:\([^)]*\))?>", rule)
            pattern = re.escape(parts[0])
            for kind, rest in zip(parts[1::2], parts[2::2], strict=True):
                pattern += kinds.get(kind, "[^/]+") + re.escape(rest)
            if not any(re.fullmatch(pattern, path) for path in paths):
                missing.append(rule)
    return missing


def reports(checkout: Checkout) -> Record:
    """Return the annual report in every format that the command offers."""
    words = re.sub(r"\s+", "", checkout.letterbox("report", "--help").decode())
    listed = re.search(r"--format\[([\w|]+)\]", words)
    formats = sorted(listed[1].split("|")) if listed else []
    found: Record = {"report formats": {"--format": " ".join(formats)}}
    for form in formats:
        item = found.setdefault(f"report {form}", {})
        for day in REPORT_DAYS:
            options = ("--as-of", day) if day else ()
            name = " ".join(("--format", form, *options))
            content = checkout.letterbox("report", str(YEAR), "--format", form, *options)
            if zipfile.is_zipfile(io.BytesIO(content)):
                item |= {f"{name}, {member}": text for member, text in members(content).items()}
            else:
                item[name] = as_text(content)
    return found


def members(content: bytes) -> dict[str, str]:
    """Return the members of a zip file as text, and their order."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        return {"order": "\n".join(names)} | {n: as_text(archive.read(n)) for n in names}


def as_text(content: bytes) -> str:
    """Return text as it is, and in place of other bytes their length and digest."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return f"{len(content)} bytes, sha256 {hashlib.sha256(content).hexdigest()}"


def recorded(folder: Path) -> Record:
    """Return everything that is compared of a checkout, or of the record in a file."""
    if folder.is_file():
        read: Record = json.loads(folder.read_text(encoding="utf-8"))
        return read
    with tempfile.TemporaryDirectory(prefix="letterbox-compare-") as place:
        checkout = Checkout(folder, Path(place))
        checkout.letterbox(*SIMULATION)
        record = checkout.probe("routes")
        asking = Asking(checkout)
        with checkout.served():
            for ask in (interface, feeds, statistics):
                ask(asking)
        if missing := unasked(record["routes"], asking.paths):
            raise Unusable(f"{folder}: nothing asks for {', '.join(missing)}; add addresses")
        return record | asking.record | reports(checkout) | checkout.probe("search")


def difference(before: dict[str, str], after: dict[str, str]) -> str:
    """Return how the answers of an item differ; blank where they are identical."""
    names = list(dict.fromkeys((*before, *after)))
    unlike = [name for name in names if before.get(name) != after.get(name)]
    if not unlike:
        return ""
    where = place(before.get(unlike[0]), after.get(unlike[0]))
    return f"{len(unlike)} of {len(names)}, first {unlike[0]}: {where}"


def place(before: str | None, after: str | None) -> str:
    """Return the first place where two different texts part, with what stands there in each."""
    if before is None or after is None:
        return "only after" if before is None else "only before"
    same = len(os.path.commonprefix([before, after]))
    line, begin = before.count("\n", 0, same) + 1, max(0, same - 30)
    shown = [json.dumps(t[begin : same + 50], ensure_ascii=False) for t in (before, after)]
    return f"line {line}: before {shown[0]}, after {shown[1]}"


def compare(before: Record, after: Record) -> bool:
    """Print a line for each item; return whether all are identical."""
    identical = True
    for item in dict.fromkeys((*before, *after)):
        if found := difference(before.get(item, {}), after.get(item, {})):
            identical = False
            sys.stdout.write(f"differs    {item}: {found}\n")
        else:
            sys.stdout.write(f"identical  {item} ({len(before[item])})\n")
    return identical


def main() -> int:
    """Read the command line, compare, and return the exit status."""
    parser = argparse.ArgumentParser(description="Compare what two checkouts do.")
    parser.add_argument("before", type=Path, help="Checkout with a .venv, or a record.")
    parser.add_argument("after", type=Path, help="Checkout with a .venv, or a record.")
    parser.add_argument("--save", type=Path, help="Folder for the records before.json, after.json.")
    given = parser.parse_args()
    records = {}
    for name, folder in (("before", given.before), ("after", given.after)):
        try:
            records[name] = recorded(folder.resolve())
        except Unusable as fault:
            sys.stderr.write(f"{fault}\n")
            return 2
        if given.save:
            given.save.mkdir(parents=True, exist_ok=True)
            text = json.dumps(records[name], ensure_ascii=False, indent=1)
            (given.save / f"{name}.json").write_text(text, encoding="utf-8")
    return 0 if compare(records["before"], records["after"]) else 1


if __name__ == "__main__":
    sys.exit(main())
