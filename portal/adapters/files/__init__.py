"""Files in the outside world: reading what strangers send, storing it, and having it scanned."""
