"""The public archive and what surrounds a publication."""
