"""The evidence of one finding for one user: what counts, what no longer does, and what the user may do with it."""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from django.db.models import F, Prefetch, QuerySet, prefetch_related_objects
from django.utils.functional import cached_property

from accounts.models import User
from accounts.users.roles import Right
from findings.choices import MeasureStatus, Scan, Status
from findings.evidence.models import Evidence, StoredFile
from findings.inspections.models.findings import Finding
from findings.inspections.models.measures import Measure
from findings.workflow import has_right_on

MEASURE_ORDER = (F("facet__order").asc(nulls_first=True), F("order").asc())  # within a finding
REPLACEMENT: Any = Evidence._meta.get_field("replaces").remote_field
PICTURES = frozenset(("png", "jpg"))
SHOWN = PICTURES | {"pdf"}  # shown in the page; other kinds are only downloaded
WITHHELD = {
    Scan.WAITING: "这份文件还在等待查毒，查完以前不能打开和下载。",
    Scan.INFECTED: "这份文件查出病毒，不能打开和下载。请作废它，并上传没有病毒的文件。",
}
CONSEQUENCES = {
    Status.SUBMITTED: "问题正在审核。现在上传、修改或作废的，审核人会看到；申请销号以后才上传的，不能作为销号的依据。",
    Status.CLOSED: "问题已经销号。现在上传、修改或作废材料，会使销号失效，需要重新申请销号。",
}
LAPSES = "已经核实的措施，它的材料有变，核实即失效，要重新核实。"


def measures_in_order(others: QuerySet[User] | None = None) -> Prefetch[Any]:
    """A prefetch of a finding's measures in the order of its page, with the records that name them.

    ``others`` are the users among whom other people in charge are looked up: none, where it is known that none are.
    """
    people = Prefetch("other_people_in_charge", User.objects.all() if others is None else others)
    named = Measure.objects.select_related("facet", "lead_unit", "person_in_charge", "verified_by")
    return Prefetch("measures", named.prefetch_related(people).order_by(*MEASURE_ORDER))


def withheld_reason(file: StoredFile) -> str:
    """The sentence (Chinese) why a file cannot be read now, or an empty string."""
    return WITHHELD.get(Scan(file.scan), "")


def is_previewed(file: StoredFile) -> bool:
    """Whether a page can show the file."""
    return file.extension in SHOWN and not withheld_reason(file)


class EvidenceList:
    """The evidence of one finding, or of one of its measures alone, for one user."""

    def __init__(self, finding: Finding, user: User, measure: Measure | None = None) -> None:
        self.finding, self.user, self.measure = finding, user, measure

    @cached_property
    def everything(self) -> list[Evidence]:
        """Everything that was ever uploaded, by number in the catalogue; empty when the user may not see it."""
        if not self.finding.is_open_to(self.user):
            return []
        named = self.finding.evidence.select_related("file", "uploaded_by", "withdrawn_by").order_by()
        archive = sorted(named, key=attrgetter("number"))  # sorted in Python: SQL sorts whole rows of three tables
        newer = {one.replaces_id: one for one in archive}
        for one in archive:  # replacements are in the archive, too; SQLite would scan the table for each
            REPLACEMENT.set_cached_value(one, newer.get(one.pk))
        return [one for one in archive if self.measure is None or self.measure in self.proved_by(one)]

    @property
    def live(self) -> list[Evidence]:
        """The evidence that counts."""
        return [one for one in self.everything if one.is_live]

    @property
    def past(self) -> list[Evidence]:
        """The evidence that was withdrawn or replaced, and stays readable."""
        return [one for one in self.everything if not one.is_live]

    def proved_by(self, evidence: Evidence) -> list[Measure]:
        """The measures that a piece of evidence of the finding proves, in the order of the page."""
        return self._measures_by_evidence.get(evidence.pk, [])

    @cached_property
    def _measures_by_evidence(self) -> dict[int, list[Measure]]:
        """The proved measures by the key of the evidence; one query for the links, since the measures are loaded."""
        links = Evidence.measures.through.objects.filter(evidence__finding=self.finding)
        keys: dict[int, set[int]] = {}
        for evidence, measure in links.values_list("evidence", "measure"):
            keys.setdefault(evidence, set()).add(measure)
        return {evidence: [one for one in self._measures if one.pk in proved] for evidence, proved in keys.items()}

    @cached_property
    def _measures(self) -> list[Measure]:
        prefetch_related_objects([self.finding], measures_in_order())  # unless the page has done so
        return list(self.finding.measures.all())

    @cached_property
    def own_measures(self) -> list[Measure]:
        """The measures of the finding that the user may edit."""
        return [measure for measure in self._measures if measure.is_editable_by(self.user)]

    @cached_property
    def own_keys(self) -> frozenset[int]:
        """The keys of these measures."""
        return frozenset(measure.pk for measure in self.own_measures)

    @cached_property
    def is_whole(self) -> bool:
        """Whether the user reports on the finding as a whole."""
        return has_right_on(self.user, Right.REPORT_WORK, self.finding)

    @property
    def may_add(self) -> bool:
        """Whether the user may upload here."""
        if self.measure:
            return self.measure in self.own_measures
        return self.is_whole or bool(self.own_measures)

    def may_change(self, evidence: Evidence) -> bool:
        """Whether the user may change evidence that counts: they may edit all measures that it proves."""
        proved = {measure.pk for measure in self.proved_by(evidence)}
        # A file that also proves another unit's measure is not this unit's to change.
        return evidence.is_live and (proved <= self.own_keys if proved else self.is_whole)

    @property
    def consequence(self) -> str:
        """The warning (Chinese) about what a change does to the finding and its measures, or an empty string."""
        measures = [self.measure] if self.measure else self.own_measures
        lapses = LAPSES if any(measure.status == MeasureStatus.VERIFIED for measure in measures) else ""
        whole = "" if self.finding.is_void else CONSEQUENCES.get(Status(self.finding.status), "")
        return whole + lapses
