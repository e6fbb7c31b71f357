"""Letters as staff and their senders see them."""
