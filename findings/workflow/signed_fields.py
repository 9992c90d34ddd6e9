"""Which fields of the records below a finding its sign-off signs, and which it does not, each with the reason (ADR 12).

Every field of every such record is in one of the two tables; a test compares them with the models, and docs/workflow.md
prints the second one. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FINDING_TEXTS = (
    "title",
    "detail",
    "goal",
    "introduction",
    "timing",
    "due_on",
    "long_term",
    "review_cycle_months",
    "completion",
)
MEASURE_TEXTS = ("plan", "outcome", "due_on", "completed_on")
VERIFIED_TEXTS = ("plan", "outcome", "completed_on")  # what a verification rests on beside the files
# Signed as well, but in the content only where they are filled in: the sign-offs from before these fields were made say
# nothing of them, and stay in force as long as nobody fills them in.
FINDING_EXTRAS = (
    "cause_analysis",
    "amount_involved",
    "amount_received",
    "accepted_by_name",
    "accepted_on",
    "acceptance_conclusion",
)
# The progress in per cent and the two texts beside it are signed as the log is: lists show them.
MEASURE_EXTRAS = ("goal", "started_on", "percent_complete", "reason_open", "next_step")
# The signed fields by the label of the model. A key of a parent is signed by the place of the record: whatever leaves a
# finding is missing there and new where it goes.
SIGNED_FIELDS: Mapping[str, tuple[str, ...]] = {
    "findings.finding": (*FINDING_TEXTS, "remark", *FINDING_EXTRAS),
    "findings.facet": ("finding", "title", "introduction"),
    "findings.measure": ("finding", "facet", *MEASURE_TEXTS, *MEASURE_EXTRAS),
    "findings.progress": ("measure", "reported_on", "text"),
    "findings.evidence": (
        "finding",
        "number",
        "name",
        "caption",
        "file",
        "measures",
        "replaces",
        "withdrawn_at",
    ),
    "findings.regulation": ("finding", "title", "document_number", "issued_on", "kind", "evidence"),
    "findings.accountability": ("finding", "kind", "persons", "person_times", "decided_on"),
    "findings.recovery": ("finding", "kind", "amount", "recovered_on", "voucher"),
    "ledgers.entry": (
        "findings",
        "measures",
        "ledger",
        "number",
        "title",
        "kind",
        "party",
        "content",
        "received_on",
        "due_on",
        "done_on",
        "quantity",
        "amount",
        "handled",
        "note",
        "evidence",
    ),
}


@dataclass(frozen=True)
class Unsigned:
    """Fields of one kind of record (label of the model) that no sign-off signs; no fields stand for all of them."""

    model: str
    fields: tuple[str, ...]
    reason: str


PLACE = "The place in a sequence changes when others come or go, without a change of what was done."
PEOPLE = "Units and people change with posts; the change is in the history, and what was done stays the same."
BY_STEPS = "Written by steps of the workflow alone, which the log shows; the steps have rules of their own."
PARENT = "Never changes: no page, import or step moves the record to another inspection."
AFTERWARDS = "Made about findings that are signed: it checks the sign-off and must not end it."
UNSIGNED = (
    Unsigned("findings.finding", ("inspection",), PARENT),
    Unsigned(
        "findings.finding",
        ("aspect", "parent", "order"),
        f"{PLACE} A finding that moves below or away from another voids the sign-off above.",
    ),
    Unsigned("findings.finding", ("lead_unit", "supporting_units", "responsible_leader", "person_in_charge"), PEOPLE),
    Unsigned(
        "findings.finding",
        ("status", "closed_at", "closed_by", "is_void", "submission", "submitted_at", "submitted_by"),
        BY_STEPS,
    ),
    Unsigned(
        "findings.finding",
        ("next_review_on",),
        "Moved on by each follow-up review; the cycle it follows from is signed.",
    ),
    Unsigned("findings.finding", ("part",), PLACE),
    Unsigned("findings.facet", ("order",), PLACE),
    Unsigned("findings.measure", ("inspection",), PARENT),
    Unsigned("findings.measure", ("order",), PLACE),
    Unsigned(
        "findings.measure",
        ("lead_unit", "person_in_charge", "supporting_units", "other_people_in_charge"),
        PEOPLE,
    ),
    Unsigned(
        "findings.measure",
        ("status", "reported_at", "reported_by", "verified_at", "verified_by", "verified_digest"),
        BY_STEPS,
    ),
    Unsigned("findings.progress", ("logged_at", "logged_by"), "Who logged an entry and when is written once."),
    Unsigned("findings.evidence", ("inspection",), PARENT),
    Unsigned(
        "findings.evidence",
        ("kind",),
        "The folder of the archive; archives are put in order after the sign-off, and the file proves the same.",
    ),
    Unsigned("findings.evidence", ("uploaded_at", "uploaded_by"), "Who uploaded a file and when is written once."),
    Unsigned(
        "findings.evidence",
        ("withdrawn_by", "withdrawn_reason"),
        "Written together with the time of withdrawal, from which on the file is missing in the content.",
    ),
    Unsigned("findings.regulation", ("inspection",), PARENT),
    Unsigned("findings.accountability", ("inspection",), PARENT),
    Unsigned("findings.recovery", ("inspection",), PARENT),
    Unsigned("ledgers.entry", ("inspection",), PARENT),
    Unsigned("ledgers.entry", ("units", "person_in_charge"), PEOPLE),
    Unsigned(
        "ledgers.entry",
        ("status",),
        "Between the open states work goes on; the end of the work is signed by its day, `done_on`.",
    ),
    Unsigned("ledgers.entry", ("revisited_on", "result"), "A revisit comes after the end, as follow-up reviews do."),
    Unsigned(
        "findings.extension",
        (),
        "A request proposes a deadline; once granted it changes that of the measure, which is signed. "
        "What waits at the sign-off can still be refused.",
    ),
    Unsigned(
        "findings.supervision",
        (),
        f"{AFTERWARDS} The totals over it that an outcome quotes are signed with their numbers.",
    ),
    Unsigned("findings.spotcheck", (), f"{AFTERWARDS} A result of 不实 reopens the finding by a step."),
    Unsigned("findings.spotcheckitem", (), f"{AFTERWARDS} A result of 不实 reopens the finding by a step."),
    Unsigned("findings.followupreview", (), f"{AFTERWARDS} A result of 反弹 reopens the finding by a step."),
    Unsigned("findings.comment", (), "Internal talk, which no report, list or form shows."),
    Unsigned("ledgers.entrycomment", (), "Internal talk, which no report, list or form shows."),
)
