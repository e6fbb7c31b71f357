"""The office: organisations, people, rules and the audit trail."""
