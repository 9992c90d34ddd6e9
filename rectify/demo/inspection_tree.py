"""The tree of an inspection: aspects, findings, facets and measures with their texts."""

from __future__ import annotations

from typing import Any

from findings.factories import make_aspect, make_facet, make_finding, make_inspection, make_measure
from findings.models import Facet, Finding, Inspection

REQUIRED_FIELDS = ("name", "commissioner", "team", "body")


def create_tree(records: dict[str, Any]) -> Inspection:
    """Create the tree; ``rectify.demo.inspection_details`` fills in everything else."""
    inspection = make_inspection(**{name: records["inspection"][name] for name in REQUIRED_FIELDS})
    aspects = {aspect["short_title"]: make_aspect(inspection, **aspect) for aspect in records["aspects"]}
    findings: dict[str, Finding] = {}
    for record in records["findings"]:
        parent = findings[record["parent"]] if "parent" in record else None
        finding = make_finding(aspects[record["aspect"]], title=record["title"], parent=parent)
        findings[finding.title] = finding
        create_measures(finding, record.get("measures", ()))
    return inspection


def create_measures(finding: Finding, records: list[dict[str, Any]]) -> None:
    """Create the measures of a finding, under the facets they name."""
    facets: dict[str, Facet] = {}
    for record in records:
        title = record.get("facet", "")
        if title and title not in facets:
            facets[title] = make_facet(finding, title=title)
        make_measure(finding, facet=facets.get(title), plan=record["plan"], outcome=record.get("outcome", ""))
