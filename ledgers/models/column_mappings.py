"""What an office's own headings mean: one decision for each heading of each list, kept for the whole body."""

from __future__ import annotations

from typing import Self

from django.db import models

from accounts.models import FieldHistory, Record
from accounts.write_guard import RecordQuerySet
from findings.models import Inspection, Unit


class ColumnMappingQuerySet(RecordQuerySet["ColumnMapping"]):
    """Filters for column mappings."""

    def of(self, inspection: Inspection, listed: str) -> Self:
        """The mappings of one list in the body of an inspection."""
        return self.filter(body=inspection.unit_id, listed=listed)


class ColumnMapping(Record):
    """A foreign heading and the column of the list that it is read as, "" where its column is left out on purpose."""

    body = models.ForeignKey(
        Unit, models.CASCADE, verbose_name="被巡察党组织", related_name="column_mappings", editable=False
    )
    listed = models.CharField("清单", max_length=40, editable=False)  # key of the list
    heading = models.CharField("表头（比较用）", max_length=200, editable=False)  # ``comparison_key`` of ``wording``
    wording = models.CharField("表头", max_length=200, editable=False)
    column = models.CharField("读作", max_length=40, blank=True, editable=False)  # key of the column

    objects = ColumnMappingQuerySet.as_manager()
    history = FieldHistory()

    class Meta:
        verbose_name = "列的对应"
        verbose_name_plural = "列的对应"
        ordering = ("listed", "heading")
        constraints = (
            models.UniqueConstraint(
                fields=("body", "listed", "heading"),
                name="column_mapping_heading",
                violation_error_message="这个表头已经有了对应的列。",
            ),
        )

    def __str__(self) -> str:
        return self.wording
