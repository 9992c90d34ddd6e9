"""The management commands of this app."""
