"""Two checkouts of the project, measured side by side."""
