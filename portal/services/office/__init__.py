"""Accounts, organisations and rules."""
