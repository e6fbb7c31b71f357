"""Organisations, people, rules and the audit trail."""
