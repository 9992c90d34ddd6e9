"""The records of the ledgers. Import models from here."""

from ledgers.models.entries import Entry

__all__ = ["Entry"]
