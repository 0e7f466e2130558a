"""What the trends of a desk say: the same views for the API, for the pages and for files."""
