"""Whole years of invented letters, with the counts asked for, loaded in bulk."""
