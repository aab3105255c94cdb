"""What the screen needs and the core must not know."""
