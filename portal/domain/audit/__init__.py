"""The audit chain: stamps and seals by which every row that was changed afterwards is found."""
