"""Letters of another system, from CSV files."""
