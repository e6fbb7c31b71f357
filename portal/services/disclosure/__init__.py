"""What applicants and the office do with a disclosure request."""
