"""Figures of letters: counts and rates of any period, organisation, kind and past moment."""
