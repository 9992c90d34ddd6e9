"""What is taken out and taken in."""

from ledgers.models.exports import Export
from ledgers.models.imports import ListImport

__all__ = ["Export", "ListImport"]
