"""Letters as the office and their senders read them."""
