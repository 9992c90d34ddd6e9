"""The model of aspects, under which the feedback groups its findings."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE
from accounts.write_guard import RecordQuerySet
from findings.inspections.models.inspections import Inspection
from findings.inspections.participation import BODY, visible_q


class AspectQuerySet(RecordQuerySet["Aspect"]):
    """Filters of aspects."""

    def visible_to(self, user: User) -> Self:
        """Aspects of the user's bodies, and those with a finding in which the user takes part."""

        def own() -> Q:
            return Q(pk__in={row.aspect for row in Inspection.objects.own_findings(user)})

        return self.filter(visible_q(user, BODY, own))


class Aspect(Record):
    """A heading （一） of the feedback, under which findings are grouped."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="aspects")
    order = models.PositiveSmallIntegerField("序号")
    title = models.CharField(
        "标题", max_length=200, validators=LINE, help_text="报告中“（一）”之后的文字，不含句末句号。"
    )
    short_title = models.CharField(
        "简称",
        max_length=60,
        blank=True,
        validators=LINE,
        help_text="计数句“共梳理…等几个方面”里的说法；不填则用标题。",
    )

    objects = AspectQuerySet.as_manager()
    history = FieldHistory()
    timeline_parents = ("inspection",)
    numbered_within = ("inspection",)

    class Meta:
        verbose_name = "方面"
        verbose_name_plural = "方面"
        ordering = ("inspection", "order")
        constraints = (
            models.UniqueConstraint(
                fields=("inspection", "order"),
                name="aspect_order_unique",
                violation_error_message="本次巡察已有这个序号的方面，请换一个序号。",
            ),
        )

    def __str__(self) -> str:
        return self.title
