"""The folder of files: what it has is whole, and nobody else reads it."""

import stat
from pathlib import Path

import pytest

from portal.adapters.files.store import Area, FolderStore, MissingFile
from portal.domain.integrity.sealed_files import stored_name

CONTENT = b"what is stored"
NAME = stored_name(CONTENT)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """A store in a folder that does not exist yet."""
    return FolderStore(tmp_path / "files")


def test_what_was_put_is_there(store: FolderStore) -> None:
    """Again and again, and a second time changes nothing."""
    store.put(Area.PRIVATE, NAME, CONTENT)
    store.put(Area.PRIVATE, NAME, b"other")
    assert store.get(Area.PRIVATE, NAME) == CONTENT
    assert [each.name for each in store.names(Area.PRIVATE)] == [NAME]


def test_areas_lie_apart(store: FolderStore) -> None:
    """What is private is not found among what is public."""
    store.put(Area.PRIVATE, NAME, CONTENT)
    with pytest.raises(MissingFile):
        store.get(Area.PUBLIC, NAME)
    assert list(store.names(Area.PUBLIC)) == []


def test_nobody_else_reads_a_file(store: FolderStore) -> None:
    """Neither the file nor its folder."""
    store.put(Area.PRIVATE, NAME, CONTENT)
    place = store.folder / "private" / NAME[:2] / NAME
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_what_was_deleted_is_gone(store: FolderStore) -> None:
    """Once more is no error."""
    store.put(Area.PRIVATE, NAME, CONTENT)
    store.delete(Area.PRIVATE, NAME)
    store.delete(Area.PRIVATE, NAME)
    with pytest.raises(MissingFile):
        store.get(Area.PRIVATE, NAME)


def test_a_draft_that_a_kill_has_left_can_be_removed(store: FolderStore) -> None:
    """It is listed under its own name."""
    store.put(Area.PRIVATE, NAME, CONTENT)
    draft = store.folder / "private" / NAME[:2] / f".{NAME}.0123"
    draft.write_bytes(b"half")
    names = [each.name for each in store.names(Area.PRIVATE)]
    assert sorted(names) == sorted([NAME, draft.name])
    store.delete(Area.PRIVATE, draft.name)
    assert not draft.exists()


@pytest.mark.parametrize("name", ["../../keys/data.key", "x" * 64, NAME.upper(), ""])
def test_a_name_leads_nowhere_else(store: FolderStore, name: str) -> None:
    """Only names made of what is stored are looked for."""
    with pytest.raises(MissingFile):
        store.get(Area.PRIVATE, name)
    with pytest.raises(MissingFile):
        store.put(Area.PRIVATE, name, CONTENT)


def test_a_full_disk_leaves_nothing(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The draft goes with the error."""

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        store.put(Area.PRIVATE, NAME, CONTENT)
    assert list(store.names(Area.PRIVATE)) == []
