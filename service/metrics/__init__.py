"""What Prometheus reads at `/metrics`. Each process counts for itself, and knows one desk."""
