"""Numbers, accounts, plates, addresses and whatever else identifies a person without a name."""
