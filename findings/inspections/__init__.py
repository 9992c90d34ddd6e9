"""Inspections with their aspects, findings and measures."""
