"""Training and measuring: needs the extra `train`."""
