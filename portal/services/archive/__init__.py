"""Publishing, redacting and indexing."""
