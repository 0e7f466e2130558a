"""Datasets of one's own: read from strangers' tables, checked, split, counted."""
