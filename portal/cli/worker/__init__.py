"""The background worker: its round, the threads that send messages, and the command for both."""
