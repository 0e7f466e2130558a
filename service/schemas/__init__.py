"""What comes in and what goes out, apart from each other; one file per resource."""
