"""Webhooks: what is signed, where it may go, when it is tried again, and the sending itself.

The outbox and the job that works through it live elsewhere; nothing here knows a database.
"""
