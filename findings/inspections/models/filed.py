"""What records have in common that are filed with an inspection and, where they answer one, with a finding."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db.models import Q

from accounts.models import Record, User
from accounts.write_guard import RecordQuerySet
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.participation import BODY, visible_q

R = TypeVar("R", bound=Record)


class FiledQuerySet(RecordQuerySet[R]):
    """The words for lists of such records."""

    def visible_to(self, user: User) -> Self:
        """Those of this user's bodies, and those that answer a finding in which the user takes part."""
        return self.filter(visible_q(user, BODY, lambda: Q(finding__in=Finding.objects.own_ids(user))))

    def of(self, inspection: Inspection) -> Self:
        """Those of one inspection."""
        return self.filter(inspection=inspection)
