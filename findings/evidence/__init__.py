"""Evidence: its records, and the store of files."""
