"""Rules, calendars and clocks: pure functions over records, without a database."""
