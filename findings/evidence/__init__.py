"""Evidence: its models and the store of its files."""
