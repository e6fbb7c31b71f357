"""Applying for disclosure."""
