"""Identity providers, with which people sign in."""
