"""The demo instance: organisations, people, letters and requests."""
