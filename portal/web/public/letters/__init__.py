"""Writing a letter and following it."""
