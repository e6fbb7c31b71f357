"""The keys: whether they fit the database, and the rotation of those that encrypt."""
