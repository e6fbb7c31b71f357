"""Shared parts of the web: sessions, clock, errors, labels, security headers."""
