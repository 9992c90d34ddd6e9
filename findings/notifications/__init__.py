"""Notices, comments and the daily e-mail."""
