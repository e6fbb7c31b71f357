"""Names of people: what they look like, what introduces them, and where else they stand."""
