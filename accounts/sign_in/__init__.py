"""Signing in: passwords, lock-out and sessions (ADR 9)."""
