"""What people say to each other about the entries of the special ledgers."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from django.db import models

from accounts.models import FieldHistory, User
from accounts.users.roles import Right
from findings.models import Finding
from findings.notifications.models.comments import Remark
from findings.notifications.recipients import Audience, Parts, given
from ledgers.models.entries import Entry


class EntryCommentQuerySet(models.QuerySet["EntryComment"]):
    """The words for lists of comments."""

    def visible_to(self, user: User) -> Self:
        """Comments on the entries this person may see."""
        return self.filter(entry__in=Entry.objects.visible_to(user))

    def on(self, record: Entry) -> Self:
        """The comments on one entry, oldest first."""
        return self.filter(entry=record).order_by("pk")


class EntryComment(Remark):
    """A remark on an entry of a special ledger."""

    entry = models.ForeignKey(Entry, models.CASCADE, verbose_name="台账事项", related_name="comments", editable=False)

    objects = EntryCommentQuerySet.as_manager()
    history = FieldHistory(m2m_fields=["mentioned"])
    timeline_parents = ("entry",)

    @classmethod
    def about(cls, record: Entry, writer: User) -> Self:
        """A remark on an entry, not stored and without its text yet."""
        return cls(entry=record, written_by=writer)

    @cached_property
    def record(self) -> Entry:
        """What it is about."""
        return self.entry

    def lock_parents(self) -> None:
        """Who writes below an entry holds it."""
        Entry.objects.lock(self.entry_id)

    def audience(self) -> Audience:
        """Those around the inspected body, and around the units of the entry."""
        return Audience(self.entry.inspection, (unit.pk for unit in self.entry.units.all()))

    def readers(self, audience: Audience) -> list[User]:
        """Who may see the entry, by name: the rule of ``EntryQuerySet.visible_to`` asked of all people at once."""
        units = [unit.pk for unit in self.entry.units.all()]
        named = ("lead_unit", "responsible_leader", "person_in_charge")
        parts = Parts(Finding.objects.of(self.entry.inspection).order_by().only(*named))
        return audience.having(
            lambda scope: any(unit in scope.units(Right.SEE_OWN) for unit in units) and audience.has_part(scope, parts)
        )

    def in_charge(self) -> set[int]:
        """Who answers for the entry."""
        return given(self.entry.person_in_charge_id)
