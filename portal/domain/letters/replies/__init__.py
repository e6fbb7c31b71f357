"""What replies are checked for before somebody signs them."""
