"""Whether what is kept agrees with the rules by which it came about."""
