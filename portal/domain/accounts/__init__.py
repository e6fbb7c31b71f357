"""Accounts of the staff: their names, and the roles that are asked for."""
