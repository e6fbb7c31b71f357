"""What the law gives the person whose data is kept."""
