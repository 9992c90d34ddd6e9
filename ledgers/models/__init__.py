"""Models of exports, imports, column mappings, special ledgers, templates of Word forms, and superiors' workbooks."""

from ledgers.models.column_mappings import ColumnMapping
from ledgers.models.comments import EntryComment
from ledgers.models.entries import Entry
from ledgers.models.exports import Export
from ledgers.models.external_templates import SuperiorForm, SuperiorWorkbook
from ledgers.models.imports import ListImport
from ledgers.models.templates import FormTemplate

__all__ = [
    "ColumnMapping",
    "Entry",
    "EntryComment",
    "Export",
    "FormTemplate",
    "ListImport",
    "SuperiorForm",
    "SuperiorWorkbook",
]
