"""Disclosure requests: states, outcomes, what an application says."""
