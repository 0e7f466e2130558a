"""What to label next: doubtful, different and random texts, each with its reason."""
