"""The records of this room."""

from ledgers.models.templates import FormTemplate

__all__ = ["FormTemplate"]
