"""Inspections, aspects, findings, facets, measures and what is filed with them."""
