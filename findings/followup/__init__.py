"""What follows a sign-off: supervision, spot checks, reviews."""
