"""The inbox, the letter page and its actions."""
