"""The service: a page and an HTTP API around `triage`. It parses, calls, formats."""
