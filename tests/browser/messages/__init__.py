"""Messages as their readers get them: from a served instance, over real peers."""
