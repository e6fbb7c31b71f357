"""Use cases, one file for each family; every write goes through one of them."""
