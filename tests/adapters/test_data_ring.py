"""The ring of an instance follows the files of its folder, or is what the environment gives."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.adapters.data_ring import ring_of
from portal.config import Settings, load_settings
from portal.domain.integrity.keys import key_id
from portal.domain.integrity.ring import Unreadable, key_of
from portal.key_files import add_data_key, data_files
from portal.models import Cipher

GIVEN = [bytes([n]) * 32 for n in (1, 2)]


@pytest.fixture
def instance(tmp_path: Path, settings: Settings) -> Iterator[Settings]:
    """The settings of an instance that has no keys yet; the ring of the process is put back."""
    ring = Cipher.ring()
    yield load_settings(instance=tmp_path / "fresh")
    Cipher.load(lambda: ring)


def test_a_key_that_another_process_adds_is_taken(instance: Settings) -> None:
    """A file that appears is used by the next encryption, and for texts that name it, without a restart."""
    Cipher.load(ring_of(instance))
    before = Cipher.encrypt(b"before")
    add_data_key(instance.keys_folder)
    elsewhere = ring_of(instance)().encrypt(b"elsewhere")
    assert Cipher.decrypt(elsewhere) == b"elsewhere"
    assert key_of(Cipher.encrypt(b"after")) == key_of(elsewhere) != key_of(before)
    assert Cipher.decrypt(before) == b"before"


def test_a_key_that_is_removed_is_gone(instance: Settings) -> None:
    """A file that is dropped leaves the rings of running processes with the next encryption."""
    Cipher.load(ring_of(instance))
    before = Cipher.encrypt(b"before")
    add_data_key(instance.keys_folder)
    data_files(instance.keys_folder)[-1].unlink()
    Cipher.encrypt(b"after")
    with pytest.raises(Unreadable) as caught:
        Cipher.decrypt(before)
    assert caught.value.key_id == key_of(before)


def test_a_folder_that_cannot_be_read_stops_nobody(instance: Settings) -> None:
    """What a process has in memory goes on to encrypt, also beside a file that holds no key."""
    Cipher.load(ring_of(instance))
    before = Cipher.encrypt(b"before")
    (instance.keys_folder / "data-2.key").write_text("not a key")
    assert key_of(Cipher.encrypt(b"meanwhile")) == key_of(before)
    shutil.rmtree(instance.keys_folder)
    assert key_of(Cipher.encrypt(b"after")) == key_of(before)
    assert not instance.keys_folder.exists()


def test_files_are_numbered_and_the_highest_is_the_newest(instance: Settings) -> None:
    """The first file has no number, the tenth comes after the ninth, other files are no keys."""
    folder = instance.keys_folder
    names = [add_data_key(folder).name for _ in range(10)]
    assert names == ["data.key", *(f"data-{n}.key" for n in range(2, 11))]
    (folder / "data-0.key").write_text("")
    (folder / "data.key.old").write_text("")
    assert [file.name for file in data_files(folder)] == names[::-1]
    assert ring_of(instance)().ids[0] == key_id(bytes.fromhex((folder / names[-1]).read_text()))


def test_the_environment_takes_the_place_of_files(tmp_path: Path) -> None:
    """Of the keys that it gives no file is made or read; the first data key is the newest."""
    text = f"data={GIVEN[0].hex()},\n data={GIVEN[1].hex().upper()} code={'c0' * 32}"
    settings = load_settings(instance=tmp_path, keys=text)
    assert settings.key("code") == b"\xc0" * 32
    assert ring_of(settings)().ids == tuple(map(key_id, GIVEN))
    assert not settings.keys_folder.exists()
    assert len(settings.key("session")) == 32
    assert [file.name for file in settings.keys_folder.iterdir()] == ["session.key"]


def test_the_look_up_key_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    """Where a data key is there already, hashes are made with what earlier versions derived from it."""
    settings = load_settings(instance=tmp_path)
    settings.keys_folder.mkdir()
    (settings.keys_folder / "data.key").write_text("00" * 32)
    add_data_key(settings.keys_folder)
    derived = "2ab2307811643055e16fba0c37b3465a7176cba9f892751f8478a7db62e7c547"
    assert settings.key("lookup").hex() == derived
    fresh = load_settings(instance=tmp_path / "fresh")
    assert fresh.key("lookup") != settings.key("lookup")
    assert len(fresh.data_keys) == 1
