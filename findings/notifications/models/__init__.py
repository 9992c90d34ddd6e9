"""Notices and comments."""
