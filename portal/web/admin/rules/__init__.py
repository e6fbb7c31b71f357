"""The calendar and the deadline rules, which decide when a letter is due."""
