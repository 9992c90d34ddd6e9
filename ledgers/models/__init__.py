"""What is taken out and taken in, and the records of the special ledgers."""

from ledgers.models.entries import Entry
from ledgers.models.exports import Export
from ledgers.models.imports import ListImport

__all__ = ["Entry", "Export", "ListImport"]
