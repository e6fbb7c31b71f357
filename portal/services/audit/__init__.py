"""The services of the audit trail: its chain, what staff look at, and removal when its time is over."""
