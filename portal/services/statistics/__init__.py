"""Keeping stored figures up to date."""
