"""What is taken out and taken in."""

from ledgers.models.exports import Export

__all__ = ["Export"]
