"""Rules of the public archive."""
