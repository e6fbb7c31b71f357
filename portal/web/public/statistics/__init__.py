"""Public statistics and their open data."""
