"""Pages of supervision, spot checks and reviews."""
