"""The audit trail: one sealed chain of events."""
