"""What a server bears: `python -m tests.bench.bench_load [RATE] [SECONDS] [PAGES]`.

A server with two processes and its worker takes RATE letters a second in for SECONDS, sent at fixed
moments whether the ones before are answered or not, then answers PAGES requests of public pages from
eight readers. Printed are what was refused, how long answers took, by how much the memory of the
processes has grown since they were warm, and the load of the machine, whose other programs count too.
Ends with status 1 where anything was refused or a process has grown by 5 % or more.
"""

import http.client
import itertools
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from tests.chaos.instance import Instance
from tests.servers import Server
from tests.web.api.tokens import LETTER

RATE, SECONDS, PAGES = 50, 60, 10_000
WARM_LETTERS, WARM_PAGES = 200, 400
READERS, SENDERS = 8, 32
ENTRIES = 200
GROWTH = 0.05
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Answers:
    """Statuses and seconds of answers, for many threads."""

    def __init__(self) -> None:
        self.statuses: Counter[int] = Counter()
        self.seconds: list[float] = []
        self._lock = threading.Lock()

    def add(self, status: int, seconds: float) -> None:
        """Note an answer."""
        with self._lock:
            self.statuses[status] += 1
            self.seconds.append(seconds)

    def said(self, good: int) -> str:
        """Return the figures; ``good`` is the status that is no error."""
        errors = self.statuses.total() - self.statuses[good]
        which = ", ".join(f"{s}: {n}" for s, n in sorted(self.statuses.items()) if s != good)
        parts = statistics.quantiles(self.seconds, n=100)
        return (
            f"{self.statuses.total()} answers, errors {errors}{f' ({which})' if which else ''}, "
            f"half within {parts[49] * 1000:.0f} ms, 95 % within {parts[94] * 1000:.0f} ms, "
            f"the slowest {max(self.seconds):.1f} s"
        )


def send(server: Server, token: str, name: str, rate: float, count: int) -> Answers:
    """Send ``count`` letters, ``rate`` a second; a late answer delays no other letter."""
    found, begun = Answers(), time.monotonic()

    def one(number: int) -> None:
        due = begun + number / rate
        status, _ = server.hand_in(token, LETTER, f"{name}-{number}")
        found.add(status, time.monotonic() - due)

    with ThreadPoolExecutor(SENDERS) as pool:
        for number in range(count):
            time.sleep(max(0, begun + number / rate - time.monotonic()))
            pool.submit(one, number)
    return found


def read(server: Server, paths: list[str], count: int) -> Answers:
    """Ask for ``count`` pages in turn, eight readers at once, each over one connection."""
    found, numbers = Answers(), itertools.count()
    host = urlsplit(server.address).netloc

    def reader() -> None:
        connection = http.client.HTTPConnection(host, timeout=30)
        while (number := next(numbers)) < count:
            begun = time.monotonic()
            try:
                connection.request("GET", paths[number % len(paths)])
                answer = connection.getresponse()
                answer.read()
                status = answer.status
            except (OSError, http.client.HTTPException):
                connection.close()
                status = 0
            found.add(status, time.monotonic() - begun)
        connection.close()

    _together(reader, READERS)
    return found


def _together(work: Callable[[], None], number: int) -> None:
    threads = [threading.Thread(target=work) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def memory(server: Server) -> dict[int, int]:
    """Return the bytes of memory that each process of the server has in use."""
    sizes = {}
    for process in server.processes():
        fields = Path(f"/proc/{process}/statm").read_text().split()
        sizes[process] = int(fields[1]) * _PAGE_BYTES
    return sizes


def main(rate: float, seconds: int, pages: int) -> int:
    """Measure and print; return the status of the program."""
    with tempfile.TemporaryDirectory(prefix="letterbox-load-") as folder:
        instance = Instance(Path(folder))
        instance.publish(ENTRIES)
        entries = sorted(instance.revisions())
        paths = [
            *("/", "/archive", "/statistics", "/organisations", "/en/archive"),
            *("/archive?q=%E8%B7%AF%E7%81%AF", "/archive/feed.atom", "/api/v1/entries"),
            *(f"/archive/{entry}" for entry in entries[:50]),
        ]
        with instance.serving() as server:
            instance.wait_until_well()
            send(server, instance.token, "warm", rate, WARM_LETTERS)
            read(server, paths, WARM_PAGES)
            warm = memory(server)
            letters = send(server, instance.token, "load", rate, int(rate * seconds))
            answered = read(server, paths, pages)
            grown = [
                (size - warm[process]) / warm[process]
                for process, size in memory(server).items()
                if process in warm
            ]
    sys.stdout.write(f"{rate:g} letters a second for {seconds} s: {letters.said(201)}\n")
    sys.stdout.write(f"{pages} pages: {answered.said(200)}\n")
    sys.stdout.write(f"memory of {len(grown)} processes: {max(grown):+.1%} at most\n")
    sys.stdout.write(f"load of the machine over five minutes: {os.getloadavg()[1]:.1f}\n")
    errors = letters.statuses.total() - letters.statuses[201]
    errors += answered.statuses.total() - answered.statuses[200]
    return 1 if errors or max(grown) >= GROWTH else 0


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(given + [RATE, SECONDS, PAGES][len(given) :])))
