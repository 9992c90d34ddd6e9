"""The pages of inspections, findings, measures and what belongs to them."""
