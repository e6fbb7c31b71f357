"""The ring of data keys of an instance, which follows the files in its folder of keys."""

from __future__ import annotations

from collections.abc import Callable

from portal.config import Settings
from portal.domain.integrity.ring import CipherName, Ring
from portal.key_files import DATA, UnusableKey, data_files


def ring_of(settings: Settings) -> Callable[[], Ring]:
    """Return a function that gives the ring of this moment: files may come and go while it is used.

    Raises ``UnusableKey``, and ``Unsupported`` where this system lacks the cipher.
    """
    cipher = CipherName(settings.cipher)
    ring = Ring(settings.data_keys, cipher)
    files = data_files(settings.keys_folder)
    if settings.given_keys.get(DATA):
        return lambda: ring

    def current() -> Ring:
        nonlocal ring, files
        try:
            found = data_files(settings.keys_folder)
            if found and found != files:
                ring, files = Ring(settings.data_keys, cipher), found
        except (OSError, UnusableKey):
            # What is in memory goes on to serve while the folder cannot be read.
            return ring
        return ring

    return current
