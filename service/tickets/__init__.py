"""What a ticket is: its records, its case in memory, its conversation, its identifiers."""
