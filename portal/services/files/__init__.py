"""Files that come with letters and requests: taking them in, giving them out, and clearing up behind."""
