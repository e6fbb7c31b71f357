"""The directory of the index: generations, the pointer to the current one, locks, durability.

directory/            mode 0700: Whoosh reads pickles, so nobody else may write here
├── current           name of the generation that is searched, replaced atomically
├── write.lock        held while the current generation changes
├── rebuild.lock      held while a new generation is built
└── generation-N/     one Whoosh index and its stamp
"""

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from search_index.errors import IndexLocked, IndexMissing, IndexOutdated

POINTER = "current"
STAMP = "stamp.json"
_NAME = re.compile(r"generation-(\d+)")
_COMMIT = re.compile(r"_MAIN_(\d+)\.toc")


class Generations:
    """The generations in one directory, which is created at the first write."""

    def __init__(self, directory: Path, stamp: dict[str, object]) -> None:
        self.directory = directory
        self._stamp = stamp

    def current(self) -> Path:
        """Return the folder of the current generation.

        Raises ``IndexMissing`` without one, ``IndexOutdated`` if another analyzer or schema wrote
        it.
        """
        name = self._pointed()
        while True:
            folder = self.directory / name
            try:
                stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
                break
            except FileNotFoundError:
                # A rebuild may have swapped and swept between the two reads.
                pointed = self._pointed()
                if pointed == name:
                    raise
                name = pointed
        if stamp != self._stamp:
            raise IndexOutdated(
                f"The index in {folder} was built with {stamp}, needed is {self._stamp}: rebuild it."
            )
        return folder

    def _pointed(self) -> str:
        try:
            name = (self.directory / POINTER).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise IndexMissing(f"There is no index in {self.directory}: build it.") from None
        if not _NAME.fullmatch(name):
            raise ValueError(f"{self.directory / POINTER} does not name a generation")
        return name

    def begin(self) -> Path:
        """Create the folder of a new generation and delete those of interrupted rebuilds."""
        self.make_directory()
        self.sweep()
        folder = self.directory / f"generation-{self._last_number() + 1}"
        folder.mkdir(mode=0o700)
        (folder / STAMP).write_text(json.dumps(self._stamp), encoding="utf-8")
        return folder

    def swap(self, folder: Path) -> None:
        """Make ``folder`` the current generation, after its files are forced to the disk."""
        sync(folder)
        temporary = self.directory / f"{POINTER}.new"
        with temporary.open("w", encoding="ascii") as file:
            file.write(folder.name)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.directory / POINTER)
        _sync_folder(self.directory)

    def sweep(self) -> None:
        """Delete all generations but the current one."""
        try:
            kept = (self.directory / POINTER).read_text(encoding="ascii").strip()
        except (FileNotFoundError, UnicodeDecodeError):
            kept = ""
        for folder in self._folders():
            if folder.name != kept:
                shutil.rmtree(folder, ignore_errors=True)

    def make_directory(self) -> None:
        """Create the directory where needed, accessible to this user alone."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.directory.chmod(0o700)

    @contextmanager
    def lock(self, name: str, wait: float) -> Iterator[None]:
        """Hold the lock ``name`` across processes; raise ``IndexLocked`` after ``wait`` seconds.

        The system releases it when the process ends, even by a crash.
        """
        self.make_directory()
        deadline = time.monotonic() + wait
        with (self.directory / f"{name}.lock").open("a") as file:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() >= deadline:
                        raise IndexLocked(
                            f"Another process holds {name}.lock in {self.directory}: try again."
                        ) from None
                    time.sleep(0.02)
            yield

    def _folders(self) -> list[Path]:
        return [path for path in self.directory.iterdir() if _NAME.fullmatch(path.name)]

    def _last_number(self) -> int:
        return max((int(path.name.partition("-")[2]) for path in self._folders()), default=0)


def last_commit(folder: Path) -> tuple[int, int, int]:
    """Return what distinguishes the last commit in the folder of a generation from any other state.

    It is the number of its table of contents, with the size and time of that file, which nothing
    may write to; the number is -1 without one.
    """
    while True:
        commits = map(_COMMIT.fullmatch, os.listdir(folder))  # noqa: PTH208 - a page waits for it
        found = [(int(commit.group(1)), commit.group()) for commit in commits if commit]
        if not found:
            return -1, 0, 0
        number, name = max(found)
        try:
            state = (folder / name).stat()
        except FileNotFoundError:
            # A commit came between, which deletes the table before it.
            continue
        return number, state.st_size, state.st_mtime_ns


def sync(folder: Path) -> None:
    """Force the files of a generation to the disk, which Whoosh does not do."""
    for path in folder.iterdir():
        if path.is_file() and not path.name.endswith("WRITELOCK"):
            with path.open("rb") as file:
                os.fsync(file.fileno())
    _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
