"""Commands for what protects persons: the keys and how long personal data is kept."""
