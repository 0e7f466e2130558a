"""A small encoder of our own: made from nothing but the texts at hand."""
