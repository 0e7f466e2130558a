"""Which model is in use, which came before, and what a new one must show to take its place."""
