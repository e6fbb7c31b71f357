"""Reads of the public record."""
