"""Grants: which user holds which role, and in which unit."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.users.roles import CHOICES, OFFICERS, ROLES, Reach, Role

NEEDS_UNIT = tuple(role.key for role in ROLES.values() if role.reach == Reach.UNIT)


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants, with the filters of the domain."""

    def officers(self) -> Self:
        """The grants of the three officers."""
        return self.filter(role__in=OFFICERS)


class Grant(models.Model):
    """A role of a user within a unit and the units below it; without a unit, in the whole installation.

    Triggers (``accounts/migrations``) ensure that officers hold no other role: a constraint sees one row only.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="人员", related_name="grants")
    role = models.CharField("角色", max_length=20, choices=CHOICES)
    # By name: units are records of the domain, which this app must not import (ADR 6).
    unit = models.ForeignKey(
        "findings.Unit", models.PROTECT, verbose_name="范围", null=True, blank=True, related_name="grants"
    )
    granted_at = models.DateTimeField("授予时间", auto_now_add=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name="授予人",
        null=True,
        blank=True,
        editable=False,
        related_name="granted",
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = "角色授予"
        verbose_name_plural = "角色授予"
        ordering = ("user", "role", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role", "unit"),
                name="grant_unique",
                violation_error_message="此人在这个范围内已有这个角色。",
            ),
            # NULLs are distinct for the constraint above, so grants without a unit need one of their own.
            models.UniqueConstraint(
                fields=("user", "role"),
                condition=Q(unit=None),
                name="grant_unique_everywhere",
                violation_error_message="此人已有这个角色，范围是全系统。",
            ),
            models.UniqueConstraint(
                fields=("user",),
                condition=Q(role__in=OFFICERS),
                name="grant_one_officer_role",
                violation_error_message="系统、安全、审计三员不能由同一人兼任。",
            ),
            models.CheckConstraint(
                condition=Q(role__in=tuple(ROLES)), name="grant_of_a_role", violation_error_message="没有这个角色。"
            ),
            models.CheckConstraint(
                condition=~Q(role__in=NEEDS_UNIT) | Q(unit__isnull=False),
                name="grant_with_unit",
                violation_error_message="这个角色必须指定单位。",
            ),
            models.CheckConstraint(
                condition=~Q(role__in=OFFICERS) | Q(unit=None),
                name="grant_officer_everywhere",
                violation_error_message="三员的范围是全系统，不能指定单位。",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role_definition.label}（{self.unit or '全系统'}）"

    @property
    def role_definition(self) -> Role:
        """The role with its label, reach and rights, from ``ROLES``."""
        return ROLES[self.role]
