"""Follow-up after a sign-off: supervision, spot checks, reviews."""
