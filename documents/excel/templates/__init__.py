"""External workbooks: what stands in one, and records filled into it."""
