"""Users, grants, former passwords and sessions."""
