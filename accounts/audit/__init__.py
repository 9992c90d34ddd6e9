"""The audit trail: one chain of sealed events (ADR 7)."""
