"""Rules of the public archive: the place of an entry, and what its readers think of it."""
