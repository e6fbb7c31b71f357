"""Messages that the letterbox sends: when, to whom, how often it is tried, and in which words."""
