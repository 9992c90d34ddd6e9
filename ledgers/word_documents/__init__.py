"""The Word forms filled in from the records: placeholders, built-in templates, and contents."""
