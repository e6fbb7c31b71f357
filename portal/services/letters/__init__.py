"""What citizens and the office do with a letter."""
