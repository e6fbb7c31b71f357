"""Redaction, publication and problem notices."""
