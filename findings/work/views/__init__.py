"""The views of inspections, findings, measures and the records that belong to them."""
