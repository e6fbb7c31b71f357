"""Rules of the public archive: place and matter of an entry, readers' opinion, age of an answer."""
