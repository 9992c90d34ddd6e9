"""Review stages, steps, sign-offs and extension requests."""
