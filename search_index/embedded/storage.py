"""The files of an index, read through the page cache."""

import mmap
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import StructFile
from whoosh.index import FileIndex


class MappedFile(StructFile):  # type: ignore[misc]
    """A file mapped into memory, read only."""

    def get(self, position: int, length: int) -> bytes:
        """Return up to ``length`` bytes at ``position``."""
        data: bytes = self.file[position : position + length]
        return data


class MappedStorage(FileStorage):  # type: ignore[misc]
    """A folder whose files are mapped when they are read."""

    def open_file(self, name: str, **kwargs: Any) -> StructFile:
        """Open an existing file for reading."""
        with Path(self._fpath(name)).open("rb") as file:
            if file.seek(0, 2) == 0:
                return super().open_file(name, **kwargs)
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return MappedFile(mapped, name=name, **kwargs)


def mapped(path: Path) -> memoryview:
    """Return the content of a file without reading it; it lasts as long as it is used."""
    with path.open("rb") as file:
        if file.seek(0, 2) == 0:
            return memoryview(b"")
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def open_index(folder: Path) -> FileIndex:
    """Return the Whoosh index in ``folder``."""
    return FileIndex(MappedStorage(str(folder)))
