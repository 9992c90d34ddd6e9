"""What records filed with an inspection and, optionally, with one of its findings have in common."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db.models import Q

from accounts.models import Record, User
from accounts.write_guard import RecordQuerySet
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import Inspection
from findings.inspections.models.quoted_totals import lock_findings_quoting_totals
from findings.inspections.participation import BODY, visible_q

R = TypeVar("R", bound=Record)


class FiledQuerySet(RecordQuerySet[R]):
    """Filters of records with an inspection and a finding, which may be None."""

    def visible_to(self, user: User) -> Self:
        """Records of the user's bodies, and those filed with a finding in which the user takes part."""
        return self.filter(visible_q(user, BODY, lambda: Q(finding__in=Finding.objects.own_ids(user))))

    def of(self, inspection: Inspection) -> Self:
        """Records of one inspection."""
        return self.filter(inspection=inspection)


def lock_findings_of(record: Any) -> None:
    """Lock the finding of a filed record and the one that it leaves, and the findings whose texts quote totals.

    Every write below a finding locks it; this one may also change the totals that others quote.
    """
    stored = type(record)._base_manager.filter(pk=record.pk).values_list("finding", flat=True) if record.pk else ()
    lock_findings_quoting_totals(
        record.inspection_id, *(key for key in (record.finding_id, *stored) if key is not None)
    )
