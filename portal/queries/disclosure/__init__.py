"""Disclosure requests as the office and their applicants read them."""
