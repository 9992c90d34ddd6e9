"""The models of inspections, aspects, findings, facets, measures, and of the records filed with them."""
