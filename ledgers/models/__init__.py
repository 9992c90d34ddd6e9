"""The records of this app."""

from ledgers.models.imports import ListImport

__all__ = ["ListImport"]
