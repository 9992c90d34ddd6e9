"""Units, the people in them, and where a user may do what."""
