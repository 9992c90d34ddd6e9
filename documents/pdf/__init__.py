"""PDF files, made and drawn by worker processes (ADR 3, ADR 13)."""
