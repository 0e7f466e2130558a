"""Reading text: cleaning with an offset map, script, words."""
