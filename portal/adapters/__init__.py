"""Adapters to what lies outside: the full-text index, files in CSV."""
