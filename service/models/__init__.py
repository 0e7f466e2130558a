"""Which model judges: the champion of the registry, and a candidate in its shadow."""
