"""The models of people held to account and of recovered money."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, Q, Sum

from accounts.models import FieldHistory, Record
from accounts.text import LINE
from findings.choices import AccountabilityKind, RecoveryKind
from findings.inspections.models.filed import FiledQuerySet, lock_findings_of
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection


class AccountabilityQuerySet(FiledQuerySet["Accountability"]):
    """Filters and sums of accountability entries."""

    def sums(self) -> list[Sums]:
        """Entries, persons and person-times of each kind that occurs, in the order of the kinds; one query."""
        numbers = {"entries": Count("pk"), "persons": Sum("persons"), "person_times": Sum("person_times")}
        return _in_order(AccountabilityKind, self.order_by().values("kind").annotate(**numbers))

    def person_times(self) -> int:
        """The person-times of all kinds together; persons must not be added up, since one can occur in two kinds."""
        total: int | None = self.aggregate(total=Sum("person_times"))["total"]
        return total or 0


class RecoveryQuerySet(FiledQuerySet["Recovery"]):
    """Filters and sums of recovered money."""

    def sums(self) -> list[Sums]:
        """Entries and yuan of each kind that occurs, in the order of the kinds; one query.

        Added up in Python, because SQLite adds decimals as floating-point numbers.
        """
        found: dict[str, Sums] = {}
        for kind, amount in self.order_by().values_list("kind", "amount"):
            row = found.setdefault(kind, {"kind": kind, "entries": 0, "amount": Decimal(0)})
            row["entries"] += 1
            row["amount"] += amount
        return _in_order(RecoveryKind, found.values())


Sums = dict[str, Any]  # the sums by name, with ``kind`` and its ``label``


def _in_order(kinds: type[models.TextChoices], rows: Iterable[Mapping[str, Any]]) -> list[Sums]:
    # The database sorts by code; pages list the kinds in the order of the choices.
    found = {row["kind"]: row for row in rows}
    return [{**found[kind.value], "label": kind.label} for kind in kinds if kind.value in found]


class Accountability(Record):
    """The number of persons (人) and person-times (人次) dealt with in one way.

    They are kept apart because one person can be dealt with twice: person-times of all kinds add up, persons do not.
    """

    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="accountability")
    finding = models.ForeignKey(
        Finding, models.SET_NULL, verbose_name="对应问题", null=True, blank=True, related_name="accountability"
    )
    kind = models.CharField("处理方式", max_length=20, choices=AccountabilityKind)
    persons = models.PositiveIntegerField("人数")
    person_times = models.PositiveIntegerField("人次")
    decided_on = models.DateField("处理日期", null=True, blank=True)

    objects = AccountabilityQuerySet.as_manager()
    counts_in_totals = True  # texts quote its numbers (``findings.inspections.totals``)
    history = FieldHistory()
    timeline_parents = ("inspection", "finding")

    class Meta:
        verbose_name = "处理情况"
        verbose_name_plural = "处理情况"
        ordering = ("inspection", "kind", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(person_times__gte=F("persons")),
                name="accountability_times_at_least_persons",
                violation_error_message="人次不能少于人数。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.persons} 人（{self.person_times} 人次）"

    def lock_parents(self) -> None:
        """Lock the finding, also a former one, as every write below a finding does."""
        lock_findings_of(self)


class Recovery(Record):
    """Money in yuan that came back in one way."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, verbose_name="巡察", related_name="recoveries")
    finding = models.ForeignKey(
        Finding, models.SET_NULL, verbose_name="对应问题", null=True, blank=True, related_name="recoveries"
    )
    kind = models.CharField("类型", max_length=20, choices=RecoveryKind)
    amount = models.DecimalField(
        "金额（元）", max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    recovered_on = models.DateField("到账日期", null=True, blank=True)
    voucher = models.CharField(
        "凭据号", max_length=60, blank=True, validators=LINE, help_text="收据、缴款书或记账凭证的号码。"
    )

    objects = RecoveryQuerySet.as_manager()
    counts_in_totals = True  # texts quote its numbers (``findings.inspections.totals``)
    history = FieldHistory()
    timeline_parents = ("inspection", "finding")

    class Meta:
        verbose_name = "资金情况"
        verbose_name_plural = "资金情况"
        ordering = ("inspection", "kind", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(amount__gt=0), name="recovery_amount_positive", violation_error_message="金额必须大于 0。"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount:,.2f} 元"

    def lock_parents(self) -> None:
        """Lock the finding, also a former one, as every write below a finding does."""
        lock_findings_of(self)
