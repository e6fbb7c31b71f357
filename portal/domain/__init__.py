"""Rules of the letterbox in plain Python: no Flask, no SQL."""
