"""The model of regulations made in the course of rectification."""

from __future__ import annotations

from django.db import models

from accounts.models import FieldHistory, Record
from accounts.text import LINE
from findings.choices import RegulationKind
from findings.evidence.models import Evidence
from findings.inspections.models.filed import FiledQuerySet, lock_findings_of
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection


class RegulationQuerySet(FiledQuerySet["Regulation"]):
    """Filters of regulations."""


class Regulation(Record):
    """A regulation that a unit issued or revised so that a finding does not recur (建章立制)."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="regulations")
    finding = models.ForeignKey(
        Finding, models.SET_NULL, verbose_name="对应问题", null=True, blank=True, related_name="regulations"
    )
    title = models.CharField("制度名称", max_length=200, validators=LINE)
    document_number = models.CharField(
        "文号", max_length=60, blank=True, validators=LINE, help_text="如：青政办发〔2026〕7号"
    )
    issued_on = models.DateField("印发日期", null=True, blank=True)
    kind = models.CharField("类型", max_length=20, choices=RegulationKind, default=RegulationKind.NEW)
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, verbose_name="制度文件", null=True, blank=True, related_name="regulations"
    )

    objects = RegulationQuerySet.as_manager()
    counts_in_totals = True  # texts quote its numbers (``findings.inspections.totals``)
    history = FieldHistory()
    timeline_parents = ("inspection", "finding")

    class Meta:
        verbose_name = "规章制度"
        verbose_name_plural = "规章制度"
        ordering = ("inspection", "issued_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("inspection", "title", "document_number"),
                name="regulation_unique",
                violation_error_message="这项制度已经登记过了。",
            ),
        )

    def __str__(self) -> str:
        return f"《{self.title}》"

    def lock_parents(self) -> None:
        """Lock the finding, also a former one, as every write below a finding does."""
        lock_findings_of(self)
