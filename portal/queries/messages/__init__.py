"""Messages and jobs of the outbox, as pages and commands list them."""
