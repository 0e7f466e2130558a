"""What Label Studio asks of an ML backend, and what it tells of annotations."""
