"""Signing in: passwords, lock-out, sessions."""
