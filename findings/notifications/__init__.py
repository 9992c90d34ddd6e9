"""Notices, comments, reminders and the daily e-mail."""
