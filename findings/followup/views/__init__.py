"""The views of supervision, spot checks, reviews and histories."""
