"""What stands before secrets and forms: limits, challenges, devices that are known."""
