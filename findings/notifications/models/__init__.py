"""The models of notices and comments."""
