"""Reads: what pages, reports and services ask the database."""
