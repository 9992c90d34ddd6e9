"""Saving records: version, history, trail, conflicts."""
