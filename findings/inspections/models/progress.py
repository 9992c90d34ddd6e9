"""The model of the log of measures."""

from __future__ import annotations

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import PROSE
from accounts.write_guard import RecordQuerySet
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.measures import Measure


class ProgressQuerySet(RecordQuerySet["Progress"]):
    """Filters of log entries."""

    def visible_to(self, user: User) -> Self:
        """Entries of the measures that the user may see."""
        return self.filter(measure__in=Measure.objects.visible_to(user))


class Progress(Record):
    """One entry in the log of a measure."""

    measure = models.ForeignKey(Measure, models.CASCADE, verbose_name="整改措施", related_name="progress")
    reported_on = models.DateField("进展日期", default=timezone.localdate)
    text = models.TextField("整改进展", validators=PROSE)
    logged_at = models.DateTimeField("填报时间", default=timezone.now, editable=False)
    logged_by = models.ForeignKey(User, models.PROTECT, verbose_name="填报人", related_name="progress", editable=False)

    objects = ProgressQuerySet.as_manager()
    history = FieldHistory()
    timeline_parents = ("measure",)

    class Meta:
        verbose_name = "整改进展"
        verbose_name_plural = "整改进展"
        ordering = ("-reported_on", "-pk")

    def __str__(self) -> str:
        return self.text

    @property
    def inspection(self) -> Inspection:
        """The inspection of the measure."""
        return self.measure.inspection

    def lock_parents(self) -> None:
        """Lock the finding of the measure, as every write below a finding does."""
        self.measure.lock_parents()

    def clean(self) -> None:
        """Refuse a day in the future: progress is reported, not promised."""
        if self.reported_on is not None and self.reported_on > timezone.localdate():
            raise ValidationError({"reported_on": "进展日期不能在今天之后。"})
