"""Scorers: cleaned texts in, probabilities and evidence out. They decide nothing."""
