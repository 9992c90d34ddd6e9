"""The models of units and memberships."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import FieldHistory, Record, User
from accounts.text import LINE, comparison_key, without_unseen
from accounts.write_guard import RecordQuerySet
from findings.choices import UnitKind

ALWAYS = ~Q(pk__in=())  # not Q(), which vanishes when it is joined to another condition by "or"


@dataclass(frozen=True)
class Area:
    """A set of units (keys), or everywhere, which includes records without a unit."""

    units: frozenset[int] = frozenset()
    everywhere: bool = False

    def __contains__(self, unit_id: int | None) -> bool:
        return self.everywhere or unit_id in self.units

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.units)

    def condition(self, field: str) -> Q:
        """The condition that ``field`` refers to a unit of this area."""
        return ALWAYS if self.everywhere else Q(**{f"{field}__in": self.units})


class UnitQuerySet(RecordQuerySet["Unit"]):
    """Filters of units."""

    def within(self, area: Area) -> Self:
        """The units of an area, as computed by ``Scope``."""
        return self.filter(area.condition("pk"))

    def in_tree_order(self) -> list[Unit]:
        """Every unit of the queryset, parents before children, with ``depth`` set; one query.

        A unit whose parent is not in the queryset is at the top.
        """
        return in_tree_order(self.order_by("order", "pk"))


def in_tree_order(units: Iterable[Unit]) -> list[Unit]:
    """The units, parents before children, with ``depth`` set; siblings stay in the order given.

    A unit whose parent is not among them is at the top.
    """
    children: dict[int | None, list[Unit]] = {}
    units = list(units)
    known = {unit.pk for unit in units}
    for unit in units:
        children.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    ordered = list(_walk(children, None, 0))
    walked = {unit.pk for unit in ordered}
    return ordered + [unit for unit in units if unit.pk not in walked]  # units in a circle, which no page can store


def _walk(children: dict[int | None, list[Unit]], parent: int | None, depth: int) -> Iterator[Unit]:
    for unit in children.get(parent, []):
        unit.depth = depth
        yield unit
        yield from _walk(children, unit.pk, depth + 1)


class Unit(Record):
    """A body, or a part of one, that can be responsible for a finding."""

    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name="上级单位", null=True, blank=True, related_name="children"
    )
    name = models.CharField("单位名称", max_length=100, validators=LINE)
    short_name = models.CharField("简称", max_length=20, blank=True, validators=LINE, help_text="列表和台账里使用。")
    kind = models.CharField("类别", max_length=20, choices=UnitKind, default=UnitKind.OFFICE)
    order = models.PositiveSmallIntegerField("序号", default=1)
    members = models.ManyToManyField(User, through="Membership", verbose_name="成员", related_name="units")

    objects = UnitQuerySet.as_manager()
    history = FieldHistory()

    depth = 0  # set by ``in_tree_order`` for pages that indent

    class Meta:
        verbose_name = "单位"
        verbose_name_plural = "单位"
        ordering = ("order", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("parent", "name"),
                name="unit_name_unique_within_parent",
                violation_error_message="同一上级单位下已有同名单位。",
            ),
            models.UniqueConstraint(
                fields=("name",),
                condition=Q(parent=None),
                # NULL parents are not equal, so that the constraint above does not cover the top.
                name="unit_name_unique_at_top",
                violation_error_message="已有同名的顶级单位。",
            ),
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="unit_not_its_own_parent",
                violation_error_message="上级单位不能是自己。",
            ),
        )

    def __str__(self) -> str:
        return self.short_name or self.name

    def clean(self) -> None:
        """Refuse a parent that is this unit or lies below it, and a name like another's (ValidationError).

        One query for each level, and one for the names of all units when the name or the parent is new.
        """
        if not {"name", "parent_id"} <= self._unchanged_columns():
            self._clean_name()
        passed: set[int] = set()
        above = self.parent
        while above is not None and above.pk not in passed:
            if self.pk is not None and above.pk == self.pk:
                raise ValidationError({"parent": f"“{self.name}”不能放在自己或自己的下级单位之下。"})
            passed.add(above.pk)
            above = above.parent

    def _clean_name(self) -> None:
        """Refuse a name that looks like that of a sibling, or is that of any unit in another spelling.

        Looking alike is to differ only in blanks, width or characters that nobody sees. Parts of different bodies may
        have one name.
        """
        self.name, self.short_name = without_unseen(self.name), without_unseen(self.short_name)
        key = comparison_key(self.name)
        if not key:
            raise ValidationError({"name": "请填写看得见的单位名称。"})
        others = Unit.objects.exclude(pk=self.pk).select_related("parent").order_by("pk")
        for other in others.only("name", "parent", "parent__name"):
            is_sibling = other.parent_id == self.parent_id
            # An equal name of a sibling is reported by the constraint.
            if other.name == self.name or comparison_key(other.name) != key:
                continue
            where = f"“{other.parent.name}”下的" if other.parent and not is_sibling else ""
            advice = "请换一个名称。" if is_sibling else f"请也写成“{other.name}”。"
            words = f"已有{where}单位“{other.name}”，只差空格、全半角或看不见的字符。{advice}"
            raise ValidationError({"name": words})


class MembershipQuerySet(RecordQuerySet["Membership"]):
    """Filters of memberships."""

    def current(self, on: dt.date | None = None) -> Self:
        """Memberships in force on a day, by default today; the last day is included."""
        day = on or timezone.localdate()
        return self.filter(started_on__lte=day).exclude(ended_on__lt=day)


class Membership(Record):
    """A post of a user in a unit, from a day to a day; without an end it is in force."""

    unit = models.ForeignKey(Unit, models.CASCADE, verbose_name="单位", related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, verbose_name="人员", related_name="memberships")
    title = models.CharField("职务", max_length=40, blank=True, validators=LINE)
    started_on = models.DateField("开始日期", default=timezone.localdate)
    ended_on = models.DateField("结束日期", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()
    history = FieldHistory()
    timeline_parents = ("unit",)

    class Meta:
        verbose_name = "单位成员"
        verbose_name_plural = "单位成员"
        ordering = ("unit", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("unit", "user", "started_on"),
                name="membership_unique",
                violation_error_message="此人在这一天已是该单位成员。",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="membership_dates_in_order",
                violation_error_message="结束日期不能早于开始日期。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user.name}（{self.unit}）"
