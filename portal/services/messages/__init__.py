"""Messages: whom an event concerns, their words, handing them over, what peers report."""
