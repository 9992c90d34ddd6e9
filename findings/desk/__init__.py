"""The first page after signing in: everything that waits for a user, over all inspections."""
