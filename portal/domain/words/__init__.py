"""Words of office language and of everyday speech that mean the same, by topic."""
