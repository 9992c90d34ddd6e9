"""The content that a sign-off signs and a verification verifies; both end when the record differs from it (ADR 12).

Which fields are signed, and why others are not, is in ``signed_fields``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.db.models import Model, Prefetch, QuerySet, Value
from django.utils.functional import cached_property

from accounts.models import Record
from findings.evidence.models import Evidence
from findings.evidence.regulations import Regulation
from findings.inspections.models.accountability import Accountability, Recovery
from findings.inspections.models.facets import Facet
from findings.inspections.models.findings import Finding
from findings.inspections.models.inspections import totals_saying
from findings.inspections.models.measures import Measure
from findings.inspections.models.progress import Progress
from findings.inspections.totals import TotalsRenderer
from findings.workflow.models.signoffs import SignOff, digest_of
from findings.workflow.signed_fields import (
    FINDING_EXTRAS,
    FINDING_TEXTS,
    MEASURE_EXTRAS,
    MEASURE_TEXTS,
    SIGNED_FIELDS,
    VERIFIED_TEXTS,
)

FORMAT = 2  # of new contents; those of format 1 do not say theirs
# Occurs in every content of format 2 and in no other: in a text the quotation marks are escaped.
FORMAT_MARK = f'"format":{FORMAT}'
# Each kind of record beside measures and evidence: its key in the content, its model (by label, because the ledgers are
# an app above this one), and the lookup of the finding.
KINDS = (
    ("facets", "findings.facet", "finding"),
    ("progress", "findings.progress", "measure__finding"),
    ("regulations", "findings.regulation", "finding"),
    ("accountability", "findings.accountability", "finding"),
    ("recoveries", "findings.recovery", "finding"),
    ("entries", "ledgers.entry", "findings"),
    ("entries", "ledgers.entry", "measures__finding"),
)


class SignedContent:
    """Everything of one finding that a sign-off signs, each kind of record read once, at its first use."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding

    @cached_property
    def measures(self) -> list[Measure]:
        """The measures with their facets, in the order of the finding's page."""
        measures = list(self.finding.measures.select_related("facet").order_by("pk"))
        return sorted(measures, key=lambda one: (one.facet is not None, one.facet.order if one.facet else 0, one.order))

    @cached_property
    def evidence(self) -> list[Evidence]:
        """The evidence that counts, by its number in the catalogue."""
        live = self.finding.evidence.live().select_related("file", "uploaded_by")
        return list(live.order_by("number").prefetch_related("measures"))

    @cached_property
    def facets(self) -> list[Facet]:
        """The facets, also those without measures, which the report prints as well."""
        return self._load("facets", Facet.objects.order_by("order"))

    @cached_property
    def progress(self) -> list[Progress]:
        """The entries in the logs of the measures, the newest first."""
        return self._load("progress", Progress.objects.order_by("-reported_on", "-pk"))

    @cached_property
    def regulations(self) -> list[Regulation]:
        """The regulations of the finding with their files."""
        return self._load("regulations", Regulation.objects.select_related("evidence").order_by("pk"))

    @cached_property
    def accountability(self) -> list[Accountability]:
        """The accountability entries of the finding."""
        return self._load("accountability", Accountability.objects.order_by("pk"))

    @cached_property
    def recoveries(self) -> list[Recovery]:
        """The recovered money of the finding."""
        return self._load("recoveries", Recovery.objects.order_by("pk"))

    @cached_property
    def entries(self) -> list[Any]:
        """The entries of the special ledgers that name the finding or a measure of it.

        Their measures and evidence are those of this finding alone.
        """
        own: tuple[Prefetch[Any], ...] = (
            Prefetch("measures", Measure.objects.filter(finding=self.finding).order_by("pk")),
            Prefetch("evidence", Evidence.objects.filter(finding=self.finding).order_by("number")),
        )
        entries: QuerySet[Any] = apps.get_model("ledgers.entry")._default_manager.order_by("pk")
        return self._load("entries", entries.prefetch_related(*own))

    @cached_property
    def _keys(self) -> dict[str, set[int]]:
        """The keys of the records by kind, in one query: most findings have few kinds of them."""
        records = [
            (kind, apps.get_model(label)._default_manager.filter(**{path: self.finding}).order_by())
            for kind, label, path in KINDS
        ]
        keys = [rows.annotate(kind_of_record=Value(kind)).values_list("kind_of_record", "pk") for kind, rows in records]
        found: dict[str, set[int]] = {}
        for kind, pk in keys[0].union(*keys[1:]):
            found.setdefault(kind, set()).add(pk)
        return found

    def _load(self, kind: str, records: QuerySet[Any]) -> list[Any]:
        return list(records.filter(pk__in=self._keys[kind])) if kind in self._keys else []

    @property
    def measures_with_progress(self) -> list[tuple[Measure, list[Progress]]]:
        """Each measure with the entries in its log."""
        return [(one, [entry for entry in self.progress if entry.measure_id == one.pk]) for one in self.measures]

    @property
    def empty_facets(self) -> list[Facet]:
        """The facets without measures."""
        used = {measure.facet_id for measure in self.measures}
        return [facet for facet in self.facets if facet.pk not in used]

    @cached_property
    def payload(self) -> str:
        """The content as canonical JSON: texts, dates, numbers, and the digests of the live evidence.

        Order numbers, users and units are left out: they may change without changing what was done. A finding with
        sub-findings rests on their sign-offs. A text that quotes totals is signed as it is written, with the
        numbers read at that moment. ``FINDING_EXTRAS`` and ``MEASURE_EXTRAS`` are left out where they are empty, so
        that sign-offs from before these fields were made keep their content.
        """
        saying = totals_saying(self.finding.inspection_id)
        # A change of these names changes the content of all sign-offs in force: it needs a new format.
        return canonical(
            {
                "format": FORMAT,
                "finding": _finding(self.finding)
                | {"remark": self.finding.remark}
                | _filled_in(self.finding, FINDING_EXTRAS)
                | _quote_totals(saying, self.finding.introduction),
                "facets": [_row(one) | _quote_totals(saying, one.introduction) for one in _by_key(self.facets)],
                "measures": [
                    _measure(one, saying) | {"facet": one.facet_id} | _filled_in(one, MEASURE_EXTRAS)
                    for one in _by_key(self.measures)
                ],
                "progress": [_row(one) for one in _by_key(self.progress)],
                "evidence": [_evidence(one) for one in self.evidence],
                "regulations": [_regulation(one) for one in self.regulations],
                "accountability": [_row(one) for one in self.accountability],
                "recoveries": [_row(one) for one in self.recoveries],
                "entries": [_entry(one) for one in self.entries],
                "sub_findings": _sub_findings(self.finding),
            }
        )

    @cached_property
    def payload_of_format_1(self) -> str:
        """The content as sign-offs of version 0.2.0 have signed it, with which they are compared."""
        saying = totals_saying(self.finding.inspection_id)
        measures = [
            _measure(one, saying) | {"facet": [one.facet.title, one.facet.introduction] if one.facet else []}
            for one in _by_key(self.measures)
        ]
        return canonical(
            {
                "finding": _finding(self.finding),
                "measures": measures,
                "evidence": [_evidence(one) for one in self.evidence],
                "sub_findings": _sub_findings(self.finding),
            }
        )


def signed_payload(finding: Finding) -> str:
    """The content that a sign-off of the finding would sign now, as canonical JSON."""
    return SignedContent(finding).payload


def present_payload(signoff: SignOff, finding: Finding) -> str:
    """The present content of the finding in the format of a sign-off of it, to be compared with what was signed."""
    content = SignedContent(finding)
    return content.payload if FORMAT_MARK in signoff.content else content.payload_of_format_1


def covering_findings(record: Record) -> list[int]:
    """The keys of the findings whose sign-offs cover a record as it is stored, the lower one first.

    Empty for records that no sign-off covers. One query for a record that belongs to several findings.
    """
    if isinstance(record, Finding):
        return [key for key in (record.pk, record.parent_id) if key is not None]
    if isinstance(record, Progress):
        return [record.measure.finding_id]
    if isinstance(record, Facet | Measure | Evidence | Regulation | Accountability | Recovery):
        return [record.finding_id] if record.finding_id is not None else []
    paths: tuple[str, ...] = getattr(record, "signed_through", ())
    if not paths or record.pk is None:
        return []
    rows = type(record)._base_manager.filter(pk=record.pk).order_by().values_list(*paths)
    return sorted({key for row in rows for key in row if key is not None})


def verified_digest(measure: Measure) -> str:
    """The SHA-256 digest of what is verified: plan, outcome, day of completion and the live files of evidence."""
    texts = {name: getattr(measure, name) for name in VERIFIED_TEXTS}
    files = measure.evidence.live().order_by().values_list("file", flat=True)
    return digest_of(canonical(texts | {"evidence": sorted(files)}))  # SQLite would go through all files in this order


def _by_key(records: Iterable[Any]) -> list[Any]:
    """The records by key, because their order may change without a change of content."""
    return sorted(records, key=attrgetter("pk"))


def _row(record: Model) -> dict[str, Any]:
    """The signed fields of a record without its links, foreign keys as keys; its finding is that of the content."""
    names = {*SIGNED_FIELDS[record._meta.label_lower]} - {"finding"}
    own = {field.name: getattr(record, field.attname) for field in record._meta.concrete_fields if field.name in names}
    return {"pk": record.pk} | own


def _finding(finding: Finding) -> dict[str, Any]:
    return {"number": finding.pk} | {name: getattr(finding, name) for name in FINDING_TEXTS}


def _measure(measure: Measure, saying: TotalsRenderer) -> dict[str, Any]:
    texts = {name: getattr(measure, name) for name in MEASURE_TEXTS}
    return {"number": measure.pk} | texts | _quote_totals(saying, measure.outcome)


def _filled_in(record: Model, names: Iterable[str]) -> dict[str, Any]:
    """Those of some fields that are not empty; a number 0 is not."""
    values = {name: getattr(record, name) for name in names}
    return {name: value for name, value in values.items() if value not in {None, ""}}


def _quote_totals(saying: TotalsRenderer, text: str) -> dict[str, Any]:
    """The totals that a text quotes, with their numbers."""
    quoted = saying.quoted_totals(text)
    # Only when there are any, so that contents without totals keep their form.
    return {"totals": quoted} if quoted else {}


def _evidence(one: Evidence) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "caption": one.caption,
        "digest": one.file_id,
        "measures": sorted(measure.pk for measure in one.measures.all()),
    }


def _regulation(one: Regulation) -> dict[str, Any]:
    # The digest, because the file may lie in the archive of another finding.
    return _row(one) | {"evidence": one.evidence.file_id if one.evidence else ""}


def _entry(one: Any) -> dict[str, Any]:
    measures = [measure.pk for measure in one.measures.all()]
    return _row(one) | {"measures": measures, "evidence": [file.number for file in one.evidence.all()]}


def _sub_findings(finding: Finding) -> list[dict[str, Any]]:
    # Only digests: what the sub-findings say is covered by their own sign-offs.
    numbers = list(finding.sub_findings.order_by("pk").values_list("pk", flat=True))
    if not numbers:
        return []
    in_force = SignOff.objects.filter(finding__in=numbers, voided_at=None)
    digests = dict(in_force.values_list("finding", "digest"))
    return [{"number": number, "signed": digests.get(number, "")} for number in numbers]


def canonical(content: dict[str, Any]) -> str:
    """The canonical form of a content: JSON with sorted keys, no spaces, and days in ISO 8601."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
