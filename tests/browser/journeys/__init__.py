"""Journeys of citizens and staff through the served letterbox, from the first page to the last."""
