"""Supervision records, spot checks and follow-up reviews."""
