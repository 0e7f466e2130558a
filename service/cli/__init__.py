"""What the commands of `triage` that need the inbox do; triage.cli.server calls them."""
