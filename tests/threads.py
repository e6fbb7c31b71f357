"""Jobs done side by side, each over a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from flask import Flask


def at_once(app: Flask, jobs: Sequence[Callable[..., object]]) -> list[object]:
    """Run every job in a thread of its own from the same moment; return results or errors."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        with app.app_context():
            gate.wait()
            try:
                return job()
            except Exception as error:
                return error

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
