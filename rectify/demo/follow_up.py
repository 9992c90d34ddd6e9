"""The demo's records that follow the workflow: comments, extensions, supervision, spot checks, reviews, reminders."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from findings.choices import LetterKind
from findings.factories import make_supervision
from findings.followup.recording import draw, record_review
from findings.followup.reminders import remind
from findings.inspections.models.status_rules import signed_off
from findings.models import Comment, Extension, Finding, FollowUpReview, LetterRule, Measure, Notice, SpotCheck
from findings.workflow import perform
from findings.workflow.comments import post_comment
from findings.workflow.extensions import REQUEST
from findings.workflow.saving import workflow_writer
from ledgers.factories import make_letter
from rectify.demo.people import Directory

Rows = list[dict[str, Any]]


def add_follow_up(records: dict[str, Rows], directory: Directory) -> None:
    """Create all of these records, in the name of the demo's people."""
    add_comments(records["comments"], directory)
    request_extensions(records["extensions"], directory)
    add_supervisions(records["supervisions"], directory)
    set_letter_rules(records["letter_rules"])
    send_letters(records["letters"], directory)
    draw_spot_checks(records["spot_checks"], directory)
    add_reviews(records["reviews"], directory)
    remind(timezone.localdate())
    settled = Finding.objects.filter(signed_off())
    Notice.objects.filter(finding__in=settled).update(
        read=timezone.now()
    )  # or the demo would begin with old notices unread


def add_comments(rows: Rows, directory: Directory) -> None:
    """Post comments, each with one mention."""
    for row in rows:
        finding = Finding.objects.get(title=row["finding"])
        comment = Comment(finding=finding, text=row["text"], written_by=directory.people[row["written_by"]])
        post_comment(comment, [directory.people[row["mention"]]])


def request_extensions(rows: Rows, directory: Directory) -> None:
    """Request extensions for measures, which the data names by their plan."""
    for row in rows:
        measure = Measure.objects.get(plan=row["measure"])
        fields = {"old_due_on": measure.due_on, "new_due_on": row["new_due_on"], "reason": row["reason"]}
        user = directory.people[row["requested_by"]]
        perform(REQUEST, Extension.for_record(measure, requested_by=user, **fields), user, None)


def add_supervisions(rows: Rows, directory: Directory) -> None:
    """Record supervision for inspections, which the data names by one of their findings."""
    for row in rows:
        fields = dict(row)
        inspection = Finding.objects.get(title=fields.pop("inspection_of")).inspection
        findings = Finding.objects.of(inspection).filter(title__in=fields.pop("findings", ()))
        units = [directory.units[name] for name in fields.pop("units")]
        make_supervision(inspection, findings=findings, units=units, **fields)


def set_letter_rules(rows: Rows) -> None:
    """Set who sends a kind of letter in inspections, which the data names by one of their findings."""
    for row in rows:
        fields = dict(row)
        inspection = Finding.objects.get(title=fields.pop("inspection_of")).inspection
        workflow_writer.create(LetterRule(inspection=inspection, **fields))


def send_letters(rows: Rows, directory: Directory) -> None:
    """Send letters in inspections, which the data names by one of their findings; then what became of each."""
    for row in rows:
        fields = dict(row)
        inspection = Finding.objects.get(title=fields.pop("inspection_of")).inspection
        unit, sender = directory.units[fields.pop("unit")], directory.people[fields.pop("sent_by")]
        kind, days = LetterKind(fields.pop("letter")), {name: fields.pop(name) for name in ("sent_on", "due")}
        letter = make_letter(inspection, unit, sender, kind, **days)
        if "void_reason" in fields:
            fields |= {"voided_at": timezone.now(), "voided_by": sender}
        for name, value in fields.items():
            setattr(letter, name, value)
        workflow_writer.save(letter, seen=letter.version)


def draw_spot_checks(rows: Rows, directory: Directory) -> None:
    """Draw spot checks of inspections, which the data names by one of their findings."""
    for row in rows:
        inspection = Finding.objects.get(title=row["inspection_of"]).inspection
        draw(SpotCheck(inspection=inspection, share=row["share"], seed=row["seed"]), directory.people[row["drawn_by"]])


def add_reviews(rows: Rows, directory: Directory) -> None:
    """Record reviews of long-term findings."""
    for row in rows:
        fields = dict(row)
        finding = Finding.objects.get(title=fields.pop("finding"))
        reviewer = directory.people[fields.pop("reviewed_by")]
        record_review(FollowUpReview(finding=finding, **fields), reviewer)
