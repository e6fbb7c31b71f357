"""Disclosure requests as staff and their applicants see them."""
