"""Faults of a running letterbox, brought about on purpose; ``make chaos`` prints what they cost."""
