"""Doors to the outside: the full-text index."""
