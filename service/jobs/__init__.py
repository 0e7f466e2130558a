"""What runs beside the requests: timers, and the delivery of webhooks."""
