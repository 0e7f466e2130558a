"""What the benchmarks of the inbox share."""
