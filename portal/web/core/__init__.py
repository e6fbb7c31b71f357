"""What all parts of the web share: who asks, when, errors, labels, safety."""
