"""The models of supervision, spot checks and follow-up reviews."""
