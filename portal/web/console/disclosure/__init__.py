"""Disclosure requests in the console."""
