"""Organisations, letters and a text grammar written for this project: what a demo shows.

Plain data files beside plain Python, no Flask, no SQL. Nobody named here exists: the people,
telephone numbers and identity numbers are invented. The names of the organisations are public
facts of 2016.
"""
