"""People: who may do what, and the keys by which they are known."""
