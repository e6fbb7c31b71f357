"""What every write shares: the unit of work, acting on a letter, facts, numbers, due dates."""
