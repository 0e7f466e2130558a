"""The desk: what can be done to a ticket, and what follows from it."""
