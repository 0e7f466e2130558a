"""Fitting a transformers encoder: needs the extra `encoder-train`."""
