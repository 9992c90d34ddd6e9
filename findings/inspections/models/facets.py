"""The model of facets, under which the measures of a finding are grouped."""

from __future__ import annotations

from typing import Self

from django.db import models

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE, PROSE
from accounts.write_guard import RecordQuerySet
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection


class FacetQuerySet(RecordQuerySet["Facet"]):
    """Filters of facets."""

    def visible_to(self, user: User) -> Self:
        """Facets of the findings that the user may see."""
        return self.filter(finding__in=Finding.objects.visible_to(user))


class Facet(Record):
    """A side of a finding under which measures are grouped: 在…方面."""

    finding = models.ForeignKey(Finding, models.CASCADE, verbose_name="问题", related_name="facets")
    order = models.PositiveSmallIntegerField("序号")
    title = models.CharField("分面", max_length=100, validators=LINE, help_text="“在…方面”中间的文字。")
    introduction = models.TextField("引言", blank=True, validators=PROSE)

    objects = FacetQuerySet.as_manager()
    history = FieldHistory()
    timeline_parents = ("finding",)
    numbered_within = ("finding",)

    class Meta:
        verbose_name = "分面"
        verbose_name_plural = "分面"
        ordering = ("finding", "order")
        constraints = (
            models.UniqueConstraint(
                fields=("finding", "order"),
                name="facet_order_unique",
                violation_error_message="该问题下已有这个序号的分面，请换一个序号。",
            ),
        )

    def lock_parents(self) -> None:
        """Lock the finding, as every write below a finding does."""
        Finding.objects.lock(self.finding_id)

    def __str__(self) -> str:
        return f"在{self.title}方面"

    @property
    def inspection(self) -> Inspection:
        """The inspection of the finding."""
        return self.finding.inspection
