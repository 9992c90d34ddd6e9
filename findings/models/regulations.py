"""Regulations made in the course of rectification."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE
from findings.choices import RegulationKind
from findings.models.findings import Finding
from findings.models.inspections import Inspection
from findings.models.scopes import seen_by


class RegulationQuerySet(models.QuerySet["Regulation"]):
    """The words for lists of regulations."""

    def visible_to(self, user: User) -> Self:
        """Regulations of this person's bodies, and those that answer a finding with a part of his own."""
        own = Finding.objects.own_of
        return self.filter(seen_by(user, "inspection__unit", lambda: Q(finding__in=own(user, "pk"))))


class Regulation(Record):
    """A rule a unit issued or revised so that a finding does not come back (建章立制)."""

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

    objects = RegulationQuerySet.as_manager()
    history = FieldHistory()
    below = ("inspection",)

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
