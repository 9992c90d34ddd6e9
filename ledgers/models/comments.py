"""Comments on the entries of the special ledgers."""

from __future__ import annotations

from functools import cached_property
from typing import Self

from django.db import models

from accounts.models import FieldHistory, User
from accounts.write_guard import RecordQuerySet
from findings.inspections.participation import Participants
from findings.models import Finding
from findings.notifications.models.comments import Remark
from findings.notifications.recipients import Recipients, ids
from ledgers.models.entries import Entry


class EntryCommentQuerySet(RecordQuerySet["EntryComment"]):
    """Filters for comments on entries."""

    def visible_to(self, user: User) -> Self:
        """Comments on the entries that the user may see."""
        return self.filter(entry__in=Entry.objects.visible_to(user))

    def on(self, record: Entry) -> Self:
        """The comments on one entry, oldest first."""
        return self.filter(entry=record).order_by("pk")


class EntryComment(Remark):
    """A comment on an entry of a special ledger."""

    entry = models.ForeignKey(Entry, models.CASCADE, verbose_name="台账事项", related_name="comments", editable=False)

    objects = EntryCommentQuerySet.as_manager()
    history = FieldHistory(m2m_fields=["mentioned"])
    timeline_parents = ("entry",)

    @classmethod
    def about(cls, record: Entry, writer: User) -> Self:
        """A new unsaved comment on an entry, without text."""
        return cls(entry=record, written_by=writer)

    @cached_property
    def record(self) -> Entry:
        """The entry the comment is about."""
        return self.entry

    def lock_parents(self) -> None:
        """Lock the entry, as every write below it does."""
        Entry.objects.lock(self.entry_id)

    def recipients(self) -> Recipients:
        """The users around the units of the entry, to whom comments may be sent.

        The rule of ``EntryQuerySet.visible_to``, evaluated for all users at once.
        """
        inspection = self.entry.inspection
        units = Participants(inspection.unit_id, {unit.pk for unit in self.entry.units.all()})
        return Recipients(inspection, units, Finding.objects.of(inspection).participants(inspection))

    def in_charge(self) -> set[int]:
        """The key of the person in charge of the entry, in a set; empty when there is none."""
        return ids(self.entry.person_in_charge_id)
