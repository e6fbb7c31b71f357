"""Reading which files there are and which the store must have."""
